"""Constants of one module become plain numbers in all others.

MicroPython puts the number of `_NAME = const(3)` in its place, but only within the module. A constant that
others use is an entry in every module that imports it, and a name.
"""

from __future__ import annotations

import ast
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Set

from gangvakt.provision.scopes import Walker, imported

OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
SIGNS: dict[type[ast.unaryop], Callable[[int], int]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}


def fold(trees: Mapping[str, ast.Module], kept: set[str]) -> None:
    """Put the numbers of all `NAME = const(...)` in their places, and drop those that nobody needs then.
    `kept` are names that others may look up.
    """
    numbers = _Numbers(trees)
    for module, tree in trees.items():
        _Folder(module, numbers, trees).change(tree)
    lent = kept.union(*(_inner_imports(tree) for tree in trees.values()))
    needed = lent.union(*(_mentioned(tree) for tree in trees.values()))
    for tree in trees.values():
        tree.body = [node for node in tree.body if not (set(_definition(node)) - needed)]
    for tree in trees.values():
        _drop_imports(tree, _mentioned(tree) | lent, numbers, trees)


class _Numbers:
    """Constants by module and name, found when they are asked for."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._defined = {
            (module, name): value
            for module, tree in trees.items()
            for name, value in _definitions(tree).items()
        }
        self._taken = {
            (module, alias.asname or alias.name): (source, name)
            for module, tree in trees.items()
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias, source, name in imported(node, trees)
            if name is not None
        }

    def get(self, module: str, name: str) -> int | None:
        """What a name of a module is, if it is a constant."""
        if (module, name) in self._taken:
            return self.get(*self._taken[module, name])
        given = self._defined.get((module, name))
        return None if given is None else self._value(module, given)

    def _value(self, module: str, node: ast.expr) -> int | None:
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) is int else None
        if isinstance(node, ast.Name):
            return self.get(module, node.id)
        if isinstance(node, ast.UnaryOp) and type(node.op) in SIGNS:
            value = self._value(module, node.operand)
            return None if value is None else SIGNS[type(node.op)](value)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            left, right = self._value(module, node.left), self._value(module, node.right)
            return None if left is None or right is None else OPERATORS[type(node.op)](left, right)
        return None


class _Folder(Walker):
    def __init__(self, module: str, numbers: _Numbers, trees: Mapping[str, ast.Module]) -> None:
        super().__init__(trees)
        self._module = module
        self._numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not isinstance(node.ctx, ast.Load) or not self.is_global(node.id):
            return node
        return _number(self._numbers.get(self._module, node.id), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = node.value
        module = self.module_of(owner.id) if isinstance(owner, ast.Name) else None
        if module and isinstance(node.ctx, ast.Load):
            return _number(self._numbers.get(module, node.attr), node)
        return self.generic_visit(node)


def _number(value: int | None, node: ast.expr) -> ast.expr:
    return node if value is None else ast.parse(str(value), mode="eval").body


def _definitions(tree: ast.Module) -> dict[str, ast.expr]:
    """Values of a module's `NAME = const(...)`, where that is all that the name ever is."""
    stored = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    found = (item for node in tree.body for item in _definition(node).items())
    return {name: value for name, value in found if stored[name] == 1}


def _definition(node: ast.stmt) -> dict[str, ast.expr]:
    """{NAME: value} of `NAME = const(value)`, else nothing."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or len(node.targets) != 1:
        return {}
    target, function = node.targets[0], node.value.func
    if not isinstance(function, ast.Name) or function.id != "const" or not isinstance(target, ast.Name):
        return {}
    return {target.id: node.value.args[0]}


def _drop_imports(
    tree: ast.Module, needed: Set[str], numbers: _Numbers, every: Mapping[str, ast.Module]
) -> None:
    """Import nothing that became a number, nor `const` or a module that is asked for nothing else."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for alias, module, name in list(imported(node, every)):
                is_spent = name in (None, "const") or numbers.get(module, name or "") is not None
                if is_spent and (alias.asname or alias.name) not in needed:
                    node.names.remove(alias)
    tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom) or node.names]


def _mentioned(tree: ast.Module) -> set[str]:
    """What a module still calls by name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Global):
            found.update(node.names)
    return found


def _inner_imports(tree: ast.Module) -> set[str]:
    """Names that are taken from other modules while the program runs."""
    imports = {node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {alias.name for node in imports.difference(tree.body) for alias in node.names}
