"""What templates are compiled to: what Jinja makes of them, with less work for each value.

Jinja wraps every piece of text that it escapes in an object, and finds attributes and callables in
the many ways that its language allows. A page of a note has a thousand pieces.
"""

from collections.abc import Iterable
from typing import Any, cast

import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import markup_join
from markupsafe import Markup, escape

from changenote.resources import is_bundled
from changenote.site.inlining import IMPORTED, arguments, outside, takes_its_call


def _escaped_text(text: str) -> str:
    return str(escape(text))


escaped_text = getattr(markupsafe, "_escape_inner", _escaped_text)
"""A text as HTML: what `markupsafe.escape` makes an object of."""


def escaped(value: object) -> str:
    """Anything that is no bare text as HTML: itself, if it is HTML already, else escaped."""
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)


def joined(values: tuple[object, ...]) -> str:
    """Values in a row, as Jinja's `~` has them: HTML as soon as one of them is."""
    if all(type(value) is str for value in values):
        return "".join(values)  # type: ignore[arg-type]  # all are texts
    return markup_join(values)


class LeanCode(CodeGenerator):
    """Text is escaped without an object around it, and bundled templates do less for the same.

    A team's own templates keep the whole language: `row.key` for an item, functions that want the
    context, errors that name what is not defined.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_bundled = is_bundled(self.filename)
        self._macros: dict[str, nodes.Macro] = {}
        self._known: set[str] = set()
        self._written: nodes.Expr | None = None

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """A template, with what its code calls beside Jinja's own."""
        self.writeline(f"from {__name__} import joined as cn_joined")
        self.writeline(f"from {__name__} import escaped as cn_other, escaped_text as cn_text")
        super().visit_Template(node, frame)

    def enter_frame(self, frame: Frame) -> None:
        """The names of a part; the pieces of a whole bundled template are kept in a list."""
        super().enter_frame(frame)
        if self._is_bundled and frame.rootlevel and frame.toplevel:
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """The end of a part."""
        if self._is_bundled and frame.rootlevel and frame.toplevel:
            self.writeline(f"yield concat({frame.buffer})")
        super().leave_frame(frame, with_python_scope)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        elif self._macro(node, frame):
            # What it gives is escaped already, piece by piece.
            self._written = node
            self.write("(")
        else:
            self.write("(cn_text(cn_it) if type(cn_it := ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_post(node, frame, finalize)
        else:
            self.write(")" if self._written is node else ") is str else cn_other(cn_it))")

    def visit_Macro(self, node: nodes.Macro, frame: Frame) -> None:
        """A macro, and in bundled templates the function that does its work."""
        if not self._is_bundled or takes_its_call(node):
            super().visit_Macro(node, frame)
            return
        function = _function(frame.symbols.ref(node.name))
        self._macros[function] = node
        if node.name.startswith(IMPORTED) or not frame.toplevel:
            self.macro_body(node, frame)
        else:
            super().visit_Macro(node, frame)
        self.writeline(f"{function} = macro")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call; in bundled templates as Python has it, that of a macro of its function."""
        if not self._is_bundled or forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        elif macro := self._macro(node, frame):
            self.write("(" if node is self._written else "Markup(")
            self._function_call(node, macro, frame)
            self.write(")")
        else:
            # A team's own file may lack a macro: Jinja's way to ask for it has words for that.
            visit = super().visit_Getattr if isinstance(node.node, nodes.Getattr) else self.visit
            visit(node.node, frame)  # type: ignore[arg-type]
            self._arguments((*node.args, *node.kwargs), frame)

    def _function_call(self, node: nodes.Call, macro: nodes.Macro, frame: Frame) -> None:
        name = cast(nodes.Name, node.node).name
        self.write(_function(frame.symbols.ref(name)))
        self._arguments((arguments(macro, node) or {}).values(), frame)

    def _arguments(self, values: Iterable[nodes.Node | None], frame: Frame) -> None:
        self.write("(")
        for value in values:
            if value is None:
                self.write("missing")
            else:
                self.visit(value, frame)
            self.write(", ")
        self.write(")")

    def _macro(self, node: nodes.Expr, frame: Frame) -> nodes.Macro | None:
        """The macro of this template that is called, if it takes what is given."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        reference = frame.symbols.find_ref(node.node.name)
        macro = self._macros.get(_function(reference)) if reference else None
        return macro if macro and arguments(macro, node) is not None else None

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:
        """The names that a bundled template takes from outside, looked at once."""
        for name in outside(node) if self._is_bundled else ():
            reference = frame.symbols.ref(name)
            self.writeline(f"if {reference} is missing: {reference} = undefined(name={name!r})")
            self._known.add(reference)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """A name."""
        reference = frame.symbols.find_ref(node.name) if node.ctx == "load" else None
        if reference in self._known:
            self.write(reference)
        else:
            super().visit_Name(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Values in a row."""
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super().visit_Concat(node, frame)
        else:
            self.write("cn_joined(")
            self._arguments(node.nodes, frame)
            self.write(")")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        """A test; the one for `none` needs no function."""
        if node.name == "none":
            self.write("(")
            self.visit(node.node, frame)
            self.write(" is None)")
        else:
            super().visit_Test(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """An attribute; in bundled templates nothing else."""
        if not self._is_bundled:
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """An item; in bundled templates nothing else."""
        if not self._is_bundled:
            super().visit_Getitem(node, frame)
        else:
            self.visit(node.node, frame)
            self.write("[")
            self.visit(node.arg, frame)
            self.write("]")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        """One of two values; in bundled templates an empty text where there is no other."""
        if self._is_bundled and node.expr2 is None:
            node = nodes.CondExpr(node.test, node.expr1, nodes.Const(""), lineno=node.lineno)
        super().visit_CondExpr(node, frame)


def _function(reference: str) -> str:
    """The name of the function behind a macro."""
    return f"{reference}_function"
