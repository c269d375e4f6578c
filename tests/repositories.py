"""Repositories that are not as one would wish, each made in an empty folder."""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.workshop import IDENTITY, Cast, Workshop

Build = Callable[[Path], Workshop]

TOTALS, CACHE = "app/cart/totals.py", "app/cart/cache.py"
ALLOWED = ("-c", "protocol.file.allow=always")


def shop_with_a_change(folder: Path) -> Workshop:
    """A repository with two commits, a tag after the first, and a GitHub remote."""
    cast, clock = _shop_with_a_change()
    shop = Workshop(folder / "shop", clock=clock)
    shop.folder.mkdir(parents=True)
    cast.put_into(shop.folder)
    return shop


@cache
def _shop_with_a_change() -> tuple[Cast, int]:
    with TemporaryDirectory(prefix="repository-") as folder:
        shop = Workshop(Path(folder)).start()
        shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
        shop.commit("Start the shop", {TOTALS: "def total(): ...\n", "README.md": "Shop\n"})
        shop.git("tag", "v2.13.0")
        return Cast.of(with_a_change(shop).folder), shop.clock


def with_a_change(shop: Workshop) -> Workshop:
    """The change that most notes of the tests are about, committed."""
    shop.commit(
        "perf: cache cart totals per session (#412)\n\n"
        "p95 of GET /cart was 840 ms because every request summed the basket again.\n\n"
        "Closes #398",
        {TOTALS: "def total():\n    return cached()\n", CACHE: "C = {}\n"},
    )
    return shop


def in_a_shell(script: str) -> Build:
    """The shop, after some lines of a shell in it."""

    def build(folder: Path) -> Workshop:
        shop = shop_with_a_change(folder)
        surroundings = {**os.environ, **IDENTITY}
        lines = ["sh", "-ec", script]
        subprocess.run(lines, cwd=shop.folder, env=surroundings, check=True, capture_output=True)
        return shop

    return build


def cloned(*options: str) -> Build:
    """A clone of the shop, with some options of `git clone`."""

    def build(folder: Path) -> Workshop:
        shop = shop_with_a_change(folder)
        shop.git("config", "uploadpack.allowFilter", "true")
        place = folder / "clone"
        shop.git("clone", "-q", *options, f"file://{shop.folder}", str(place))
        return Workshop(place)

    return build


def without_commits(folder: Path) -> Workshop:
    """Nothing is committed yet."""
    return Workshop(folder / "new").start()


def with_one_commit(folder: Path) -> Workshop:
    """The change is all that there is."""
    return with_a_change(Workshop(folder / "shop").start())


def plain_folder(folder: Path) -> Workshop:
    """No repository at all."""
    (folder / "plain").mkdir()
    return Workshop(folder / "plain")


def worktree(folder: Path) -> Workshop:
    """A second work tree of the shop, on a branch of its own."""
    shop = shop_with_a_change(folder)
    shop.git("worktree", "add", "-q", "-b", "side", str(folder / "side"))
    return Workshop(folder / "side")


def bare(folder: Path) -> Workshop:
    """The shop without a work tree."""
    shop = shop_with_a_change(folder)
    shop.git("clone", "-q", "--bare", str(shop.folder), str(folder / "bare"))
    return Workshop(folder / "bare")


def with_a_moved_submodule(folder: Path) -> Workshop:
    """The shop with a library in it, of which it takes a newer commit than before."""
    shop = shop_with_a_change(folder)
    library = Workshop(folder / "library").start()
    library.commit("First", {"x": "1\n"})
    shop.git(*ALLOWED, "submodule", "--quiet", "add", str(library.folder), "vendor/library")
    shop.commit("Add the library")
    library.commit("Second", {"x": "2\n"})
    shop.git("-C", "vendor/library", *ALLOWED, "pull", "-q")
    shop.commit("Bump the library")
    return shop


def in_a_submodule(folder: Path) -> Workshop:
    """The library inside of the shop."""
    return Workshop(with_a_moved_submodule(folder).folder / "vendor/library")


def below(folder: Path) -> Workshop:
    """A folder inside of the shop."""
    return Workshop(shop_with_a_change(folder).folder / "app/cart")


def behind_a_link(folder: Path) -> Workshop:
    """The shop, by another name."""
    (folder / "link").symlink_to(shop_with_a_change(folder).folder)
    return Workshop(folder / "link")


def without_its_origin(folder: Path) -> Workshop:
    """A clone without contents, which nobody can give any more."""
    shop = cloned("--filter=blob:none", "--no-checkout")(folder)
    shutil.rmtree(folder / "shop")
    return shop


