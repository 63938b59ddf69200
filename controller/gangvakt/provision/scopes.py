"""Walks a module of the firmware and knows, for each name, whether it is the module's own or a function's."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Scope:
    """Names that are bound here; of those, what our modules are called; and what means the module's name."""

    bound: set[str] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=dict)
    lent: set[str] = field(default_factory=set)  # `global`
    is_class: bool = False


def imported(node: ast.ImportFrom, every: Collection[str]) -> Iterator[tuple[ast.alias, str, str | None]]:
    """(alias, module, name in it) of each thing that a statement takes from our modules; no name: the module
    itself. `every` are the names of ours.
    """
    for alias in node.names:
        package = node.module or ""
        whole = f"{package}.{alias.name}"
        if whole in every:
            yield alias, whole, None
        elif package in every:
            yield alias, package, alias.name


class Walker(ast.NodeTransformer):
    """Base of what changes a module. In a visit `is_global` and `module_of` tell what a name means there."""

    def __init__(self, every: Collection[str]) -> None:
        self.every = every
        self.scopes: list[Scope] = []

    def change(self, tree: ast.Module) -> None:
        """Visit the whole module."""
        self.scopes = [self._scope(tree.body)]
        self.generic_visit(tree)

    @property
    def in_function(self) -> bool:
        """Whether what is visited runs later than the module's own statements."""
        return any(not scope.is_class for scope in self.scopes[1:])

    def is_global(self, name: str) -> bool:
        """Whether the name is the module's, or nobody's here."""
        return self._binding(name) is None

    def module_of(self, name: str) -> str | None:
        """The module of ours that the name means here."""
        return (self._binding(name) or self.scopes[0]).modules.get(name)

    def _binding(self, name: str) -> Scope | None:
        """The scope of a function or class that gives the name its meaning; None where the module does."""
        for scope in reversed(self.scopes[1:]):
            if scope.is_class and scope is not self.scopes[-1]:
                continue
            if name in scope.lent:
                return None
            if name in scope.bound:
                return scope
        return None

    def _scope(self, body: list[ast.stmt], arguments: ast.arguments | None = None) -> Scope:
        scope = Scope()
        if arguments:
            scope.bound.update(each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg))
        for statement in body:
            self._bind(scope, statement)
        scope.bound -= scope.lent
        return scope

    def _bind(self, scope: Scope, node: ast.AST) -> None:
        """Take in what a statement binds, without those inside of other scopes."""
        if isinstance(node, ast.ClassDef | Function):
            scope.bound.add(node.name)
            return
        if isinstance(node, ast.Lambda | Comprehension):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            scope.bound.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope.bound.add(node.name)
        elif isinstance(node, ast.Global):
            scope.lent.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            scope.bound.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.Import):
            whole = {each.asname or each.name: each.name for each in node.names if each.name in self.every}
            scope.modules.update(whole)
        if isinstance(node, ast.ImportFrom):
            found = imported(node, self.every)
            scope.modules.update({a.asname or a.name: module for a, module, name in found if name is None})
        for child in ast.iter_child_nodes(node):
            self._bind(scope, child)

    def _in(self, scope: Scope, node: ast.AST, *names: str) -> None:
        """Visit these parts of a node in a scope."""
        self.scopes.append(scope)
        for name in names:
            self._visit_part(node, name)
        self.scopes.pop()

    def _visit_part(self, node: ast.AST, name: str) -> None:
        part = getattr(node, name)
        if isinstance(part, list):
            visited = [self.visit(each) for each in part]
            setattr(node, name, [each for item in visited for each in _several(item)])
        elif isinstance(part, ast.AST):
            setattr(node, name, self.visit(part))

    def _function(self, node: Function) -> ast.AST:
        for name in ("decorator_list", "args", "returns"):  # defaults and annotations are of outside
            self._visit_part(node, name)
        self._in(self._scope(node.body, node.args), node, "body")
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._visit_part(node, "args")
        self._in(self._scope([], node.args), node, "body")
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for name in ("decorator_list", "bases", "keywords"):
            self._visit_part(node, name)
        scope = self._scope(node.body)
        scope.is_class = True
        self._in(scope, node, "body")
        return node

    def _comprehension(self, node: Comprehension) -> ast.AST:
        scope = Scope()
        for generator in node.generators:
            self._bind(scope, generator.target)
        parts = ("key", "value") if isinstance(node, ast.DictComp) else ("elt",)
        self._in(scope, node, "generators", *parts)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)


def _several(item: ast.AST | list[ast.AST] | None) -> list[ast.AST]:
    """What a visit gave back: a node, some, or none."""
    if item is None:
        return []
    return item if isinstance(item, list) else [item]
