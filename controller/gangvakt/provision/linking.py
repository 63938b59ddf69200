"""Rooms of the firmware that are loaded together and stay become one module.

A module of its own costs 150 bytes and more: the object, its table, three names, and an entry for whatever it
takes from another. `rooms` says which ones the start loads, in their order, and which of them are left again;
those that stay are put together, list by list, as `linked_warning` and so on. What each calls its things gets
the room's name behind it, so that two may use the same word.

Apart stay the rooms that `boot.py`, `main.py` and packages import, with all that these import: they must load
when the others cannot. So do rooms that need one that is left, rooms that are handed on or looked up as
modules, and those of a list that not every sign loads where another list has them, too.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from gangvakt.errors import ImageError
from gangvakt.provision.scopes import Function, Walker, imported

LISTS = ("WARNING", "SERVICES", "ONLINE", "POLES", "RECORDER")
# No tick comes while a module is loaded: a line of source takes some 10 bytes, 1000 of these some ms. What
# warns is loaded before the first tick.
LINES_MAX = {"WARNING": 10_000, "SERVICES": 700, "ONLINE": 700, "POLES": 700, "RECORDER": 800}
ALWAYS = ("WARNING", "SERVICES")  # loaded by every sign before whatever others list
LEFT = ("ARMING_ONLY", "START_ONLY")
ROOMS = "rooms"
# Viper code and the compiler know these by their names.
SPECIAL = frozenset({"const", "micropython", "ptr", "ptr8", "ptr16", "ptr32"})
OWN = frozenset({"__name__", "__file__"})  # of a module
BETWEEN = "__"


@dataclass
class Plan:
    """What becomes of the rooms: by new module its parts, by room the new module, by old list the new one."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)


def planned(trees: Mapping[str, ast.Module], outside: Iterable[ast.Module]) -> Plan:
    """Which rooms are put together."""
    plan = Plan()
    package = next(iter(trees), "").split(".")[0]
    lists = _lists(trees.get(f"{package}.{ROOMS}"))
    left = {f"{package}.{room}" for name in LEFT for room in lists.get(name, "").split()}
    needing = {module for module in trees if _needs(module, trees) & left}
    own_lists = {lists[name] for name in (*LISTS, *LEFT) if name in lists}
    handed_on, elsewhere = _handed_on(trees, own_lists)
    apart = (_apart(trees, outside) | handed_on | needing) - left
    for name in LISTS:
        rooms = [f"{package}.{room}" for room in lists.get(name, "").split()]
        if name not in ALWAYS:
            apart |= elsewhere & set(rooms) - left
        parts = [room for room in rooms if room in trees and room not in apart | left]
        wholes = dict(_wholes(f"{package}.linked_{name.lower()}", parts, trees, LINES_MAX[name]))
        plan.parts |= wholes
        before = [room for room in rooms if room in apart and not _all_needs([room], trees) & set(parts)]
        after = [room for room in rooms if room not in before and room not in parts]
        order = (room.partition(".")[2] for room in (*before, *wholes, *after))
        plan.lists[lists.get(name, "")] = " ".join(order)
    plan.of = {room: whole for whole, parts in plan.parts.items() for room in parts}
    return plan


def _wholes(
    name: str, rooms: Iterable[str], trees: Mapping[str, ast.Module], lines_max: int
) -> Iterator[tuple[str, list[str]]]:
    """(new module, its parts) in the order of the rooms, none much longer than allowed."""
    parts: list[str] = []
    lines, number = 0, 1
    for room in rooms:
        length = max((node.end_lineno or 0 for node in trees[room].body), default=0)
        if parts and lines + length > lines_max:
            yield _numbered(name, number), parts
            parts, lines, number = [], 0, number + 1
        parts.append(room)
        lines += length
    if parts:
        yield _numbered(name, number), parts


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def _check_that_they_stay(parts: Iterable[str], left: Set[str], trees: Mapping[str, ast.Module]) -> None:
    for room in parts:
        for needed in sorted(_needs(room, trees) & left):
            raise ImageError(
                room, "import", needed, "rooms that stay; in a function, those that are left too"
            )


def _lists(tree: ast.Module | None) -> dict[str, str]:
    found = {}
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found.update({each.id: node.value.value for each in node.targets if isinstance(each, ast.Name)})
    return {name: text for name, text in found.items() if isinstance(text, str)}


def _needs(module: str, trees: Mapping[str, ast.Module]) -> set[str]:
    """What a module imports when it is loaded."""
    statements = (node for node in trees[module].body if isinstance(node, ast.ImportFrom))
    return {source for node in statements for _, source, _ in imported(node, trees)}


