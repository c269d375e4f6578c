"""A repository is set up for notes, and what is there already stays."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from changenote.store.project import config_from
from tests.workshop import Workshop


def test_schema_is_what_init_writes_to_the_notes_folder(workshop: Workshop) -> None:
    workshop.run("init")

    written = (workshop.folder / "changes" / "note.schema.json").read_text()
    assert workshop.run("schema").data == __import__("json").loads(written)


def test_init_sets_up_a_repository_and_a_second_run_changes_nothing(workshop: Workshop) -> None:
    workshop.write("mkdocs.yml", "site_name: Shop # ours\n")
    workshop.write(".gitignore", "node_modules")

    dry = workshop.run("init", "--dry-run")
    assert not (workshop.folder / "changes").exists()
    first = workshop.run("init")
    second = workshop.run("init")

    assert "+  - changenote" in dry.out
    assert first.out.splitlines() == [
        "made changes/config.yaml",
        "made changes/note.schema.json",
        "added to mkdocs.yml",
        "made .github/pull_request_template.md",
        "made AGENTS.md",
        "added to .gitignore",
    ]
    assert first.err == (
        "A second wall around the pages: with `content_security_policy: [meta, headers]` below "
        "`changenote:` in mkdocs.yml, browsers refuse every script but the theme's.\n"
        "Next: commit these files, then run `changenote new` after a release.\n"
    )
    assert (second.out, second.err) == ("", "Everything is set up already. Nothing was changed.\n")
    assert (workshop.folder / ".gitignore").read_text() == "node_modules\n/public/\n/.changenote/\n"
    config = (workshop.folder / "changes" / "config.yaml").read_text()
    assert (
        "forge: github\nrepository: https://github.com/acme/shop\ndefault_branch: main\n" in config
    )
    assert workshop.run("check").code == 0


def test_init_keeps_windows_line_ends_and_links(workshop: Workshop) -> None:
    real = workshop.write("docs/mkdocs.yml", "")
    real.write_bytes(b"site_name: Shop\r\n")
    (workshop.folder / "mkdocs.yml").symlink_to(real)

    done = workshop.run("init")

    assert done.code == 0, done.err
    assert (workshop.folder / "mkdocs.yml").is_symlink()
    assert (
        real.read_bytes() == b"site_name: Shop\r\n\r\nplugins:\r\n  - search\r\n  - changenote\r\n"
    )


def test_the_other_spelling_of_the_site_config_is_used(workshop: Workshop) -> None:
    workshop.write("mkdocs.yaml", "site_name: Shop\nsite_dir: out\n")

    workshop.run("init")

    assert not (workshop.folder / "mkdocs.yml").exists()
    assert "changenote" in (workshop.folder / "mkdocs.yaml").read_text()


@pytest.mark.parametrize("name", ["no", "123", "1e5", "null", "a: b"])
def test_a_repository_of_any_name_gets_a_config_that_is_read_as_that_name(
    tmp_path: Path, name: str
) -> None:
    shop = Workshop(tmp_path / name).start()
    shop.commit("Start", {"a.txt": "a\n"})

    done = shop.run("init")

    config, problems, _ = config_from((shop.folder / "changes" / "config.yaml").read_bytes())
    assert done.code == 0, done.err
    assert (config.service, config.title, problems) == (name, f"{name} change notes", [])
    assert (
        YAML(typ="safe", pure=True).load((shop.folder / "changes" / "config.yaml").read_text())[
            "service"
        ]
        == name
    )
