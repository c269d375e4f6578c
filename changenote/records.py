"""`record`: a frozen, keyword-only dataclass that costs nothing to define.

`dataclasses.dataclass(frozen=True)` writes and compiles six methods for each class; for the forty
classes that `changenote new` imports that was a sixth of its time. A record is a dataclass as well
(`fields`, `replace` and `asdict` work), but its methods are written once, here.
"""

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def record(cls: type[Class]) -> type[Class]:
    """Make a class of annotated fields a frozen dataclass whose arguments are all named."""
    made: Any = dataclass(init=False, repr=False, eq=False)(cls)
    made.__init__ = _initialise
    made.__setattr__ = _refuse
    made.__delattr__ = _refuse
    made.__eq__ = _equals
    made.__hash__ = _hash
    made.__repr__ = _shown
    known = fields(made)
    made._defaults = tuple((f.name, f.default) for f in known)
    made._factories = {f.name: f.default_factory for f in known if f.default_factory is not MISSING}
    return cls


def _initialise(self: Any, **values: Any) -> None:
    # One attribute after the other, always in the same order: so Python keeps the values of a
    # record in one small array, where an updated `__dict__` takes four times as much.
    put, given = object.__setattr__, len(values)
    for name, default in self._defaults:
        if name in values:
            put(self, name, values[name])
            given -= 1
        elif default is not MISSING:
            put(self, name, default)
        elif name in self._factories:
            put(self, name, self._factories[name]())
        else:
            raise _wrong_names(self, values)
    if given:
        raise _wrong_names(self, values)


def _wrong_names(self: Any, values: dict[str, Any]) -> TypeError:
    optional = {name for name, default in self._defaults if default is not MISSING}
    known = {name for name, _ in self._defaults}
    wrong = {*(values.keys() - known), *(known - values.keys() - optional - self._factories.keys())}
    return TypeError(f"{type(self).__name__}: missing or unknown: {', '.join(sorted(wrong))}")


def _refuse(self: Any, name: str, _value: Any = None) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def _equals(self: Any, other: object) -> bool:
    return type(self) is type(other) and _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _shown(self: Any) -> str:
    pairs = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__name__}({', '.join(pairs)})"
