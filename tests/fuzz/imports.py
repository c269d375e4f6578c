"""Notes of other tools, settings of these, and our own exports: read, or left out with a reason."""

import json
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from changenote.config import Config
from changenote.exchange.importing.drafts import Decisions, Origin, draft, fingerprint, free_id
from changenote.exchange.importing.entries import Entry, LeftOut, Source
from changenote.exchange.importing.formats import FORMATS
from changenote.exchange.importing.places import SettingsError
from changenote.exchange.importing.texts import NotTextError, decoded
from changenote.exchange.restoring import Restored, restored
from changenote.forge.links import parse_remote
from changenote.git import written_path
from changenote.model.reading import read_note
from changenote.model.writing import plain
from changenote.store import codec
from changenote.store.emitting import dump
from tests.fuzz.material import DATA, files, material
from tests.fuzz.target import Target

_TOOLS = tuple(FORMATS)
_REPOSITORY = parse_remote("https://github.com/acme/shop")
_DAY = date(2026, 11, 22)


def _parted(raw: bytes) -> tuple[str, str, bytes]:
    """An input's tool and name of a file, which its first line says, and what is in the file."""
    first, _, content = raw.partition(b"\n")
    tool, _, name = first.decode("utf-8", "replace").partition(" ")
    chosen = tool if tool in FORMATS else _TOOLS[len(raw) % len(_TOOLS)]
    parts = [part for part in name.replace("\0", "").split("/") if part not in ("", ".", "..")]
    path = "/".join(part[:100] for part in parts[:4]) or "notes.md"
    return chosen, written_path(path), content


def _holds(raw: bytes) -> None:
    tool, name, content = _parted(raw)
    try:
        source = Source(file=name, name=PurePosixPath(name).name, text=decoded(content))
    except NotTextError:
        return
    for one in FORMATS[tool].read(source, {}):
        assert one.line >= 1
        if isinstance(one, LeftOut):
            assert one.reason.strip(), "left out without a reason"
        else:
            _becomes_a_note(one, tool)


def _becomes_a_note(entry: Entry, tool: str) -> None:
    decisions = Decisions(known=Config().kind_names)
    made = draft(entry, Origin(tool=tool, repository=_REPOSITORY), decisions)
    assert made == draft(entry, Origin(tool=tool, repository=_REPOSITORY), decisions)
    assert fingerprint(entry) == made.data["x"]["imported"]["fingerprint"]
    data = {**made.data, "id": free_id(made.key, made.day or _DAY, ())}
    document = codec.load(dump(data).encode("utf-8", "surrogateescape"))
    assert not document.problems, f"writes what cannot be read: {document.problems[0].found}"
    note, problems = read_note(document.data)
    assert note is not None, f"no note can have it: {problems[0].path} {problems[0].found}"


def _naive(raw: bytes) -> None:
    _, _, content = _parted(raw)
    heading, _, text = content.decode().partition("\n\n")
    assert text.splitlines()[0]
    assert heading


def _entries() -> list[bytes]:
    found = []
    for tool in _TOOLS:
        for path in sorted((DATA / "import" / tool).rglob("*")):
            if path.is_file():
                found.append(f"{tool} {path.name}\n".encode() + path.read_bytes())
    return found


# --- Settings of tools ----------------------------------------------------------------------------


@cache
def _root() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="changenote-fuzz-")


_SETTINGS = (
    ("towncrier", "towncrier.toml"),
    ("towncrier", "pyproject.toml"),
    ("scriv", "setup.cfg"),
    ("scriv", "pyproject.toml"),
    ("reno", "reno.yaml"),
    ("changie", ".changie.yaml"),
    ("chloggen", ".chloggen/config.yaml"),
    ("git-cliff", "cliff.toml"),
)


