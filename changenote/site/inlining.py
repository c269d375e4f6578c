"""Bundled templates in one piece: what they include, import and call is put where it is used.

Jinja starts every included template with a context of its own, makes imported macros anew for
every page, and calls a macro in as many steps as a stranger's function. In what comes out nothing
of that is seen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jinja2 import nodes
from jinja2.compiler import find_undeclared
from jinja2.visitor import NodeTransformer

IMPORTED = "cn_imported_"
"""How the names of macros begin that came from another template."""

_OF_A_CALL = ("caller", "kwargs", "varargs")
_SPECIAL = {*_OF_A_CALL, "loop", "self", "super"}
_PLAIN = (nodes.Const, nodes.Name, nodes.Getattr)
_MOVABLE = (nodes.Expr, nodes.Output, nodes.If, nodes.For, nodes.Helper)


@dataclass(frozen=True)
class _Module:
    """A template that others import: its macros, and what it imports itself, by its own names."""

    macros: Mapping[str, nodes.Macro]
    aliases: Mapping[str, str]


class Library:
    """The bundled templates; `read` gives the tree of one by its name, None for a team's own."""

    def __init__(self, read: Callable[[str], nodes.Template | None]) -> None:
        self.read = read
        self._modules: dict[str, _Module | None] = {}

    def module(self, template: str) -> _Module | None:
        """A bundled template as others import it, to be copied from; None for a team's own."""
        if template not in self._modules:
            tree = self.read(template)
            macros = [node for node in tree.body if isinstance(node, nodes.Macro)] if tree else []
            by_name = {macro.name: macro for macro in macros}
            self._modules[template] = _Module(by_name, _aliases(tree)) if tree else None
        return self._modules[template]


def inlined(tree: nodes.Template, library: Library) -> None:
    """Puts what a template includes and imports into its tree."""
    _Including(library).visit(tree)
    imports = _Imports(library)
    _Calling(imports, _aliases(tree), "", ()).visit(tree)
    tree.body[:0] = imports.macros
    _drop_imports(tree, library)
    _Substituting(tree).visit(tree)
    _drop_macros(tree)
    names = _loaded([tree]) - _stored([tree]) - _names_of_macros(tree) - _SPECIAL
    known = [nodes.Name(name, "load") for name in sorted(names)]
    tree.body.insert(0, nodes.ExprStmt(nodes.Tuple(known, "load")))


def outside(node: nodes.ExprStmt) -> list[str]:
    """The names that a template takes from outside, from what `inlined` puts before all else."""
    return [name.name for name in node.node.find_all(nodes.Name)]


def takes_its_call(macro: nodes.Macro) -> bool:
    """Does a macro use what its call wraps, or arguments that it does not name?"""
    return bool(find_undeclared(macro.body, _OF_A_CALL))


class _Including(NodeTransformer):
    """Puts included templates in place; what they set stays in them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def visit_Include(self, node: nodes.Include) -> nodes.Node:
        name = node.template
        is_simple = isinstance(name, nodes.Const) and node.with_context and not node.ignore_missing
        tree = self._library.read(cast(nodes.Const, name).value) if is_simple else None
        if tree is None:
            return node
        self.visit(tree)
        # A line of another file would be taken for one of this file.
        return nodes.Scope(tree.body).set_lineno(node.lineno, override=True)


class _Imports:
    """The macros that a template uses of others, in such an order that none uses a later one."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._names: dict[tuple[str, str], str] = {}
        self.macros: list[nodes.Macro] = []

    def name(self, template: str, macro: str) -> str | None:
        """The name under which a macro is known here; None where it cannot be taken over."""
        if (template, macro) not in self._names:
            module = self._library.module(template)
            found = module.macros.get(macro) if module else None
            if not module or not found or takes_its_call(found):
                return None
            self._names[template, macro] = f"{IMPORTED}{len(self._names)}_{macro}"
            found = _copied(found, {})
            shadowed = _stored([found])
            _Calling(self, module.aliases, template, module.macros.keys() - shadowed).visit(found)
            found.name = self._names[template, macro]
            self.macros.append(found)
        return self._names[template, macro]


def _aliases(tree: nodes.Template) -> dict[str, str]:
    return {
        node.target: node.template.value
        for node in tree.find_all(nodes.Import)
        if isinstance(node.template, nodes.Const) and node.with_context
    }


class _Calling(NodeTransformer):
    """Calls the macros of imports, and those beside a macro, by the names they have here."""

    def __init__(
        self, imports: _Imports, aliases: Mapping[str, str], own: str, beside: Iterable[str]
    ) -> None:
        self._imports, self._aliases = imports, aliases
        self._own, self._beside = own, set(beside)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        called, name = node.node, None
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name):
            template = self._aliases.get(called.node.name)
            name = self._imports.name(template, called.attr) if template else None
        elif isinstance(called, nodes.Name) and called.name in self._beside:
            name = self._imports.name(self._own, called.name)
        if name:
            node.node = nodes.Name(name, "load", lineno=node.lineno)
        return node


def _drop_imports(tree: nodes.Template, library: Library) -> None:
    """Without the imports that nobody uses any more; an included file of a team's may use all."""
    if tree.find(nodes.Include):
        return
    used = _loaded([tree])
    known = {alias for alias, name in _aliases(tree).items() if library.module(name)}
    _without(tree, lambda n: isinstance(n, nodes.Import) and n.target in known - used)


