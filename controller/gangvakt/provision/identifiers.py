"""What one module of the firmware calls things, and what speaks for leaving a name as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gangvakt.errors import ImageError

WORD = re.compile(r"[A-Za-z_]\w*")
# A text of words may list names, such as rooms or verbs; a sentence with a sign in it does not.
WORDS = re.compile(r"[\w\s-]+")
BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Identifiers:
    """Of the module `module`; `tree` is its source.

    `all`: every identifier, and `functions`: those of each function that is in no other, and of what is like
    one; `made`: those that it gives a meaning to and that the interpreter has to remember, but for the
    `parameters` of functions; `asked`: those that it asks others for, and `keywords` those that it tells them
    in calls; `taken`: by imports, and `borrowed` those from modules that are not ours; `told`: words of its
    texts, by which something may be looked up; `exceptions`: its classes of errors, whose names are printed;
    `lent`: private ones that it touches in others; `bases`: modules that its classes inherit from.
    """

    module: str
    tree: ast.Module
    all: set[str] = field(default_factory=set)
    functions: list[set[str]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    borrowed: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    exceptions: set[str] = field(default_factory=set)
    lent: set[str] = field(default_factory=set)
    bases: set[str] = field(default_factory=set)


def union(sets: Iterable[set[str]]) -> set[str]:
    """All that is in any of them."""
    return set().union(*sets)


def is_private(name: str) -> bool:
    """Whether it is of a module or of `self` alone, by its underscore."""
    return name.startswith("_") and not is_special(name)


def is_special(name: str) -> bool:
    """Whether Python itself gives it a meaning."""
    return name == "_" or (name.startswith("__") and name.endswith("__"))


def is_folded(node: ast.stmt) -> bool:
    """`_NAME = const(...)`: the compiler puts the number in its place, and the name is gone."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    call, target = node.value.func, node.targets[0]
    folds = isinstance(call, ast.Name) and call.id == "const"
    return folds and isinstance(target, ast.Name) and is_private(target.id)


def identifiers(module: str, tree: ast.Module) -> Identifiers:
    """All of a module. ImageError where a name is put together that a renaming would not find."""
    found = Identifiers(module, tree)
    _Reader(found).read()
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    """Names of variables and parameters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


class _Reader(ast.NodeVisitor):
    def __init__(self, found: Identifiers) -> None:
        self._found = found
        self._package = found.module.split(".")[0]
        self._in_function = False
        self._modules: dict[str, str] = {}  # what an import of ours is called here -> its module

    def read(self) -> None:
        self.visit(self._found.tree)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else documentation
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and WORDS.fullmatch(node.value):
            self._found.told.update(WORD.findall(node.value), WORD.findall(node.value.replace("-", "_")))

    def _comprehension(self, node: Comprehension) -> None:
        self._found.functions.append(set(_names(node)))
        self.generic_visit(node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Name(self, node: ast.Name) -> None:
        self._found.all.add(node.id)
        if isinstance(node.ctx, ast.Store) and not self._in_function:
            self._found.made.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._found.all.add(node.attr)
        (self._found.made if isinstance(node.ctx, ast.Store) else self._found.asked).add(node.attr)
        owner = node.value
        if is_private(node.attr) and not (isinstance(owner, ast.Name) and owner.id == "self"):
            self._found.lent.add(node.attr)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if is_folded(node):
            self._found.all.update(target.id for target in node.targets if isinstance(target, ast.Name))
            self.visit(node.value)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            parts = alias.name.split(".")
            self._found.all.update(parts)
            self._imported(alias, ours=parts[0] == self._package, module=alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parts = (node.module or "").split(".")
        self._found.all.update(parts)
        for alias in node.names:
            self._found.all.add(alias.name)
            self._found.taken.add(alias.name)
            self._imported(alias, ours=parts[0] == self._package, module=node.module or "")

    def _imported(self, alias: ast.alias, *, ours: bool, module: str) -> None:
        if ours:
            self._modules[alias.asname or alias.name] = module
        else:
            self._found.borrowed.update(alias.name.split("."))
        if alias.asname:
            self._found.all.add(alias.asname)
            self._found.made.add(alias.asname)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._name(node.name)
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if any(base.endswith(("Exception", "Error")) for base in bases):
            self._found.exceptions.add(node.name)
        for base in node.bases:
            self._take_base(node.name, base)
        outer, self._in_function = self._in_function, False
        self.generic_visit(node)
        self._in_function = outer

    def _take_base(self, name: str, base: ast.expr) -> None:
        root = base.value if isinstance(base, ast.Attribute) else base
        if not isinstance(root, ast.Name):
            raise _refused(self._found.module, f"class {name}", "bases that are names")
        if root.id in self._modules:
            self._found.bases.add(self._modules[root.id])

    def _function(self, node: Function) -> None:
        self._name(node.name)
        for part in (*node.decorator_list, *node.args.defaults):
            self.visit(part)
        self._parameters(node.args)
        outer, self._in_function = self._in_function, True
        for statement in node.body:
            self.visit(statement)
        self._in_function = outer
        self._note(node)

    def _note(self, node: ast.AST) -> None:
        if not self._in_function:
            self._found.functions.append(set(_names(node)))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._parameters(node.args)
        outer, self._in_function = self._in_function, True
        self.visit(node.body)
        self._in_function = outer
        self._note(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        outer, self._in_function = self._in_function, True
        self.generic_visit(node)
        self._in_function = outer

    def _parameters(self, arguments: ast.arguments) -> None:
        if arguments.kwarg:
            raise _refused(self._found.module, f"**{arguments.kwarg.arg}", "parameters that have names")
        for argument in ast.walk(arguments):
            if isinstance(argument, ast.arg):
                self._found.all.add(argument.arg)
                self._found.parameters.add(argument.arg)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Name) and function.id in BY_NAME:
            self._look_up(function.id, node.args[1])
        self.generic_visit(node)

    def _look_up(self, function: str, name: ast.expr) -> None:
        """A name that stands whole in some text is found again; one that is put together is not."""
        for part in ast.walk(name):
            if isinstance(part, ast.BinOp | ast.JoinedStr):
                shown = f"{function}(..., {ast.unparse(name)})"
                raise _refused(self._found.module, shown, "a name that stands whole in a text of words")

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg is None:
            raise _refused(self._found.module, f"**{ast.unparse(node.value)}", "arguments that have names")
        self._found.all.add(node.arg)
        self._found.keywords.add(node.arg)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self._found.all.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._found.all.update(node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._found.all.add(node.name)
        self.generic_visit(node)

    def _name(self, name: str) -> None:
        self._found.all.add(name)
        self._found.made.add(name)


def _refused(module: str, value: str, allowed: str) -> ImageError:
    return ImageError(module, "name", value, allowed)
