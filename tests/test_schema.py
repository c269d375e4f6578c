"""The JSON Schema that editors use says what our own reader says."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from changenote.model.fields import Field
from changenote.model.note import BUILT_IN_KINDS
from changenote.model.reading import read_note, resolved
from changenote.model.schema import json_schema
from changenote.store import codec

FULL = resolved(
    codec.load((Path(__file__).parent / "data" / "notes" / "full.yaml").read_bytes()).data
)
SCHEMA = json_schema(BUILT_IN_KINDS)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_example_is_valid() -> None:
    assert list(VALIDATOR.iter_errors(FULL)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": "shiped"},
        {"kind": "speed"},
        {"title": "x"},
        {"title": "two\nlines are no title"},
        {"id": "2026-k3f9xq"},
        {"shipped": {"outcome": "fine"}},
        {"files": [{"path": ""}]},
        {"files": [{"change": "added"}]},
        {"metrics": [{"name": "n", "before": "fast"}]},
        {"metrics": [{"name": "n", "before": []}]},
        {"commands": [{"run": "x", "takes": "soon"}]},
        {"source": {"head": "abc"}},
        {"tags": "cart"},
        {"revision": {"last_reviewed": "yesterday"}},
    ],
)
def test_what_is_invalid_for_one_is_invalid_for_the_other(change: dict[str, Any]) -> None:
    data = {**FULL, **change}
    note, _ = read_note(data)

    # The kinds are a team's own, so they are checked by a rule, not by the reader.
    assert note is None or "kind" in change
    assert list(VALIDATOR.iter_errors(data)) != []


def test_absent_parts_may_be_null_as_yaml_writes_them() -> None:
    assert (
        list(
            VALIDATOR.iter_errors(
                {**FULL, "owner": None, "metrics": [{"name": "n", "before": None}]}
            )
        )
        == []
    )


def test_a_team_has_its_own_kinds_and_services() -> None:
    schema = json_schema(["campaign"], ["web"])

    assert schema["properties"]["kind"]["enum"] == ["campaign"]
    assert schema["properties"]["service"]["enum"] == ["web", None]


def test_every_key_has_a_description_for_the_editor() -> None:
    def undescribed(schema: Any, path: str = "") -> list[str]:
        found = []
        for key, inner in schema.get("properties", {}).items():
            found += [] if inner.get("description") else [f"{path}.{key}"]
            found += undescribed(inner, f"{path}.{key}")
        return found + (
            undescribed(schema["items"], path) if isinstance(schema.get("items"), dict) else []
        )

    assert undescribed(SCHEMA) == []
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_this_project_has_the_schema_that_init_would_write() -> None:
    written = Path(__file__).parent.parent / "changes" / "note.schema.json"

    assert json.loads(written.read_text()) == SCHEMA


def test_a_team_s_checklists_and_fields_are_completed_and_validated() -> None:
    schema = json_schema(
        BUILT_IN_KINDS,
        groups={"rollout": ("support told",)},
        fields={
            "ticket": Field(doc="Ticket in the tracker"),
            "risk": Field(type="choice", choices=("low", "high")),
            "ends": Field(type="date"),
        },
    )
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    def is_valid(**parts: Any) -> bool:
        return validator.is_valid({**FULL, **parts})

    assert (
        schema["properties"]["x"]["properties"]["ticket"]["description"] == "Ticket in the tracker"
    )
    assert list(schema["properties"]["checklist"]["properties"]["rollout"]["properties"]) == [
        "support told"
    ]
    assert is_valid(x={"ticket": 398, "risk": "low", "ends": "2026-11-22", "moon": "full"})
    assert is_valid(
        checklist={"rollout": {"support told": "ok", "flag": "na"}, "mine": {"a": "ok"}}
    )
    assert not is_valid(x={"risk": "hihg"})
    assert not is_valid(x={"ends": "soon"})
    assert not is_valid(checklist={"rollout": "done"})
