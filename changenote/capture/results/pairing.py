"""Which series before belongs to which series after, and which of them a note should show."""

from collections.abc import Iterator, Mapping, Sequence

from changenote.capture.results.merging import Key, Merged
from changenote.errors import BadResult, UnlikeResults
from changenote.model.problems import did_you_mean, shown
from changenote.model.units import converted
from changenote.records import record

_NAMED = 5  # names that a remark lists
Sides = tuple[Mapping[Key, Merged], Mapping[Key, Merged]]


@record
class Pair:
    """The same thing measured before and after."""

    before: Merged
    after: Merged


@record
class Paired:
    """Pairs in the order in which they matter, and what there is to say about the others."""

    pairs: tuple[Pair, ...]
    remarks: tuple[str, ...]


def chosen(
    before: Mapping[Key, Merged], after: Mapping[Key, Merged], select: Sequence[str]
) -> Sides:
    """The series that were asked for by name; without a name, those that a note should show."""
    if select:
        return _selected(before, after, select)
    # What one side finds worth showing is looked for on the other side as well.
    wanted = {key for side in (before, after) for key, m in side.items() if m.series.wanted}
    return _only(before, wanted), _only(after, wanted)


def paired(before: Mapping[Key, Merged], after: Mapping[Key, Merged]) -> Paired:
    """The pairs, the one that speaks for the note first: by the tool's own rank, then by place.

    Series belong together by tool and name; then by their parameters; and if each side has only
    one, then these.
    """
    pairs = {key: Pair(before=before[key], after=after[key]) for key in before if key in after}
    left = {k: m for k, m in before.items() if k not in pairs}
    right = {k: m for k, m in after.items() if k not in pairs}
    remarks: list[str] = []
    for one, other in _by_variant(left, right):
        pairs[one] = Pair(before=left.pop(one), after=right.pop(other))
        remarks.append(_renamed(one, other))
    if len(before) == len(after) == 1 and left and right:
        (one, old), (other, new) = left.popitem(), right.popitem()
        if old.series.tool == new.series.tool and _alike(old, new):
            pairs[one] = Pair(before=old, after=new)
            remarks.append(_renamed(one, other))
        else:
            left[one], right[other] = old, new
    if not pairs:
        raise _nothing_shared(before, after)
    remarks += [*_missing("before", left), *_missing("after", right)]
    ordered = sorted(pairs.values(), key=_rank)
    if sum(_rank(pair) == _rank(ordered[0]) for pair in ordered) > 1:
        name = shown(ordered[0].after.series.name, limit=80)
        remarks.insert(0, f"{name} speaks for the note, as it comes first: choose another by name")
    return Paired(pairs=tuple(ordered), remarks=tuple(remarks))


def not_taken(before: Mapping[Key, Merged], taken: Mapping[Key, Merged]) -> Iterator[str]:
    """What the files hold besides, in one line."""
    names = [m.series.name for key, m in before.items() if key not in taken]
    if names:
        yield f"also in the files, and not taken: {_list(names)}"


def _rank(pair: Pair) -> int:
    return pair.after.series.rank


def _only(side: Mapping[Key, Merged], keys: set[Key]) -> dict[Key, Merged]:
    return {key: merged for key, merged in side.items() if key in keys}


def _selected(
    before: Mapping[Key, Merged], after: Mapping[Key, Merged], select: Sequence[str]
) -> Sides:
    keys = dict.fromkeys((*before, *after))
    found: set[Key] = set()
    for name in select:
        matching = find(keys, name)
        if not matching:
            names = [known for _, known in keys]
            raise BadResult(
                f"nothing in the files is called {shown(name)!r}",
                expected=f"one of: {_list(names)}",
                hint=did_you_mean(name, names) or "give one of these names",
            )
        found.update(matching)
    return _only(before, found), _only(after, found)


def find(keys: Sequence[Key] | Mapping[Key, object], name: str) -> list[Key]:
    """The series of that name, or else those whose name differs in case only."""
    exact = [key for key in keys if key[1] == name]
    return exact or [key for key in keys if key[1].casefold() == name.casefold()]


def _by_variant(left: Mapping[Key, Merged], right: Mapping[Key, Merged]) -> list[tuple[Key, Key]]:
    """Those with the same parameters, where only one on each side has them."""
    old, new = _variants(left), _variants(right)
    return [(old[v][0], new[v][0]) for v in old if v in new and len(old[v]) == len(new[v]) == 1]


def _variants(side: Mapping[Key, Merged]) -> dict[tuple[str, str], list[Key]]:
    found: dict[tuple[str, str], list[Key]] = {}
    for key, merged in side.items():
        if merged.series.variant:
            found.setdefault((key[0], merged.series.variant), []).append(key)
    return found


def _alike(old: Merged, new: Merged) -> bool:
    units = (old.series.unit, new.series.unit)
    return None in units or converted((), *units) is not None


def _renamed(one: Key, other: Key) -> str:
    return f"compared: {one[1] or 'numbers'} (before) with {other[1] or 'numbers'} (after)"


def _missing(side: str, left: Mapping[Key, Merged]) -> Iterator[str]:
    if left:
        names = [merged.series.name for merged in left.values()]
        yield f"only {side}, and so not compared (renamed?): {_list(names)}"


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(shown(name, limit=80) for name in names[:_NAMED]) + more


def _nothing_shared(before: Mapping[Key, Merged], after: Mapping[Key, Merged]) -> UnlikeResults:
    tools = [", ".join(dict.fromkeys(tool for tool, _ in side)) for side in (before, after)]
    if tools[0] != tools[1]:
        return UnlikeResults(
            f"before is from {tools[0] or 'nothing'} and after from {tools[1] or 'nothing'}",
            expected="both sides measured by one tool",
            hint="measure both sides with the same tool",
        )
    names = [_list([name for _, name in side]) for side in (before, after)]
    return UnlikeResults(
        f"nothing was measured on both sides: before {names[0]}; after {names[1]}",
        expected="the same names before and after",
        hint="give files of the same benchmarks; or files with one benchmark each",
    )
