"""Links from one page to another, as a browser would follow them."""

from urllib.parse import unquote, urljoin

from hypothesis import given
from hypothesis import strategies as st

from changenote.site.addresses import relative

NAMES = st.sampled_from(["a", "b", "ab", "a-b", "v1.2", "c d", "é", "50%"])
FOLDERS = st.lists(NAMES, max_size=4).map(lambda names: "".join(f"{name}/" for name in names))
FILES = st.tuples(FOLDERS, st.sampled_from(["x.json", "feed one.xml"])).map("".join)


@given(here=FOLDERS, there=FOLDERS | FILES)
def test_a_link_leads_from_every_page_to_every_page_and_file(here: str, there: str) -> None:
    link = relative(here, there)

    assert unquote(urljoin(f"https://x.io/{here}", link)) == f"https://x.io/{there}"
    assert not link.startswith("/")


@given(here=FOLDERS, there=FOLDERS | FILES)
def test_only_links_to_pages_end_in_the_name_of_a_page(here: str, there: str) -> None:
    is_page = there.endswith("/") or not there

    assert relative(here, there, index="index.html").endswith("/index.html") == is_page
