"""Build and serve the site: MkDocs, run on the team's `mkdocs.yml` or on a built-in one."""

import errno
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import Any

from changenote import git
from changenote.errors import SiteFailed
from changenote.patterns import pattern
from changenote.site.environment import environment
from changenote.site.press.kept import is_left_over
from changenote.site.press.manifest import forget, manifest_path, read_manifest
from changenote.site.sources import GIVEN, checkouts
from changenote.site.turns import turn
from changenote.store.mkdocs_config import config_path, docs_dir
from changenote.store.project import Project

ADDRESS = "127.0.0.1:8000"

_OF_THE_SYSTEM = pattern(r"\w+Error: \[Errno \d+\] ")
_OF_OURS = pattern(r"ERROR +-  changenote: ")
_REFUSED = pattern(
    "|".join(re.escape(os.strerror(code)) for code in (errno.EACCES, errno.EROFS, errno.ENOSPC))
)
_RAISED = pattern(r"[\w.]+(?:Error|Exception)\b")

_LEVELS = ("WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished site, what MkDocs and its plugins warned of, and what ours has to say besides."""

    folder: Path
    warnings: tuple[str, ...]
    notices: tuple[str, ...] = ()


def build(
    project: Project,
    out: Path,
    *,
    strict: bool = False,
    more: Sequence[str] = (),
    from_scratch: bool = False,
) -> Built:
    """Build the site into a folder, whose content is replaced; `more` are checkouts to show too.

    Pages of an earlier build stay where they would be the same, unless it is done `from_scratch`.
    Raises `SiteFailed` when MkDocs does not get to the end; with `strict`, also for a warning,
    and a file that is no valid note is one.
    """
    checkouts(project, more)  # at once, and not as something that MkDocs said
    _refuse(project, out.resolve())
    with turn(project.cache, out) as held:
        _refuse_unknown(project, out.resolve())
        if from_scratch:
            forget(manifest_path(project.cache, out))
        done = _built(project, out.resolve(), strict=strict, more=more, held=held)
    output = done.stdout + done.stderr
    said = _warnings(output)
    if done.returncode:
        raise _could_not_build(_last_words(said, done.stderr), strict=strict)
    return Built(folder=out, warnings=said, notices=_notices(output))


def _built(
    project: Project, out: Path, *, strict: bool, more: Sequence[str], held: Sequence[int]
) -> "subprocess.CompletedProcess[str]":
    with _config(project) as config:
        command = ["build", "--clean", "-f", str(config), "-d", str(out)]
        return subprocess.run(
            [*_MKDOCS, *command, *(["--strict"] if strict else [])],
            cwd=project.root,
            env={**_moment(project), **_environment(more)},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            pass_fds=held,
        )


def _could_not_build(said: tuple[str, ...], *, strict: bool) -> SiteFailed:
    expected, hint = "a mkdocs.yml that MkDocs can build", "What MkDocs said is above."
    if _OF_THE_SYSTEM.match(said[-1]) or _REFUSED.search(said[-1]):
        expected = "files and folders that can be read and written"
        hint = "Mend what is said above, then build again."
    elif any(_OF_OURS.match(line) for line in said):
        expected, hint = "what is named above", "Mend what is said above, then build again."
    elif strict:
        expected = "a site without warnings"
    return SiteFailed(
        "MkDocs could not build the site",
        said=said,
        expected=expected,
        retry="safe, the output folder is made anew each time",
        hint=hint,
    )


def serve(project: Project, address: str = ADDRESS, *, more: Sequence[str] = ()) -> None:
    """Serve the site until interrupted; notes, templates and configs are watched.

    MkDocs says on the terminal what it does. Raises `SiteFailed` when it could not start.
    """
    if _is_taken(address):  # MkDocs would build the site first, and then show where it gave up
        raise _cannot_serve(address, hint="`--port 8001` takes another port.")
    # MkDocs serves a temporary folder, which it leaves behind unless it is stopped by Ctrl-C.
    with _config(project) as config, TemporaryDirectory(prefix="changenote-served-") as folder:
        command = ["serve", "--livereload", "-f", str(config), "-a", address]
        variables = {**_environment(more), "TMPDIR": folder}
        process = subprocess.Popen([*_MKDOCS, *command], cwd=project.root, env=variables)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            code = 0
        finally:
            process.terminate()
            process.wait()
    if code:
        raise _cannot_serve(address, hint="What MkDocs said is above.")


def _is_taken(address: str) -> bool:
    """Does another program listen at an address? Where nobody can tell, MkDocs will."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_server((host.strip("[]"), int(port))):
            return False
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    except (ValueError, OverflowError):
        return False


def _cannot_serve(address: str, *, hint: str) -> SiteFailed:
    return SiteFailed(
        f"MkDocs could not serve the site at {address}",
        expected="a free address and a mkdocs.yml that MkDocs can build",
        hint=hint,
    )


# -P: modules of the repository do not get in the way of those that MkDocs is made of.
_MKDOCS = (sys.executable, "-P", "-m", "mkdocs")


def _environment(more: Sequence[str]) -> dict[str, str]:
    """Without the notices of Material and ProperDocs about other products, longer than our text."""
    quiet = {"NO_MKDOCS_2_WARNING": "true", "DISABLE_MKDOCS_2_WARNING": "true"}
    given = {GIVEN: json.dumps(list(more))} if more else {}
    return {**os.environ, **quiet, **given}


def _moment(project: Project) -> dict[str, str]:
    """The day of a site is that of its commit, so that the same commit builds the same bytes."""
    moment = git.moment_of_last_commit(project.root) if project.is_repository else None
    return {"SOURCE_DATE_EPOCH": moment} if moment else {}


def _refuse(project: Project, out: Path) -> None:
    """MkDocs empties its output folder: that may not be one with anything of value in it."""
    for precious in (project.root, project.notes):
        if precious.resolve().is_relative_to(out):
            raise _bad_output(out, f"{precious} is in it")
    for precious in (project.notes, project.root / ".git"):
        if out.is_relative_to(precious.resolve()):
            raise _bad_output(out, f"it is in {precious}")
    _refuse_closed(out)


def _refuse_unknown(project: Project, out: Path) -> None:
    """Raises `SiteFailed` for a folder with anything in it that no build has written."""
    found = sorted(entry.name for entry in out.iterdir()) if out.exists() else []
    if found and not _is_a_site(project, out):
        raise _unknown_output(out, found[0])


def _refuse_closed(out: Path) -> None:
    """Raises `SiteFailed` for a folder that nobody lets us write to, or that is a file."""
    nearest = next(path for path in (out, *out.parents) if path.exists())
    if not nearest.is_dir():
        why, hint = f"{nearest} is a file", "`--to` names another folder."
    elif not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        why = f"there is no permission to write to {nearest}"
        hint = "Give yourself that permission, or name another folder with `--to`."
    else:
        return
    raise SiteFailed(
        f"the site cannot be built into {out}: {why}",
        expected="a folder that can be read and written, or room for a new one",
        hint=hint,
    )


def _is_a_site(project: Project, out: Path) -> bool:
    """Did a build write what is in a folder, be it one that did not get to its end?"""
    if any((out / name).is_file() for name in _SIGNS_OF_A_SITE):
        return True
    return is_left_over(out, read_manifest(manifest_path(project.cache, out)))


# One of these is in every site that MkDocs built, and hardly in anything else.
_SIGNS_OF_A_SITE = ("sitemap.xml", "404.html", "search/search_index.json")


def _unknown_output(out: Path, name: str) -> SiteFailed:
    """Of a site whose first build failed, nothing but our cache tells what it is."""
    return SiteFailed(
        f"the site cannot be built into {out}: nothing tells that an earlier build wrote what is in"
        f" it, such as {name}, and the folder would be emptied",
        expected="a folder of its own: new, empty, or a site that was built before",
        hint="Look into it. If it is what a build left that failed, and nothing of value,\n"
        f"            `rm -r {quote(str(out))}` and build again; or else use another one: `--to`.",
    )


def _bad_output(out: Path, why: str) -> SiteFailed:
    return SiteFailed(
        f"the site cannot be built into {out}: {why}, and the folder would be emptied",
        expected="a folder of its own: new, empty, or a site that was built before",
        hint="`--to public` is one.",
    )


@contextmanager
def _config(project: Project) -> Iterator[Path]:
    """The team's mkdocs.yml, or a built-in one that lives as long as it is used."""
    own = config_path(project.root)
    if own.is_file():
        _check_own(own)
        yield own
        return
    with TemporaryDirectory(prefix="changenote-site-") as folder:
        yield _built_in(project, Path(folder))


def _check_own(path: Path) -> None:
    if "changenote" not in path.read_text("utf-8", "replace"):
        raise SiteFailed(
            f"{path.name} does not name the plugin changenote, so the site would have no notes",
            expected="`changenote` among its plugins",
            hint="`changenote init` adds it.",
        )
    docs = docs_dir(path.read_bytes())
    if docs is not None and not (path.parent / docs).exists():
        raise SiteFailed(
            f"there is no folder {docs}/, where MkDocs looks for pages of your own",
            expected=f"the folder that {path.name} names, which may be empty",
            hint=f"`mkdir {quote(docs)}` makes it.",
        )


def _built_in(project: Project, folder: Path) -> Path:
    """The look that `init` gives a new site, with everything in it about this project."""
    docs = folder / "docs"
    docs.mkdir()
    look = environment().get_template("mkdocs.yml.j2")
    base = look.render(name="Change notes", output="public")
    (folder / "base.yml").write_text(base, "utf-8")
    config = folder / "mkdocs.yml"
    config.write_text(json.dumps(_particulars(project, docs)), "utf-8")  # JSON is YAML
    return config


def _particulars(project: Project, docs: Path) -> dict[str, Any]:
    # Matches in titles outweigh everything else by a thousand in the theme's own setting, so that
    # `polyfill.sql` would find every title with "SQL" in it before the file itself.
    weights = {"title": {"boost": 2}, "tags": {"boost": 2}, "text": {"boost": 1}}
    return {
        "INHERIT": "base.yml",
        "site_name": project.config.title,
        "docs_dir": str(docs),
        "plugins": {
            "search": {"fields": weights},
            "changenote": {"notes": str(project.notes)},
        },
    }


def _warnings(output: str) -> tuple[str, ...]:
    """MkDocs' warnings and errors, with the lines that belong to them."""
    found: list[str] = []
    is_ours = False
    for line in output.splitlines():
        level = line.split(" ", 1)[0]
        if level in (*_LEVELS, "INFO", "DEBUG"):
            is_ours = level in _LEVELS
        if is_ours and line.strip():
            found.append(line)
    return tuple(found)


def _notices(output: str) -> tuple[str, ...]:
    """What our plugin said without a warning, one line each."""
    mark = "INFO    -  changenote: "
    lines = output.splitlines()
    return tuple(line.removeprefix(mark) for line in lines if line.startswith(mark))


def _last_words(said: tuple[str, ...], stderr: str) -> tuple[str, ...]:
    """What went wrong, as far as it can be told; the end of everything else otherwise."""
    lines = tuple(line for line in stderr.splitlines() if line.strip())
    if lines and _OF_THE_SYSTEM.match(lines[-1]):
        return lines[-1:]  # a full disk, a folder without permission: how MkDocs got there is noise
    if lines and said and _RAISED.match(lines[-1]) and lines[-1] not in said:
        return (*said[-20:], lines[-1])
    return (said or lines)[-20:] or ("MkDocs said nothing.",)
