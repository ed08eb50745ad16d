"""Python statements to Stmts and Imports (values: `expressions`; match statements: `match_statement`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import libcst as cst

from pcmfa_lint.frontend.python.leaves import dotted, last_name, suppressing, type_named
from pcmfa_lint.frontend.python.match_statement import PatternReader
from pcmfa_lint.frontend.python.operators import AUGMENTED
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    BooleanOperation,
    Call,
    Class,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Import,
    Jump,
    Loop,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Try,
    Unknown,
    With,
)


class StatementReader(PatternReader):
    """Reads a module. `imports` holds the imports of all depths, in source order."""

    def __init__(self, text: str, module: cst.Module) -> None:
        super().__init__(text, module)
        self.imports: list[Import] = []
        self._class = ""  # name of the class whose body is being read, "" elsewhere
        self._statements: dict[type, Callable[[Any], Sequence[Stmt]]] = {
            cst.Expr: self._expr,
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.Return: self._return,
            cst.Raise: self._raise,
            cst.Assert: self._assert,
            cst.Del: self._del,
            cst.Pass: lambda node: self._word("pass"),
            cst.Break: lambda node: (Jump("break", self._token("break")),),
            cst.Continue: lambda node: (Jump("continue", self._token("continue")),),
            cst.Global: self._global,
            cst.Nonlocal: self._global,
            cst.Import: self._import,
            cst.LazyImport: self._import,
            cst.ImportFrom: self._import_from,
            cst.LazyImportFrom: self._import_from,
            cst.TypeAlias: self._type_alias,
            cst.If: self._if,
            cst.While: self._while,
            cst.For: self._for,
            cst.Try: self._try,
            cst.TryStar: self._try,
            cst.With: self._with,
            cst.FunctionDef: self._function,
            cst.ClassDef: self._class_def,
            cst.Match: self.match,
        }

    def module_body(self) -> tuple[Stmt, ...]:
        """All statements of the module; the cursor ends at the end of the text."""
        body = self._all(self.module.body)
        self.at.finish()
        return body

    def _all(self, nodes: Sequence[Any]) -> tuple[Stmt, ...]:
        stmts: list[Stmt] = []
        for node in nodes:
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                stmts.extend(self._line(node.body))
            else:
                stmts.extend(self._statement(node))
        return tuple(stmts)

    def _line(self, nodes: Sequence[Any]) -> list[Stmt]:
        stmts: list[Stmt] = []
        for node in nodes:
            stmts.extend(self._statement(node))
            if isinstance(node.semicolon, cst.Semicolon):
                self.at.eat(";")
        return stmts

    def _statement(self, node: Any) -> Sequence[Stmt]:
        read = self._statements.get(type(node))
        if read is not None:
            return read(node)
        unknown = self.skip(node)
        return (ExpressionStatement(unknown, unknown.span),)

    def suite(self, node: cst.BaseSuite) -> tuple[Stmt, ...]:
        """The block behind a colon."""
        self.at.eat(":")
        return tuple(self._line(node.body)) if isinstance(node, cst.SimpleStatementSuite) else self._all(node.body)

    def _word(self, word: str) -> tuple[Stmt, ...]:
        self.at.eat(word)
        return ()

    # --- simple statements

    def _expr(self, node: cst.Expr) -> Sequence[Stmt]:
        start = self.at.peek()
        value = self.value(node.value)
        return (ExpressionStatement(value, self.at.since(start)),)

    def _assign(self, node: cst.Assign) -> Sequence[Stmt]:
        start = self.at.peek()
        targets = []
        for item in node.targets:
            targets.append(self.target(item.target))
            self.at.eat("=")
        value = self.value(node.value)
        return (Assign(tuple(targets), value, self.at.since(start)),)

    def _annotated(self, node: cst.AnnAssign) -> Sequence[Stmt]:
        """`x: T = v`. Without a value it declares a field in a class (pydantic settings), and is nothing elsewhere."""
        start = self.at.peek()
        target = self.target(node.target)
        kind = self.annotation(node.annotation, ":")
        if node.value is not None:
            self.at.eat("=")
            value = self.value(node.value)
        elif self._class and kind is not None:
            value = Unknown("declared", (kind,), kind.span)
        else:
            return ()
        written = walk.within(kind) if kind is not None and self._class else ()  # `Annotated[T, f(…)]`
        decorators = tuple(one for one in written if isinstance(one, Call))
        return (Assign((target,), value, self.at.since(start), type=type_named(kind), decorators=decorators),)

    def _augmented(self, node: cst.AugAssign) -> Sequence[Stmt]:
        start = self.at.peek()
        target = self.target(node.target)
        op = AUGMENTED[type(node.operator)]
        self.at.eat(op)
        value = self.value(node.value)
        return (Assign((target,), value, self.at.since(start), op),)

    def _return(self, node: cst.Return) -> Sequence[Stmt]:
        start = self.at.eat("return")
        value = None if node.value is None else self.value(node.value)
        return (Return(value, self.at.since(start)),)

    def _raise(self, node: cst.Raise) -> Sequence[Stmt]:
        """The cause behind `from` is dropped: what is raised decides what callers can tell."""
        start = self.at.eat("raise")
        value = None if node.exc is None else self.value(node.exc)
        if node.cause is not None:
            self.at.eat("from")
            self.value(node.cause.item)
        return (Raise(value, self.at.since(start)),)

    def _assert(self, node: cst.Assert) -> Sequence[Stmt]:
        """`assert t, m` is `if not t: raise AssertionError(m)`."""
        start = self.at.eat("assert")
        word = self.at.since(start)
        test = self.test(node.test)
        args: tuple[Arg, ...] = ()
        if node.msg is not None:
            self.at.eat(",")
            message = self.value(node.msg)
            args = (Arg(message, message.span),)
        span = self.at.since(start)
        error = Raise(Call(Name("AssertionError", word), args, span, "new"), span)
        return (If((Arm(BooleanOperation("not", (test,), test.span), (error,)),), span),)

    def _del(self, node: cst.Del) -> Sequence[Stmt]:
        start = self.at.eat("del")
        target = self.value(node.target)
        span = self.at.since(start)
        items = target.items if isinstance(target, Seq) else (target,)
        return (ExpressionStatement(Unknown("del", items, span), span),)

    def _global(self, node: cst.Global | cst.Nonlocal) -> Sequence[Stmt]:
        self.at.eat("global" if isinstance(node, cst.Global) else "nonlocal")
        for item in node.names:
            self.at.eat(item.name.value)
            self.comma(item)
        return ()

    def _type_alias(self, node: cst.TypeAlias) -> Sequence[Stmt]:
        self.at.eat("type")
        self.at.eat(node.name.value)
        self.type_parameters(node.type_parameters)
        self.at.eat("=")
        self.value(node.value)
        return ()

    # --- imports

    def _lazy(self, node: Any) -> None:
        if isinstance(node, (cst.LazyImport, cst.LazyImportFrom)):
            self.at.eat("lazy")

    def _import(self, node: Any) -> Sequence[Stmt]:
        self._lazy(node)
        self.at.eat("import")
        for item in node.names:
            start = self.at.peek()
            module = dotted(self.value(item.name))
            alias = self._as_name(item.asname)
            self.imports.append(Import(module, self.at.since(start), alias=dotted(alias) if alias else ""))
            self.comma(item)
        return ()

    def _import_from(self, node: Any) -> Sequence[Stmt]:
        start = self.at.peek()
        self._lazy(node)
        self.at.eat("from")
        for _ in node.relative:
            self.at.eat(".")
        module = "." * len(node.relative)
        if node.module is not None:
            module += dotted(self.value(node.module))
        self.at.eat("import")
        names: tuple[tuple[str, str], ...] = (("*", "*"),)
        if isinstance(node.names, cst.ImportStar):
            self.at.eat("*")
        else:
            names = self._imported(node)
        self.imports.append(Import(module, self.at.since(start), names))
        return ()

    def _imported(self, node: Any) -> tuple[tuple[str, str], ...]:
        if node.lpar is not None:
            self.at.eat("(")
        pairs = []
        for item in node.names:
            name = dotted(self.value(item.name))
            alias = self._as_name(item.asname)
            pairs.append((name, dotted(alias) if alias else name))
            self.comma(item)
        if node.rpar is not None:
            self.at.eat(")")
        return tuple(pairs)

    def _as_name(self, node: cst.AsName | None) -> Expression | None:
        if node is None:
            return None
        self.at.eat("as")
        return self.target(node.name)

    # --- compound statements

    def _if(self, node: cst.If) -> Sequence[Stmt]:
        start = self.at.peek()
        word = "if"
        arms: list[Arm] = []
        part: cst.If | cst.Else | None = node
        while isinstance(part, cst.If):
            self.at.eat(word)
            test = self.test(part.test)
            arms.append(Arm(test, self.suite(part.body)))
            word, part = "elif", part.orelse
        if part is not None:
            self.at.eat("else")
            arms.append(Arm(None, self.suite(part.body)))
        return (If(tuple(arms), self.at.since(start)),)

    def _while(self, node: cst.While) -> Sequence[Stmt]:
        start = self.at.eat("while")
        test = self.test(node.test)
        body = self.suite(node.body)
        loop = Loop("while", body, self.at.since(start), test=test)
        return (loop, *self._else(node.orelse))

    def _for(self, node: cst.For) -> Sequence[Stmt]:
        start = self.at.peek()
        self._async(node)
        self.at.eat("for")
        target = self.target(node.target)
        self.at.eat("in")
        source = self.value(node.iter)
        body = self.suite(node.body)
        loop = Loop("for", body, self.at.since(start), target, source)
        return (loop, *self._else(node.orelse))

    def _async(self, node: Any) -> None:
        if node.asynchronous is not None:
            self.at.eat("async")

    def _else(self, node: cst.Else | None) -> tuple[Stmt, ...]:
        if node is None:
            return ()
        self.at.eat("else")
        return self.suite(node.body)

    def _try(self, node: cst.Try | cst.TryStar) -> Sequence[Stmt]:
        start = self.at.eat("try")
        body = self.suite(node.body)
        handlers = tuple([self._handler(item) for item in node.handlers])
        otherwise = self._else(node.orelse)
        final: tuple[Stmt, ...] = ()
        if node.finalbody is not None:
            self.at.eat("finally")
            final = self.suite(node.finalbody.body)
        return (Try(body, handlers, self.at.since(start), otherwise, final),)

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> Handler:
        start = self.at.eat("except")
        if isinstance(node, cst.ExceptStarHandler):
            self.at.eat("*")
        types: tuple[str, ...] = ()
        if node.type is not None:
            caught = self.value(node.type)
            items = caught.items if isinstance(caught, Seq) else (caught,)
            types = tuple(dotted(item) or "?" for item in items)
        name = self._as_name(node.name)
        body = self.suite(node.body)
        return Handler(types, dotted(name) if name else "", body, self.at.since(start))

    def _with(self, node: cst.With) -> Sequence[Stmt]:
        start = self.at.peek()
        self._async(node)
        self.at.eat("with")
        if isinstance(node.lpar, cst.LeftParen):
            self.at.eat("(")
        items = []
        for item in node.items:
            value = self.value(item.item)
            items.append((value, self._as_name(item.asname)))
            self.comma(item)
        if isinstance(node.rpar, cst.RightParen):
            self.at.eat(")")
        body = self.suite(node.body)
        span = self.at.since(start)
        return (With(tuple(items), suppressing([value for value, _ in items], body, span), span),)

    # --- definitions

    def _decorators(self, nodes: Sequence[cst.Decorator]) -> tuple[Expression, ...]:
        values = []
        for node in nodes:
            self.at.eat("@")
            values.append(self.value(node.decorator))
        return tuple(values)

    def _function(self, node: cst.FunctionDef) -> Sequence[Stmt]:
        before_decorators = self.at.peek()
        decorators = self._decorators(node.decorators)
        start = self.at.peek()
        self._async(node)
        self.at.eat("def")
        self.at.eat(node.name.value)
        self.type_parameters(node.type_parameters)
        self.at.eat("(")
        params = self.params(node.params)
        self.at.eat(")")
        return_type = type_named(self.annotation(node.returns, "->"))
        owner, self._class = self._class, ""
        body = self.suite(node.body)
        self._class = owner
        static = any(last_name(item) == "staticmethod" for item in decorators)
        runs: Literal["", "later"] = "later" if node.asynchronous is not None else ""
        func = Func(node.name.value, params, body, self.at.since(start), owner, decorators, static, return_type, runs)
        return (Define(func, self.at.since(before_decorators)),)

    def _class_def(self, node: cst.ClassDef) -> Sequence[Stmt]:
        """Keywords behind the bases (`metaclass=…`) are read for their literals and dropped."""
        before_decorators = self.at.peek()
        decorators = self._decorators(node.decorators)
        start = self.at.eat("class")
        self.at.eat(node.name.value)
        self.type_parameters(node.type_parameters)
        bases: tuple[Arg, ...] = ()
        if isinstance(node.lpar, cst.LeftParen):
            self.at.eat("(")
            bases = self.args(node.bases)
            self.args(node.keywords)
            self.at.eat(")")
        outer, self._class = self._class, node.name.value
        body = self.suite(node.body)
        self._class = outer
        values = tuple(base.value for base in bases)
        return (
            Define(
                Class(node.name.value, values, body, self.at.since(start), decorators),
                self.at.since(before_decorators),
            ),
        )
