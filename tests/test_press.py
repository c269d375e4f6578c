"""Pages from a shell of the theme are what the theme makes of each, byte for byte."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from changenote.site.press.manifest import manifest_path, read_manifest
from tests.books import LEAST, sample_project
from tests.sites import mkdocs

HOSTILE = r"""'</title> <b>&lt;x&gt;</b> "quoted"  \\ ''it'' {{ 1 }} é ☃ cnpress'"""
LOOKS_ON = "def on_post_page(output, page, config):\n    return output\n"
HEAD = 'site_name: A & "B" <c>\nsite_url: https://docs.example.com/a/\n'
PLAIN = "plugins: [search, changenote]\n"
MATERIAL = f"{HEAD}{PLAIN}theme:\n  name: material\n  font: false\n"
HOME = """\
# Acme

[All](changes/index.md), [one](changes/20261122-k3f9xq/index.md#commands), [no
such part](changes/20261122-k3f9xq/index.md#nope), [its
file](changes/20261122-k3f9xq/note.yaml)
"""
OVERRIDE = """\
{% extends "base.html" %}
{% block extrahead %}{% if page %}
<meta property="og:title" content="{{ page.title | striptags | e }}">
<meta property="og:description" content="{{ page.meta.description }}">
<meta property="og:url" content="{{ page.canonical_url }}">
<script>var page = {{ page.title | tojson }}, id = "{{ page.file.src_uri }}"</script>
{% if page.next_page %}<i title="{{ page.next_page.title | e }}"></i>{% endif %}
{% for entry in page.toc %}<i>{{ entry.title }}{{ entry.children | length }}</i>{% endfor %}
{% endif %}{% endblock %}
"""

SITES = {
    "bars": f"{MATERIAL}  features: [navigation.footer, navigation.tabs, navigation.sections,"
    " navigation.instant, header.autohide]\nrepo_url: https://github.com/acme/shop\n"
    "edit_uri: edit/main/docs/\n",
    "a path in each page": f"{MATERIAL}  features: [toc.integrate, navigation.indexes,"
    " navigation.prune, navigation.path, navigation.top]\nuse_directory_urls: false\n",
    "a navigation of the team": f"{MATERIAL}  features: [navigation.footer]\nnav:\n"
    "  - index.md\n  - Ours:\n    - What changed: changes/index.md\n"
    "    - changes/20261120-zz9zz9/index.md\n    - Fixes: changes/kinds/fix/index.md\n"
    "    - Faster: changes/kinds/performance/\n",
    "no address": MATERIAL.replace(HEAD, "site_name: x\n"),
    "no home page": MATERIAL,
    "templates of the team": f"{MATERIAL}  custom_dir: overrides\n",
    "mkdocs": f"{HEAD}theme: mkdocs\nplugins: [changenote]\n",
    "readthedocs": f"{HEAD}theme: {{name: readthedocs, collapse_navigation: false}}\n"
    "plugins: [changenote]\n",
}


def project(folder: Path, *, home: bool = True) -> Path:
    """The sample notes, and one with a title that is up to no good."""
    sample_project(folder)
    text = LEAST.format(id="20261123-hhhhhh", title=HOSTILE, kind="fix")
    text += f"tags: [{HOSTILE}]\nowner: {HOSTILE}\nreason: {HOSTILE}\n"
    (folder / "changes/2026/20261123-hhhhhh.yaml").write_text(text)
    (folder / "look_on.py").write_text(LOOKS_ON)
    (folder / "overrides").mkdir()
    (folder / "overrides/main.html").write_text(OVERRIDE)
    (folder / "docs").mkdir()
    if home:
        (folder / "docs/index.md").write_text(HOME)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def counts(project: Path) -> Counter[str]:
    """What the last build did."""
    return read_manifest(manifest_path(project / ".changenote", project / "public")).counts


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The files that are in one site alone, or not the same in both."""
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")  # sites say when they were built


@pytest.mark.parametrize("name", SITES)
def test_a_site_from_shells_is_the_site_that_the_theme_makes(tmp_path: Path, name: str) -> None:
    here = project(tmp_path, home=name != "no home page")

    pressed = mkdocs(here, SITES[name], index=False)
    found, did = files(pressed.folder), counts(here)
    rendered = mkdocs(here, f"{SITES[name]}hooks: [look_on.py]\n", index=False)

    assert pressed.code == 0, pressed.said
    assert "for hooks to see it" in rendered.said
    assert differing(found, files(rendered.folder)) == []
    assert did["written"] == did["made"] > 100
    assert "does not contain an anchor '#nope'" in pressed.said or name == "no home page"
    assert "itself" not in pressed.said


def test_no_note_can_guess_the_words_that_stand_for_others(tmp_path: Path) -> None:
    here = project(tmp_path)
    text = LEAST.format(id="20261124-gggggg", title="cnpresstitleax", kind="fix")
    text += "tags: [cnpressfolder0nx]\n"
    (here / "changes/2026/20261124-gggggg.yaml").write_text(text)

    pressed = mkdocs(here, MATERIAL, index=False)

    assert pressed.code == 0, pressed.said
    assert "itself" not in pressed.said


def test_properdocs_makes_the_same_of_them(tmp_path: Path) -> None:
    here = project(tmp_path)
    (here / "mkdocs.yml").write_text(MATERIAL)

    for name, config in {"pressed": "", "rendered": "hooks: [look_on.py]\n"}.items():
        (here / "mkdocs.yml").write_text(MATERIAL + config)
        subprocess.run(
            [sys.executable, "-P", "-m", "properdocs", "build", "-d", name],
            cwd=here,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "true"},
            capture_output=True,
            check=True,
        )

    assert len(files(here / "pressed")) > 100
    assert differing(files(here / "pressed"), files(here / "rendered")) == []


@pytest.mark.parametrize("where", ["", "and 'kinds/' in page.url"])
def test_what_no_shell_can_show_is_noticed_and_rendered(tmp_path: Path, where: str) -> None:
    here = project(tmp_path)
    counted = f"{{% if page {where} %}}<i>{{{{ page.content | wordcount }}}}</i>{{% endif %}}"
    override = f'{{% extends "base.html" %}}{{% block extrahead %}}{counted}{{% endblock %}}'
    (here / "overrides/main.html").write_text(override)
    config = SITES["templates of the team"]

    pressed = mkdocs(here, config, index=False)
    found, first = files(pressed.folder), counts(here)
    mkdocs(here, config, index=False)
    second = counts(here)
    rendered = files(mkdocs(here, f"{config}hooks: [look_on.py]\n", index=False).folder)

    assert first["written"] == first["made"] > 100
    assert first["kept"] == 0
    assert second["written"] <= 1  # a page that was made before the difference was found
    assert second["written"] + second["kept"] == first["written"]
    assert "Every page is rendered by itself: " in pressed.said
    assert differing(found, rendered) == []


def test_the_theme_is_asked_for_a_shape_and_not_for_a_page(tmp_path: Path) -> None:
    here = project(tmp_path)

    mkdocs(here, MATERIAL)
    few = counts(here)
    for number in range(40):
        note_id = f"20261010-0000{number:02}"
        text = LEAST.format(id=note_id, title=f"Note number {number}", kind="fix")
        (here / f"changes/2026/{note_id}.yaml").write_text(text)
    mkdocs(here, MATERIAL)

    assert counts(here)["made"] > few["made"] - few["rendered"]
    assert counts(here)["rendered"] - few["rendered"] < 10
