"""Addresses on forges, from the address of a remote."""

import pytest

from changenote.forge.links import Repository, parse_remote


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        (
            "git@github.com:acme/shop.git",
            Repository(forge="github", web="https://github.com/acme/shop"),
        ),
        (
            "https://user:secret@github.com/acme/shop.git",
            Repository(forge="github", web="https://github.com/acme/shop"),
        ),
        (
            "ssh://git@git.example.com:2222/acme/shop.git",
            Repository(forge="github", web="https://git.example.com/acme/shop"),
        ),
        (
            "https://gitlab.example.com:8443/a/b/c.git/",
            Repository(forge="gitlab", web="https://gitlab.example.com:8443/a/b/c.git"),
        ),
        (
            "git@codeberg.org:acme/shop",
            Repository(forge="gitea", web="https://codeberg.org/acme/shop"),
        ),
        (
            "http://gitea.local.test/acme/shop",
            Repository(forge="gitea", web="http://gitea.local.test/acme/shop"),
        ),
        ("../shop", None),
        ("/srv/git/shop.git", None),
        ("C:\\git\\shop", None),
        ("file:///srv/git/shop.git", None),
        ("", None),
    ],
)
def test_the_repository_behind_a_remote(remote: str, expected: Repository | None) -> None:
    found = parse_remote(remote)

    assert (found and found.web.removesuffix(".git")) == (
        expected and expected.web.removesuffix(".git")
    )
    assert (found and found.forge) == (expected and expected.forge)


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        (
            "github",
            ["pull/4", "issues/5", "commit/abc1234", "compare/a...b", "blob/abc1234/a%20b/c.py"],
        ),
        (
            "gitlab",
            [
                "-/merge_requests/4",
                "-/issues/5",
                "-/commit/abc1234",
                "-/compare/a...b",
                "-/blob/abc1234/a%20b/c.py",
            ],
        ),
        (
            "gitea",
            [
                "pulls/4",
                "issues/5",
                "commit/abc1234",
                "compare/a...b",
                "src/commit/abc1234/a%20b/c.py",
            ],
        ),
        (
            "bitbucket",
            [
                "pull-requests/4",
                "issues/5",
                "commits/abc1234",
                "branches/compare/b%0Da",
                "src/abc1234/a%20b/c.py",
            ],
        ),
    ],
)
def test_each_forge_has_its_own_paths(forge: str, expected: list[str]) -> None:
    r = Repository(forge=forge, web="https://x.example/acme/shop")

    found = [
        r.pull_request(4),
        r.issue(5),
        r.commit("abc1234"),
        r.compare("a", "b"),
        r.blob("abc1234", "a b/c.py"),
    ]

    assert found == [f"https://x.example/acme/shop/{path}" for path in expected]