def _apart(trees: Mapping[str, ast.Module], outside: Iterable[ast.Module]) -> set[str]:
    nodes = [node for tree in outside for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    left = [source for node in nodes for _, source, _ in imported(node, trees)]
    left += [module for module in trees if any(other.startswith(module + ".") for other in trees)]
    return _all_needs(left, trees)


def _all_needs(modules: Iterable[str], trees: Mapping[str, ast.Module]) -> set[str]:
    """These modules, and all that is loaded with them."""
    left = list(modules)
    found: set[str] = set()
    while left:
        module = left.pop()
        if module not in found and module in trees:
            found.add(module)
            left += _needs(module, trees)
    return found


def _handed_on(trees: Mapping[str, ast.Module], own_lists: Collection[str]) -> tuple[set[str], set[str]]:
    """Modules that the program knows as such, not only by what is in them; those in other lists of rooms."""
    found: set[str] = set()
    listed: set[str] = set()
    for module, tree in trees.items():
        _Values(module, trees, found, listed, own_lists).change(tree)
    return found, listed


class _Values(Walker):
    def __init__(
        self,
        module: str,
        every: Collection[str],
        found: set[str],
        listed: set[str],
        own_lists: Collection[str],
    ) -> None:
        super().__init__(every)
        self._module = module
        self._found, self._listed = found, listed
        self._own_lists = own_lists

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = node.value
        if isinstance(owner, ast.Name) and self.module_of(owner.id):
            return node
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        module = self._module if node.id in OWN else self.module_of(node.id)
        if module and isinstance(node.ctx, ast.Load):
            self._found.add(module)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str) and node.value in self.every:
            self._found.add(node.value)
        elif isinstance(node.value, str) and node.value not in self._own_lists:
            package = self._module.split(".")[0]
            self._listed.update(f"{package}.{word}" for word in node.value.split() if "." in word)
        return node


def link(trees: Mapping[str, ast.Module], plan: Plan) -> None:
    """Let each module take what it needs from where it will be. ImageError where two rooms mean different
    things of the interpreter by one name.
    """
    names = _Names(trees, plan)
    for parts in plan.parts.values():
        _check_what_is_borrowed({part: trees[part] for part in parts}, trees)
    for module, tree in trees.items():
        _Linker(module, names, trees, plan).change(tree)


def _check_what_is_borrowed(parts: Mapping[str, ast.Module], every: Mapping[str, ast.Module]) -> None:
    known: dict[str, str] = {}
    for part, tree in parts.items():
        for node in tree.body:
            for bound, meant in _borrowed(node, every):
                if known.setdefault(bound, meant) != meant or bound in dir(builtins):
                    raise ImageError(
                        part, "import", ast.unparse(node), f"{bound}: one thing in all that is linked"
                    )


