"""What templates are compiled to: what Jinja makes of them, with less work for each value.

Jinja wraps every piece of text that it escapes in an object, and finds attributes and callables in
the many ways that its language allows. A page of a note has a thousand pieces.
"""

from typing import Any

import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, find_undeclared
from markupsafe import Markup, escape

from changenote.resources import is_bundled

_OF_A_CALL = ("caller", "kwargs", "varargs")


def _escaped_text(text: str) -> str:
    return str(escape(text))


escaped_text = getattr(markupsafe, "_escape_inner", _escaped_text)
"""A text as HTML: what `markupsafe.escape` makes an object of."""


def escaped(value: object) -> str:
    """Anything that is no bare text as HTML: itself, if it is HTML already, else escaped."""
    return value if type(value) is Markup else escape(value)


class LeanCode(CodeGenerator):
    """Text is escaped without an object around it, and bundled templates do less for the same.

    A team's own templates keep the whole language: `row.key` for an item, functions that want the
    context, errors that name what is not defined.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_bundled = is_bundled(self.filename)
        self._macros: dict[str, nodes.Macro] = {}
        self._written: nodes.Expr | None = None

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """A template, with what its code calls beside Jinja's own."""
        self.writeline(f"from {__name__} import escaped as cn_other, escaped_text as cn_text")
        super().visit_Template(node, frame)

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
        super().visit_Macro(node, frame)
        if self._is_bundled and not find_undeclared(node.body, _OF_A_CALL):
            function = _function(frame.symbols.ref(node.name))
            self.writeline(f"{function} = macro")
            self._macros[function] = node

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call; in bundled templates as Python has it."""
        if not self._is_bundled or forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        elif node is self._written and (macro := self._macro(node, frame)):
            self._function_call(node, macro, frame)
        else:
            # A team's own file may lack a macro: Jinja's way to ask for it has words for that.
            visit = super().visit_Getattr if isinstance(node.node, nodes.Getattr) else self.visit
            visit(node.node, frame)  # type: ignore[arg-type]
            self.write("(")
            for argument in (*node.args, *node.kwargs):
                self.visit(argument, frame)
                self.write(", ")
            self.write(")")

    def _function_call(self, node: nodes.Call, macro: nodes.Macro, frame: Frame) -> None:
        given = {pair.key: pair.value for pair in node.kwargs}
        given.update(zip((parameter.name for parameter in macro.args), node.args, strict=False))
        self.write(f"{_function(frame.symbols.ref(macro.name))}(")
        for parameter in macro.args:
            if parameter.name in given:
                self.visit(given[parameter.name], frame)
            else:
                self.write("missing")
            self.write(", ")
        self.write(")")

    def _macro(self, node: nodes.Expr, frame: Frame) -> nodes.Macro | None:
        """The macro of this template that is called, if it takes what is given."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        reference = frame.symbols.find_ref(node.node.name)
        macro = self._macros.get(_function(reference)) if reference else None
        if not macro or node.dyn_args or node.dyn_kwargs or len(node.args) > len(macro.args):
            return None
        free = {parameter.name for parameter in macro.args[len(node.args) :]}
        return macro if free >= {pair.key for pair in node.kwargs} else None

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
