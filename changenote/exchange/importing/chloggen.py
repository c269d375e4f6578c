"""Entries of chloggen, as OpenTelemetry has them: change_type, component, note, issues, subtext.

https://github.com/open-telemetry/opentelemetry-go-build-tools/tree/main/chloggen
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.mappings import (
    Data,
    cut_texts,
    mapping_in,
    rest_of,
    text_of,
    texts_of,
)

_KNOWN = ("change_type", "component", "note", "issues", "subtext", "change_logs")


def read(source: Source, config: Mapping[str, Any]) -> list[Read]:
    """The entry in a file; `config` is `.chloggen/config.yaml`."""
    name = source.name.rpartition("/")[2]
    template = PurePosixPath(str(config.get("template_yaml", ""))).name or "TEMPLATE.yaml"
    if name in (template, "config.yaml") or name.endswith(".tmpl") or name.startswith("."):
        reason = "it belongs to chloggen itself"
        return [LeftOut(file=source.file, reason=reason, is_problem=False)]
    if not name.endswith((".yaml", ".yml")):
        is_problem = not name.lower().startswith("readme")
        reason = "chloggen reads files named *.yaml"
        return [LeftOut(file=source.file, reason=reason, is_problem=is_problem)]
    data = mapping_in(source)
    if isinstance(data, LeftOut):
        return [data]
    note, subtext = text_of(data.get("note")), text_of(data.get("subtext"))
    if not note and not subtext:
        return [LeftOut(file=source.file, reason="it has no note")]
    return [_entry(source, data, note, subtext)]


def _entry(source: Source, data: Data, note: str, subtext: str) -> Entry:
    kind, component = text_of(data.get("change_type")), text_of(data.get("component"))
    return Entry(
        file=source.file,
        remarks=cut_texts(source, "note", "subtext"),
        text="\n\n".join(text for text in (note, subtext) if text),
        lead=note,
        types=(kind,) if kind else (),
        tags=(component,) if component else (),
        issues=tuple(texts_of(data.get("issues"))),
        is_breaking=kind == "breaking",
        facts={
            "component": component,
            "change_logs": texts_of(data.get("change_logs")),
            "other": rest_of(data, _KNOWN),
        },
    )
