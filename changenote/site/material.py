"""What pages made with Material for MkDocs lack, and no style sheet can give them."""

_DIALOG = 'data-md-component="search" role="dialog"'
_FIELD = 'class="md-search__inner" role="search"'


def mended(html: str) -> str:
    """A page whose search dialog and field have names of their own (WCAG 2.2, 4.1.2).

    Those who hear the search page tell its own field from the theme's by them.
    """
    named = html.replace(_DIALOG, f'{_DIALOG} aria-label="Search"')
    return named.replace(_FIELD, f'{_FIELD} aria-label="Whole site"')