def _drop_macros(tree: nodes.Template) -> None:
    """Without the macros that nobody calls any more; what exports them is not inlined."""
    used: set[str] = set()
    while used != (now := _loaded([tree])):
        used = now
        _without(tree, lambda n: isinstance(n, nodes.Macro) and n.name not in now)


def _without(tree: nodes.Template, is_useless: Callable[[nodes.Node], bool]) -> None:
    for body in (tree.body, *(scope.body for scope in tree.find_all(nodes.Scope))):
        body[:] = [one for one in body if not is_useless(one)]


class _Substituting(NodeTransformer):
    """Puts the body of a macro in place of its call, where nothing can tell the difference."""

    def __init__(self, tree: nodes.Template) -> None:
        self._stored = _stored([tree])
        self._macros: dict[str, nodes.Macro] = {}

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        self.generic_visit(node)
        if all(isinstance(inner, _MOVABLE) for inner in _inside(node.body)):
            outer = _loaded(node.body) - _stored([node])
            if not outer & self._stored and node.name not in outer:
                self._macros[node.name] = node
        return node

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        self.generic_visit(node)
        found: list[nodes.Node] = []
        for child in node.nodes:
            body = self._body(child)
            found += body or [nodes.Output([child], lineno=node.lineno)]
        return _joined(found)

    def _body(self, call: nodes.Expr) -> list[nodes.Node] | None:
        """What a call of a macro writes; None where it is no call of one, or not a simple one."""
        if not isinstance(call, nodes.Call) or not isinstance(call.node, nodes.Name):
            return None
        macro = self._macros.get(call.node.name)
        values = arguments(macro, call) if macro else None
        if not macro or values is None or None in values.values():
            return None
        inner = _stored(macro.body) | {"loop"}
        given = [value for value in values.values() if value]
        if _loaded(given) & inner or not all(_is_plain(value) for value in given):
            return None
        return [_copied(node, values) for node in macro.body]


def arguments(macro: nodes.Macro, call: nodes.Call) -> dict[str, nodes.Expr | None] | None:
    """The value of every parameter, None where nothing is given; None where they do not fit."""
    names = [parameter.name for parameter in macro.args]
    defaults = dict(zip(names[::-1], macro.defaults[::-1], strict=False))
    named = {pair.key: pair.value for pair in call.kwargs}
    free = set(names[len(call.args) :])
    if call.dyn_args or call.dyn_kwargs or len(call.args) > len(names) or named.keys() - free:
        return None
    given = {**dict(zip(names, call.args, strict=False)), **named}
    return {name: given.get(name, defaults.get(name)) for name in names}


def _copied(node: Any, values: Mapping[str, nodes.Expr | None]) -> Any:
    """A copy of a part of a macro with the values of a call in place of its parameters."""
    if isinstance(node, list | tuple):
        return type(node)(_copied(one, values) for one in node)
    if not isinstance(node, nodes.Node):
        return node
    if isinstance(node, nodes.Name) and (value := values.get(node.name)):
        return _copied(value, {})
    made = type(node)(*(_copied(getattr(node, name), values) for name in node.fields))
    for name in node.attributes:
        setattr(made, name, getattr(node, name))
    return _decided(made)


def _decided(node: nodes.Node) -> nodes.Node:
    """One of two values, where a macro was told which."""
    if isinstance(node, nodes.CondExpr) and isinstance(node.test, nodes.Const):
        return node.expr1 if node.test.value else node.expr2 or nodes.Const("")
    return node


def _joined(parts: Iterable[nodes.Node]) -> list[nodes.Node]:
    """The same with one node for all outputs in a row."""
    found: list[nodes.Node] = []
    for part in parts:
        if isinstance(part, nodes.Output) and found and isinstance(found[-1], nodes.Output):
            found[-1].nodes += part.nodes
        else:
            found.append(part)
    return found


def _is_plain(value: nodes.Expr) -> bool:
    """Is it a value that costs nothing to look at twice?"""
    return all(isinstance(node, _PLAIN) for node in _inside([value]))


def _inside(among: Iterable[nodes.Node]) -> list[nodes.Node]:
    """All nodes from these on down."""
    found = list(among)
    for node in found:
        for name in node.fields:
            value = getattr(node, name)
            if isinstance(value, nodes.Node):
                found.append(value)
            elif isinstance(value, list):
                found += [one for one in value if isinstance(one, nodes.Node)]
    return found


def _loaded(among: Iterable[nodes.Node]) -> set[str]:
    """Every name that is looked up."""
    return {n.name for n in _inside(among) if isinstance(n, nodes.Name) and n.ctx == "load"}


def _stored(among: Iterable[nodes.Node]) -> set[str]:
    """Every name that is given to something, but for those of macros."""
    inside = _inside(among)
    names = {n.name for n in inside if isinstance(n, nodes.Name) and n.ctx != "load"}
    return names | {n.target for n in inside if isinstance(n, nodes.Import)}


def _names_of_macros(tree: nodes.Template) -> set[str]:
    return {macro.name for macro in tree.find_all(nodes.Macro)}
