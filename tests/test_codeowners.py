"""Who owns a change, by the rules that GitHub and GitLab publish."""

from pathlib import Path

import pytest

from changenote.capture.codeowners import Rule, fits, owner_of, parse, rules_in

FITS = [
    ("*", "README.md", True),
    ("*", "a/b/c.py", True),
    ("*.js", "web/app.js", True),
    ("*.js", "web/app.jsx", False),
    ("/build/logs/", "build/logs/a/b.txt", True),
    ("/build/logs/", "src/build/logs/a.txt", False),
    ("/build/logs/", "build/logs", False),
    ("docs/*", "docs/start.md", True),
    ("docs/*", "docs/build/trouble.md", False),
    ("docs/*", "src/docs/start.md", False),
    ("apps/", "apps/cart.py", True),
    ("apps/", "web/apps/a/b.py", True),
    ("apps/", "apps", False),
    ("/apps/github", "apps/github/a.py", True),
    ("/apps/github", "apps/github", True),
    ("/apps/github", "apps/github2", False),
    ("**/logs", "build/logs/a.txt", True),
    ("**/logs", "logs/a.txt", True),
    ("**/logs", "mylogs/a.txt", False),
    ("/docs/**/*.md", "docs/a.md", True),
    ("/docs/**/*.md", "docs/a/b/c.md", True),
    ("/docs/**/*.md", "docs/a/b/c.rst", False),
    ("app/**", "app/a/b", True),
    ("app/**", "app", False),
    ("**", "a/b", True),
    ("/", "a/b", True),
    ("/*", "a", True),
    ("/*", "a/b", False),
    ("a/**/b/**/c", "a/x/b/y/z/c", True),
    ("a/**/b/**/c", "a/b/c", True),
    ("a/**/b/**/c", "a/x/c", False),
    ("*a*b", "xaabab", True),
    ("v?.txt", "v1.txt", True),
    ("v?.txt", "v/.txt", False),
    (r"my\ file.txt", "my file.txt", True),
    (r"\#notes", "#notes", True),
    ("a.c", "abc", False),
    ("[ab].py", "[ab].py", True),
    ("README.md", "docs/README.md", True),
    ("Readme.md", "README.md", False),
]


@pytest.mark.parametrize(("shape", "path", "fitting"), FITS)
def test_a_pattern_fits_the_paths_that_the_forges_say(shape: str, path: str, fitting: bool) -> None:
    assert fits(shape, path) is fitting


def test_a_hostile_pattern_takes_no_longer_than_a_plain_one() -> None:
    assert not fits("*a" * 60 + "b", "a" * 4000)
    assert not fits("/".join(["**/a"] * 60) + "/b", "a/" * 2000)


GITHUB = """\
# The usual people
*                 @acme/everyone
*.js              @js-owner #a comment
*.go docs@example.com
/docs/            @acme/writers @dana
my\\ notes.txt     @ann
/apps/            @octocat
/apps/github
!/apps/secret     @nobody
/broken           someone
"""


def owner(text: str, *paths: str, default: str | None = None) -> str | None:
    return owner_of([{"path": path} for path in paths], parse(text), default=default)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Makefile", "@acme/everyone"),
        ("web/cart.js", "@js-owner"),
        ("cmd/main.go", "docs@example.com"),
        ("docs/a.md", "@acme/writers"),
        ("my notes.txt", "@ann"),
        ("apps/a.py", "@octocat"),
        ("apps/github/a.py", None),
        ("apps/secret", "@octocat"),
        ("broken", None),
        ("docs/cart.js", "@acme/writers"),
    ],
)
def test_the_last_rule_that_fits_decides(path: str, expected: str | None) -> None:
    assert owner(GITHUB, path) == expected


GITLAB = """\
* @fallback
[Documentation] @docs-team
docs/
README.md @ann
!docs/internal/

^[Database][2] @db-team @dba
model/db/
config/db/setup.rb @@maintainer @setup

[DOCUMENTATION]
guides/ @guide
"""


def test_a_section_has_owners_of_its_own_and_each_section_counts() -> None:
    rules = parse(GITLAB)

    assert [(r.pattern, r.owners, r.section) for r in rules] == [
        ("*", ("@fallback",), ""),
        ("docs/", ("@docs-team",), "documentation"),
        ("README.md", ("@ann",), "documentation"),
        ("docs/internal/", (), "documentation"),
        ("model/db/", ("@db-team", "@dba"), "database"),
        ("config/db/setup.rb", ("@setup",), "database"),
        ("guides/", ("@guide",), "documentation"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/a.md", "@docs-team"),
        ("docs/internal/a.md", None),
        ("model/db/a.rb", "@db-team"),
        ("lib/a.rb", None),
    ],
)
def test_sections_are_asked_before_the_rule_for_everything(path: str, expected: str | None) -> None:
    assert owner(GITLAB, path, default="@acme/cart") == (expected or "@acme/cart")


def test_the_owner_of_most_lines_is_the_owner() -> None:
    rules = parse("a/ @ann\nb/ @ben\nc/ @cleo @ben\n")
    files: list[dict[str, object]] = [
        {"path": "a/1", "added": 30, "removed": 5},
        {"path": "b/1", "added": 20},
        {"path": "c/1", "added": 16},
    ]

    assert owner_of(files, rules) == "@ben"


def test_between_equals_more_files_win_and_then_the_order_of_the_rules() -> None:
    text = "x/ @late\ny/ @early\nz/ @many\n"
    files: list[dict[str, object]] = [
        {"path": "y/1", "added": 2},
        {"path": "x/1", "added": 2},
        {"path": "z/1"},
        {"path": "z/2"},
    ]

    assert owner_of(files, parse(text)) == "@many"
    assert owner_of(files[:2], parse(text)) == "@late"


def test_the_team_s_own_default_wins_over_a_rule_for_all_files_alone() -> None:
    assert owner(GITHUB, "Makefile", default="@acme/cart") == "@acme/cart"
    assert owner(GITHUB, "web/cart.js", "Makefile", default="@acme/cart") == "@js-owner"
    assert owner("", "Makefile", default="@acme/cart") == "@acme/cart"


def test_the_file_is_looked_for_where_the_forge_looks(tmp_path: Path) -> None:
    for folder in (".github", "docs", ".gitlab"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "CODEOWNERS").write_text(f"* @{folder.strip('.')}\n")

    found = {forge: rules_in(tmp_path, forge) for forge in ("github", "gitlab", "gitea", None)}

    assert found == {
        "github": [Rule(pattern="*", owners=("@github",))],
        "gitlab": [Rule(pattern="*", owners=("@docs",))],
        "gitea": [],
        None: [Rule(pattern="*", owners=("@github",))],
    }


def test_a_file_that_cannot_be_read_owns_nothing(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_bytes(b"* @ann\n" * 500_000)

    assert rules_in(tmp_path, "github") == []
    assert rules_in(tmp_path / "missing", "github") == []
