"""What the firmware's identifiers are called on the sign.

The interpreter keeps every name that it meets in the heap, for ever, and its table of names doubles whenever
it is full. But the names of its own modules and types lie in flash. So whatever only the firmware itself
calls by name gets one of those words, and where they do not suffice, a name of a letter or two. Modules keep
theirs, which a person reads in a traceback.

A new name stands for one identifier in the whole firmware, so nothing needs to be known of scopes or types.
But private ones of modules that never meet share one, and so do parameters that no call names and that are in
no function together.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path, PurePosixPath

from gangvakt.provision.identifiers import Identifiers, is_private, is_special, union

HERE = Path(__file__).parent
# What the interpreter and the chip's modules call things; the firmware may mean theirs.
KNOWN_FILE = HERE / "interpreter_names.txt"
# Of these, those that lie in flash on every port and mean nothing on an object that is not the interpreter's.
FREE_FILE = HERE / "free_names.txt"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def module_name(path: PurePosixPath) -> str:
    """Dotted name of the module in a file. A traceback shows it instead of the path, because the interpreter
    knows that name anyway.
    """
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class Names:
    """New names: of identifiers that the whole firmware may use, and by module of its private ones.
    `parts`: the rooms of a module that was put together.
    """

    public: Mapping[str, str]
    private: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, module: str) -> dict[str, str]:
        """All that change in a module, by their old names."""
        return {**self.public, **self.private.get(module, {})}


def new_names(modules: Sequence[Identifiers], outside: Iterable[str]) -> Names:
    """New names for what these modules call things; `outside` are words by which others know some of them."""
    kept = _kept(modules, outside)
    parameters = union(each.parameters for each in modules)
    members = union(each.made for each in modules)
    passing = parameters - members - kept - union(each.keywords for each in modules)
    made = (members | parameters) - kept
    lent = union(each.lent for each in modules)
    private = {name for name in made - lent - passing if is_private(name)}
    groups = [
        *({name} for name in made - private - passing),
        *_sharing(private, _families(modules)),
        *_sharing(passing, [function for each in modules for function in each.functions]),
    ]
    uses = Counter(name for each in modules for name in each.all)
    groups.sort(key=lambda group: (-sum(uses[name] for name in group), min(group)))
    fresh = _fresh(modules, kept)
    found = {name: new for group, new in zip(groups, fresh, strict=False) for name in group}
    return Names(
        {name: found[name] for name in made - private},
        {each.module: {name: found[name] for name in private & each.all} for each in modules},
    )


def rename(tree: ast.Module, names: Mapping[str, str]) -> None:
    """Give these identifiers of the module their new names."""
    _Renamer(names).visit(tree)


def _kept(modules: Sequence[Identifiers], outside: Iterable[str]) -> set[str]:
    """What somebody else may look up by its name, or print."""
    kept = {*_words(KNOWN_FILE), *dir(builtins), *keyword.kwlist, *outside}
    # What is asked for and made by nobody here is the interpreter's.
    kept |= union(each.asked for each in modules) - union(each.made for each in modules)
    kept |= union(each.keywords for each in modules) - union(each.parameters for each in modules)
    for each in modules:
        kept |= each.borrowed | each.told | each.exceptions
        kept.update(each.module.split("."))
        kept.update(name for name in each.all if is_special(name))
    return kept


def _families(modules: Sequence[Identifiers]) -> list[set[str]]:
    """By module all that objects of its classes may have."""
    by_module = {each.module: each for each in modules}
    return [union(by_module[name].all for name in _inherited(module, by_module)) for module in by_module]


def _sharing(names: set[str], meetings: Iterable[set[str]]) -> list[set[str]]:
    """These names by the new name that they share, greedily, those with most neighbours first. Two that are
    in one meeting share none.
    """
    neighbours: dict[str, set[str]] = {name: set() for name in names}
    for meeting in meetings:
        near = meeting & names
        for name in near:
            neighbours[name] |= near - {name}
    groups: list[set[str]] = []
    for name in sorted(names, key=lambda name: (-len(neighbours[name]), name)):
        for group in groups:
            if not group & neighbours[name]:
                group.add(name)
                break
        else:
            groups.append({name})
    return groups


def _inherited(module: str, by_module: Mapping[str, Identifiers]) -> set[str]:
    """The module and all that classes in it inherit from."""
    found: set[str] = set()
    left = [module]
    while left:
        name = left.pop()
        if name in by_module and name not in found:
            found.add(name)
            left += by_module[name].bases
    return found


def _fresh(modules: Sequence[Identifiers], kept: set[str]) -> Iterator[str]:
    """New names that nobody uses: what costs nothing first."""
    used = union(each.all | each.told for each in modules) | (kept - _words(KNOWN_FILE))
    yield from (word for word in sorted(_words(FREE_FILE)) if word not in used)
    yield from (short for number in count() if (short := _short(number)) not in used | kept)


def _short(number: int) -> str:
    letters = LETTERS[number % len(LETTERS)]
    while number >= len(LETTERS):
        number = number // len(LETTERS) - 1
        letters = LETTERS[number % len(LETTERS)] + letters
    return letters


@cache
def _words(file: Path) -> frozenset[str]:
    return frozenset(file.read_text().split())


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def _new(self, name: str) -> str:
        return self._names.get(name, name)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._new(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self._new(node.attr)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._new(node.arg)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = self._new(node.arg) if node.arg else None
        return self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.alias:
        node.name = self._new(node.name)
        node.asname = self._new(node.asname) if node.asname else None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._new(node.name)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.name = self._new(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._new(node.name)
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._new(name) for name in node.names]
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Nonlocal:
        node.names = [self._new(name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._new(node.name) if node.name else None
        return self.generic_visit(node)
