"""What all commands have in common, and those that build a site or edit a note."""

import pytest

from tests.workshop import Workshop


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(workshop: Workshop, shell: str) -> None:
    done = workshop.run("completion", shell)

    assert done.code == 0
    assert "_CHANGENOTE_COMPLETE" in done.out


def test_ids_are_completed_from_the_notes(library: Workshop) -> None:
    done = library.run(
        _CHANGENOTE_COMPLETE="bash_complete", COMP_WORDS="changenote show 202611", COMP_CWORD="2"
    )

    assert done.out.splitlines() == [
        "plain,20261123-bbbbbb",
        "plain,20261122-k3f9xq",
        "plain,20261120-aaaaaa",
    ]


def test_a_misspelt_command_names_the_nearest(workshop: Workshop) -> None:
    done = workshop.run("shwo")

    assert done.code == 2
    assert "Did you mean `show`?" in done.err


def test_site_build_makes_a_site_even_without_a_mkdocs_config(library: Workshop) -> None:
    done = library.run("site", "build")

    assert done.code == 0, done.err
    page = (library.folder / "public" / "changes" / "20261122-k3f9xq" / "index.html").read_text()
    assert "Cache cart totals per session" in page
    assert done.out == "public/index.html\n"


def test_site_pages_writes_markdown_for_any_builder(library: Workshop) -> None:
    done = library.run("site", "pages", "--to", "pages")

    assert done.code == 0, done.err
    assert (library.folder / "pages" / "changes" / "20261122-k3f9xq" / "index.md").is_file()
    assert library.run("site", "pages", "--to", "pages").out.endswith(", 0 removed\n")


def test_the_site_is_never_built_over_files_that_no_build_wrote(library: Workshop) -> None:
    kept = library.write("app/cart/basket.py", "precious = True\n")

    done = library.run("site", "build", "--to", "app")
    inside_git = library.run("site", "build", "--to", ".git/hooks")

    assert (done.code, inside_git.code) == (3, 3)
    assert kept.read_text() == "precious = True\n"
    assert "nothing tells that an earlier build wrote what is in it, such as cart" in done.err


def test_a_forge_that_is_not_known_is_named_with_its_line(workshop: Workshop) -> None:
    workshop.write("changes/config.yaml", "forge: sourcehut\n")

    done = workshop.run("new", "--yes")

    assert done.code == 1
    assert "config.yaml:1:8: sourcehut" in done.err


def test_without_a_command_the_help_is_shown(workshop: Workshop) -> None:
    assert workshop.run().out == workshop.run("--help").out


def test_edit_does_not_save_a_note_under_another_id(library: Workshop) -> None:
    path = next(p for p in library.notes() if "aaaaaa" in p.name)
    before = path.read_text()

    done = library.run("edit", "aaaaaa", EDITOR="sed -i s/20261120-aaaaaa/20261120-cccccc/")

    assert done.code == 1
    assert "the id at the start of its file name" in done.err
    assert path.read_text() == before


def test_a_group_without_a_command_shows_its_help(workshop: Workshop) -> None:
    done = workshop.run("commands")

    assert (done.code, done.err) == (2, workshop.run("commands", "--help").out)
