"""Release notes of reno: a YAML file with sections, each a list of texts in RST.

https://docs.openstack.org/reno/latest/user/usage.html#editing-a-release-note
"""

from collections.abc import Mapping
from typing import Any

from changenote.exchange.importing.entries import Entry, LeftOut, Read, Source
from changenote.exchange.importing.mappings import cut_texts, mapping_in, texts_of
from changenote.exchange.importing.texts import composed, from_restructured

_PRELUDE = "prelude"


def read(source: Source, config: Mapping[str, Any]) -> list[Read]:
    """The note in a file; `config` is reno's own, whose `sections` have long names."""
    if not source.name.endswith((".yaml", ".yml")):
        is_problem = not source.name.rpartition("/")[2].startswith((".", "README"))
        reason = "reno reads files named *.yaml"
        return [LeftOut(file=source.file, reason=reason, is_problem=is_problem)]
    data = mapping_in(source)
    if isinstance(data, LeftOut):
        return [data]
    every = {name: list(map(from_restructured, texts_of(value))) for name, value in data.items()}
    sections = {name: texts for name, texts in every.items() if texts}
    if not sections:
        return [LeftOut(file=source.file, reason="all of its sections are empty")]
    prelude = config.get("prelude_section_name", _PRELUDE)
    named = [("" if name == prelude else name, texts) for name, texts in sections.items()]
    named.sort(key=lambda section: bool(section[0]))
    return [
        Entry(
            file=source.file,
            remarks=cut_texts(source),
            text=composed(named),
            lead=named[0][1][0],
            types=tuple(name for name, _ in named if name),
        )
    ]