def _borrowed(node: ast.stmt, every: Mapping[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """(name, what it means) of each thing that an import takes from modules that are not ours."""
    if isinstance(node, ast.Import):
        yield from ((alias.asname or alias.name.split(".")[0], alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        ours = [alias for alias, *_ in imported(node, every)]
        for alias in node.names:
            if alias not in ours:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def together(trees: Mapping[str, ast.Module], plan: Plan) -> dict[str, ast.Module]:
    """The modules as they are on the sign."""
    whole = {module: tree for module, tree in trees.items() if module not in plan.of}
    for name, parts in plan.parts.items():
        seen: set[str] = set()
        body = [node for part in parts for node in trees[part].body if not _is_repeated(node, seen)]
        whole[name] = ast.Module(body, [])
    return whole


def _is_repeated(node: ast.stmt, seen: set[str]) -> bool:
    """Whether it is documentation, or an import that another part has made."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    text = ast.unparse(node)
    known = text in seen
    seen.add(text)
    return known


class _Names:
    """What each name of a room is called in the module that the room becomes part of."""

    def __init__(self, trees: Mapping[str, ast.Module], plan: Plan) -> None:
        self._plan = plan
        self._printed = {
            (module, node.name)
            for module in plan.of
            for node in trees[module].body
            if isinstance(node, ast.ClassDef) and any(_is_error(base) for base in node.bases)
        }

    def of(self, module: str, name: str) -> str:
        """A name that means one thing in the whole firmware, for a room that is linked; else as it is."""
        if module not in self._plan.of or name in SPECIAL or (module, name) in self._printed:
            return name
        return self.unique(module, name)

    def unique(self, module: str, name: str) -> str:
        """The name with its room behind it."""
        return name.lstrip("_") + BETWEEN + "_".join(module.split(".")[1:])


def _is_error(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception"))


class _Linker(Walker):
    def __init__(self, module: str, names: _Names, every: Collection[str], plan: Plan) -> None:
        super().__init__(every)
        self._module = module
        self._names = names
        self._plan = plan
        self._package = module.split(".")[0]
        self._is_part = module in plan.of
        self._new: dict[str, str] = {}  # what the module's names are called from now on
        self._stored: list[set[str]] = []  # by function, what it sets of other rooms in the same module

    def change(self, tree: ast.Module) -> None:
        scope = self._scope(tree.body)
        if self._is_part:
            self._new = {name: self._names.of(self._module, name) for name in scope.bound}
        for node in _loaded_at_once(tree):
            self._new.update(self._taken(node))
        super().change(tree)

    def _taken(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        """(name here, name from now on) of what an import gives to the module."""
        ours = {}
        if isinstance(node, ast.ImportFrom):
            ours = {id(alias): (source, name) for alias, source, name in imported(node, self.every)}
        for alias in node.names:
            bound = alias.asname or alias.name.split(".")[0]
            source, name = ours.get(id(alias), (None, None))
            if source is None:
                yield bound, bound
            elif name is None:
                whole = self._plan.of.get(source, source)
                yield bound, self._names.unique(whole, whole.rpartition(".")[2]) if self._is_part else bound
            elif name in SPECIAL:
                yield bound, name
            elif source in self._plan.of:
                yield bound, self._names.of(source, name)
            else:
                yield bound, self._names.unique(source, name) if self._is_part else bound

    def _called(self, name: str) -> str:
        return self._new.get(name, name) if self.is_global(name) else name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        """One statement for each thing: these may come from different modules now."""
        ours = {id(alias): (source, name) for alias, source, name in imported(node, self.every)}
        made: list[ast.stmt] = []
        for alias in node.names:
            source, name = ours.get(id(alias), (None, None))
            if source is None:
                made.append(ast.ImportFrom(node.module, [alias], 0))
            else:
                made += self._import(alias, source, name)
        return made

    def _import(self, alias: ast.alias, source: str, name: str | None) -> list[ast.stmt]:
        bound = alias.asname or alias.name
        here = bound if self.in_function else self._new[bound]
        whole = self._plan.of.get(source, source)
        if whole == self._plan.of.get(self._module) and not self.in_function:
            return []
        if name is None:
            package, _, last = whole.rpartition(".")
            return [ast.ImportFrom(package, [_alias(last, here)], 0)]
        return [ast.ImportFrom(whole, [_alias(self._names.of(source, name), here)], 0)]

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = node.value
        module = self.module_of(owner.id) if isinstance(owner, ast.Name) else None
        if module is None or not isinstance(owner, ast.Name):
            return self.generic_visit(node)
        attribute = self._names.of(module, node.attr)
        is_here = self._is_part and self._plan.of.get(module) == self._plan.of[self._module]
        if is_here and self.is_global(owner.id):
            if self._stored and not isinstance(node.ctx, ast.Load):
                self._stored[-1].add(attribute)
            return ast.Name(attribute, node.ctx)
        return ast.Attribute(ast.Name(self._called(owner.id), ast.Load()), attribute, node.ctx)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._called(node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._new.get(name, name) for name in node.names]
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            node.value = self._listed(node.value)
        return node

    def _listed(self, text: str) -> str:
        """A list of rooms without those that are there anyway."""
        if self._module == f"{self._package}.{ROOMS}" and text in self._plan.lists:
            return self._plan.lists[text]
        rooms = {word: f"{self._package}.{word}" for word in text.split()}
        linked = {word for word, room in rooms.items() if room in self._plan.of}
        is_list = any("." in word for word in linked) and set(rooms.values()) <= set(self.every)
        return " ".join(word for word in rooms if word not in linked) if is_list else text

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        if len(self.scopes) == 1 and node.name:
            node.name = self._new.get(node.name, node.name)
        return self.generic_visit(node)

    def _function(self, node: Function) -> ast.AST:
        self._rename(node)
        self._stored.append(set())
        super()._function(node)
        stored = self._stored.pop()
        if stored:
            node.body.insert(0, ast.Global(sorted(stored)))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._rename(node)
        return super().visit_ClassDef(node)

    def _rename(self, node: Function | ast.ClassDef) -> None:
        if len(self.scopes) == 1:
            node.name = self._new.get(node.name, node.name)


def _alias(name: str, bound: str) -> ast.alias:
    return ast.alias(name, None if name == bound else bound)


def _loaded_at_once(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports that are made when the module is loaded, those in `try` among them."""
    left: list[ast.AST] = list(tree.body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.stmt | ast.ExceptHandler) and not isinstance(node, Function | ast.ClassDef):
            left += ast.iter_child_nodes(node)
