"""What people wrote in a description, without what templates and machines did."""

import pytest

from changenote.capture.prose import MOST_READ, paragraphs, reason_in

TEMPLATE = """\
## Changes

- What does this change?
- Be short and concise. Bullet points can help!

## Testing

<!-- How was this change tested? -->
<!-- DON'T DELETE THIS SECTION! If no tests added, explain why. -->

## Docs

<!-- Could this affect a user's behavior? -->
"""

REASONS = {
    "the first paragraph": (
        "Every request summed.\nAgain.\n\nMore.",
        "Every request summed.\nAgain.",
    ),
    "under the heading that asks why": (
        "## What\n\nA cache.\n\n## Why?\n\nEvery request summed.\n\n## How\n\nRedis.",
        "Every request summed.",
    ),
    "a bold line is a heading": ("**Motivation:**\nEvery request summed.", "Every request summed."),
    "nothing in an untouched template": (TEMPLATE, ""),
    "words in a template": (
        TEMPLATE.replace("- What does this change?\n", "Every request summed.\n\n"),
        "Every request summed.",
    ),
    "no comments": (
        "<!-- say why -->Every request summed.<!--\nmore\n-->",
        "Every request summed.",
    ),
    "no comment that never ends": ("Because.\n\n<!-- and\n\nmore", "Because."),
    "no checklists": ("- [x] tests\n- [ ] docs\n\nBecause.", "Because."),
    "no section about tests": ("### Test plan\n\nRun it.\n\n### Summary\n\nBecause.", "Because."),
    "no images": (
        '![before](https://a.example/1.png)\n<img width="9" src="x">\n\nBecause ![x](y).',
        "Because .",
    ),
    "no badges": ("[![ci](https://a.example/b.svg)](https://a.example)\n\nBecause.", "Because."),
    "no names of issues alone": (
        "Fixes #12, closes acme#13\n\nFixes #12\n\nBecause.",
        "Fixes #12, closes acme#13",
    ),
    "no issue alone": (
        "Closes #12 and #13.\n- SHOP-77 https://a.example/9\n\nBecause.",
        "Because.",
    ),
    "no tables": ("| a | b |\n|---|---|\n| 1 | 2 |\n\nBecause.", "Because."),
    "no code": ("```\n# Why\nx = 1\n```\n\nBecause.", "Because."),
    "no folded parts": (
        "<details><summary>Log</summary>\n\nlong\n\n</details>\n\nBecause.",
        "Because.",
    ),
    "no commands to robots": ("/kind bug\n/assign @ann\ncc @dana\n\nBecause.", "Because."),
    "a path is no command": ("/cart was slow.", "/cart was slow."),
    "no signatures of robots": (
        "🤖 Generated with [Claude Code](https://a.example)\n\nBecause.",
        "Because.",
    ),
    "no robot's summary": (
        "Because.\n\n<!-- auto -->\n## Summary by CodeRabbit\n\n* **New**: a cache",
        "Because.",
    ),
    "nothing but a robot's summary": ("## Summary by CodeRabbit\n\n* **New**: a cache", ""),
    "no updates in a table": (
        "This PR contains the following updates:\n\n| Package | Change |\n|---|---|\n| x | 2 |\n\n"
        "---\n\n### Release Notes\n\n<details>\n\nlong\n\n</details>\n\n### Configuration\n\n"
        "📅 **Schedule**: weekly",
        "",
    ),
    "a dependency update": (
        "Bumps [x](https://a.example) from 1 to 2.\n<details>\n<summary>Notes</summary>\n"
        "</details>\n<br />",
        "Bumps [x](https://a.example) from 1 to 2.",
    ),
    "no placeholders": (
        "_No response_\n\nN/A\n\nPlease describe your change.\n\nBecause.",
        "Because.",
    ),
    "a warning's words": ("> [!NOTE]\n> Because.", "Because."),
    "Windows line ends": ("Because\r\nof it.\r\n\r\nMore.", "Because\nof it."),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("description", "reason"), REASONS.values(), ids=list(REASONS))
def test_the_reason_is_what_a_person_wrote(description: str, reason: str) -> None:
    assert reason_in(description) == reason


def test_a_message_keeps_every_paragraph_that_is_prose() -> None:
    message = "One.\n\n# Two\n\nThree.\n---\n\nSigned-off-by: Ann <ann@example.com>\n\n#4 is four."

    assert paragraphs(message) == ["One.", "Three.", "#4 is four."]


@pytest.mark.parametrize(
    "unit",
    ["<!--", "<!---->", "<details>", "![", "[![a](", "fix   ", "!!!!", "<a>", "_", "**", "\n\n"],
)
def test_a_hostile_description_is_read_to_its_end(unit: str) -> None:
    assert isinstance(reason_in(unit * (MOST_READ // len(unit)) + "x"), str)