def _settings_hold(raw: bytes) -> None:
    first, _, content = raw.partition(b"\n")
    named = [one for one in _SETTINGS if " ".join(one).encode() == first]
    tool, file = (named or [_SETTINGS[len(raw) % len(_SETTINGS)]])[0]
    path = Path(_root().name, file)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    form = FORMATS[tool]
    with suppress(SettingsError):
        settings = form.tool.settings(path.parents[1] if "/" in file else path.parent)
        assert form.tool.folder(settings)
        source = Source(file="1.fix.md", name="1.fix.md", text="Words of it.\n")
        for one in form.read(source, settings):
            assert isinstance(one, LeftOut) or one.text
    path.unlink(missing_ok=True)


def _settings_naive(raw: bytes) -> None:
    section, _, rest = raw.decode().partition("]")
    assert section.lstrip().startswith("[")
    assert all("=" in line for line in rest.splitlines())


# --- Our own exports ------------------------------------------------------------------------------


def _export_holds(raw: bytes) -> None:
    for one in restored(raw, "notes.json"):
        if isinstance(one, Restored):
            text = dump(one.data).encode("utf-8", "surrogateescape")
            again, problems = read_note(codec.load(text).data)
            assert again == one.note, f"is another when written: {problems}"
        else:
            assert one.reason.strip(), "left out without a reason"


def _export_naive(raw: bytes) -> None:
    for note in json.loads(raw):
        assert note["title"]


def _export() -> list[bytes]:
    notes = [read_note(codec.load(raw).data)[0] for raw in files("site/changes/*/*.yaml")]
    full = read_note(codec.load(files("notes/full.yaml")[0]).data)[0]
    data = [plain(note) for note in (*notes, full) if note]
    lines = "\n".join(json.dumps(one) for one in data)
    return [json.dumps(data).encode(), json.dumps(data[-1:]).encode(), lines.encode()]


TARGETS = (
    Target(
        name="imports",
        says="A file of another tool becomes drafts that are read again, or is left out with the"
        " reason.",
        material=material(
            _entries(),
            [
                *_TOOLS,
                *"## [1.0.0] - 2026-11-22|### Added|### Fixed|- item|* item|.. code-block:: py|---"
                "|[Unreleased]|[1.0.0]: https://x/y|kind:|body:|time:|custom:|note:|issues:|".split(
                    "|"
                ),
                *"prelude:|features:|upgrade:|'pkg': minor|.. _x: y|`a <b>`_|:issue:`1`|(#12)".split(
                    "|"
                ),
                *"1.feature.rst|+orphan.bugfix.md|a.yaml|README.md|<!-- x -->|BREAKING".split("|"),
            ],
        ),
        holds=_holds,
        naive=_naive,
    ),
    Target(
        name="settings",
        says="The settings of another tool say where its notes are, or why they cannot be used.",
        material=material(
            [
                b"towncrier towncrier.toml\n" + files("import/towncrier/towncrier.toml")[0],
                b"scriv pyproject.toml\n" + files("import/scriv/pyproject.toml")[0],
                b"changie .changie.yaml\n" + files("import/changie/.changie.yaml")[0],
                b"chloggen .chloggen/config.yaml\n"
                + files("import/chloggen/.chloggen/config.yaml")[0],
                b"git-cliff cliff.toml\n[changelog]\noutput = 'NEWS.md'\n",
                b"reno reno.yaml\nnotesdir: n\nsections:\n  - [features, New]\n",
                b"scriv setup.cfg\n[tool.scriv]\nfragment_directory = changelog.d\nformat = md\n",
                b"towncrier pyproject.toml\n[tool.towncrier]\npackage = 'a.b'\n[[tool.towncrier.type]]\n"
                b"directory = 'x'\nname = 'X'\nshowcontent = true\n",
            ],
            "[tool.towncrier] [[x]] [scriv] directory = package a.b.c ' ''' \"\"\" 1979-05-27 0x1 "
            "inf %(x)s ${x} ; # : sections kinds: key: label: prelude_section_name".split(),
        ),
        holds=_settings_hold,
        naive=_settings_naive,
    ),
    Target(
        name="exports",
        says="A note of an export comes in as it went out, or is left out with the reason.",
        material=material(_export(), '"id" "title" [ ] { } , : "\\ud800" "\\u0000" 1e400'.split()),
        holds=_export_holds,
        naive=_export_naive,
    ),
)