def with_other_ids(folder: Path) -> Workshop:
    """The shop with longer ids of commits."""
    shop = Workshop(folder / "shop")
    shop.folder.mkdir()
    shop.git("init", "-q", "-b", "main", "--object-format=sha256")
    shop.start()
    shop.commit("Start the shop", {TOTALS: "def total(): ...\n"})
    shop.git("tag", "v2.13.0")
    return with_a_change(shop)


NAMED_LIKE_COMMITS = ("HEAD", "v2.13.0", "main", "HEAD~1", "-p", "--all", "v2.13.0..HEAD")


def with_files_like_commits(folder: Path) -> Workshop:
    """Files are called HEAD, or as the tag and the branch are."""
    shop = shop_with_a_change(folder)
    shop.commit("Add files", dict.fromkeys(NAMED_LIKE_COMMITS, "1\n"))
    return shop


_RUN_BY_GIT = (
    "core.fsmonitor", "core.pager", "pager.log", "pager.diff", "pager.show", "core.editor",
    "core.sshCommand", "core.askPass", "core.gitProxy", "diff.external", "diff.all.command",
    "diff.all.textconv", "filter.all.clean", "filter.all.smudge", "filter.all.process",
    "merge.all.driver", "gpg.program", "credential.helper", "sequence.editor", "web.browser",
    "alias.log", "alias.diff", "interactive.diffFilter", "uploadpack.packObjectsHook",
    "trailer.change-note.command", "trailer.change-note.cmd", "core.alternateRefsCommand",
)  # fmt: skip
_HOOKS = (
    "post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-commit", "commit-msg",
    "prepare-commit-msg", "post-commit", "post-checkout", "pre-auto-gc", "post-rewrite",
)  # fmt: skip


def hostile(folder: Path) -> Workshop:
    """Whatever its config, its attributes and its hooks can name to be run leaves a mark."""
    shop = shop_with_a_change(folder)
    mark = folder / "mark"
    program = folder / "program"
    program.write_text(f"#!/bin/sh\necho $0 $* >> '{mark}'\ncat\n")
    program.chmod(0o755)
    for key in _RUN_BY_GIT:
        shop.git("config", key, f"!{program}" if key.startswith("alias") else str(program))
    for key in ("log.showSignature", "diff.mnemonicPrefix", "color.ui", "diff.noprefix"):
        shop.git("config", key, "always" if key == "color.ui" else "true")
    shop.git("config", "diff.orderFile", "/dev/stdin")
    shop.write(".git/info/attributes", "* diff=all filter=all merge=all\n")
    hooks = folder / "hooks"
    hooks.mkdir()
    for hook in _HOOKS:
        (hooks / hook).symlink_to(program)
        (shop.folder / ".git/hooks" / hook).symlink_to(program)
    shop.write("included", f"[core]\n\thooksPath = {hooks}\n\tfsmonitor = {program}\n")
    shop.git("config", "include.path", str(shop.folder / "included"))
    (shop.folder / TOTALS).touch()  # so that git would compare its contents
    mark.unlink(missing_ok=True)
    return shop


def signed_by_nobody(folder: Path) -> Workshop:
    """Commits of people without a name or a time, long ago and far ahead."""
    shop = shop_with_a_change(folder)
    tree = shop.git("rev-parse", "HEAD^{tree}")
    parent = shop.git("rev-parse", "HEAD")
    for who in ("<> 0 +0000", "A <a> 99999999999 +0000", "no <one", "B <b@c> -1 -9999"):
        text = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nOdd\n"
        options = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        parent = shop.git(*options, given=text.encode())
    shop.git("update-ref", "HEAD", parent)
    return shop


def without_an_object(revision: str) -> Build:
    """The shop, in which an object is lost."""

    def build(folder: Path) -> Workshop:
        shop = shop_with_a_change(folder)
        name = shop.git("rev-parse", revision)
        (shop.folder / ".git/objects" / name[:2] / name[2:]).unlink()
        return shop

    return build


def of_another_user(folder: Path) -> Workshop:
    """The shop, which somebody else owns; only an administrator can give it away."""
    shop = shop_with_a_change(folder)
    for path in (shop.folder, *shop.folder.rglob("*")):
        os.chown(path, 12345, -1, follow_symlinks=False)
    return shop


IN_THE_MIDDLE = """
git checkout -q -b side v2.13.0
echo other > app/cart/totals.py
git commit -qam 'Change it otherwise'
"""
"""A branch that cannot be joined with the main one without a person."""
