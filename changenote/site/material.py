"""What pages made with Material for MkDocs lack, and no style sheet can give them."""

_DIALOG = 'data-md-component="search" role="dialog"'
_INPUT = 'name="query" aria-label="Search" placeholder="Search"'
_FIELD = 'class="md-search__inner" role="search"'


def mended(html: str) -> str:
    """A page whose search dialog and field have names of their own (WCAG 2.2, 4.1.2).

    Those who hear the search page tell its own field from the theme's by them, and those who see it
    by what stands in the theme's: it finds all pages, not notes alone.
    """
    named = html.replace(_DIALOG, f'{_DIALOG} aria-label="Search"')
    named = named.replace(_INPUT, f'{_INPUT[:-1]} all pages"')
    return named.replace(_FIELD, f'{_FIELD} aria-label="Whole site"')
