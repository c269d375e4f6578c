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
    made._defaults = {f.name: f.default for f in known if f.default is not MISSING}
    made._factories = {f.name: f.default_factory for f in known if f.default_factory is not MISSING}
    made._names = frozenset(f.name for f in known)
    return cls


def _initialise(self: Any, **values: Any) -> None:
    own = vars(self)
    own.update(self._defaults)
    for name, factory in self._factories.items():
        if name not in values:
            own[name] = factory()
    own.update(values)
    if own.keys() != self._names:
        wrong = sorted(own.keys() ^ self._names)
        raise TypeError(f"{type(self).__name__}: missing or unknown: {', '.join(wrong)}")


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
