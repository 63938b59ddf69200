"""The firmware's sources as the sign gets them: the same program in fewer and shorter names."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from gangvakt.provision.cache import BuildCache
from gangvakt.provision.folding import fold
from gangvakt.provision.identifiers import Identifiers, identifiers, is_private, union
from gangvakt.provision.linking import Plan, link, planned, together
from gangvakt.provision.naming import FREE_FILE, KNOWN_FILE, Names, new_names, rename

HERE = Path(__file__).parent
# What the result depends on beside the sources.
RULES = ("scopes.py", "identifiers.py", "folding.py", "linking.py", "naming.py", "shrinking.py")
PARTS = (*(HERE / name for name in RULES), KNOWN_FILE, FREE_FILE)


@dataclass(frozen=True)
class Shrunk:
    """Sources by module, and what each identifier is called in them."""

    sources: Mapping[str, str]
    names: Names


def shrunk(
    sources: Mapping[str, str], outside: Mapping[str, str], cache: BuildCache, are_linked: bool = True
) -> Shrunk:
    """These modules with new names. `outside` are sources, by name, that use some and stay as they are.

    ImageError naming the identifier where a new name could change what the program does. Sources that are no
    Python come back as they are: the compiler says better what is wrong with them.
    """
    parts = _key(sources, outside, are_linked)
    known = cache.get(parts, lambda: _written(_shrunk(sources, outside, are_linked)))
    found = json.loads(known)
    return Shrunk(found["sources"], Names(found["public"], found["private"], found["parts"]))


def without_private_names(sources: Mapping[str, str]) -> dict[str, str]:
    """These modules, which others know: only their constants are plain numbers, and what is private, and
    arguments that no call names, has a name that costs nothing. Whoever uses them in years to come finds what
    is public.
    """
    try:
        trees = {module: ast.parse(source) for module, source in sources.items()}
    except SyntaxError:
        return dict(sources)
    fold(trees, set())
    modules = [identifiers(module, tree, refuses=False) for module, tree in trees.items()]
    said = union(each.made | each.asked | each.taken | each.keywords for each in modules)
    public = {name for name in said if not is_private(name)}
    names = new_names(modules, public)
    for module, tree in trees.items():
        rename(tree, names.of(module))
    return {module: as_text(tree) for module, tree in trees.items()}


def _shrunk(sources: Mapping[str, str], outside: Mapping[str, str], are_linked: bool) -> Shrunk:
    try:
        trees = {module: ast.parse(source) for module, source in sources.items()}
        users = [identifiers(name, ast.parse(source)) for name, source in outside.items()]
    except SyntaxError:
        return Shrunk(sources, Names({}, {}))
    before = [identifiers(module, tree) for module, tree in trees.items()]
    words = _shared(users, before)
    fold(trees, words | union(each.told for each in before))
    plan = planned(trees, [user.tree for user in users]) if are_linked else Plan()
    link(trees, plan)
    modules = [identifiers(module, tree) for module, tree in trees.items()]
    for then, now in zip(before, modules, strict=True):
        now.bases = then.bases
    names = replace(new_names(modules, words), parts=plan.parts)
    for module, tree in trees.items():
        rename(tree, names.of(module))
    return Shrunk({module: as_text(tree) for module, tree in together(trees, plan).items()}, names)


def _shared(users: Sequence[Identifiers], modules: Sequence[Identifiers]) -> set[str]:
    """Names that mean the same for those outside as for these modules."""
    asked = union(each.asked | each.taken for each in modules)
    told = union(each.keywords for each in modules)
    shared = union(
        user.asked | user.keywords | user.taken | user.told | user.made & asked | user.parameters & told
        for user in users
    )
    return {name for name in shared if not is_private(name)}


def as_text(tree: ast.Module) -> str:
    """Source that compiles to the same bytecode as the one that this tree was parsed from. It uses it up."""
    return ast.unparse(_BareTuples().visit(tree)) + "\n"


def _written(found: Shrunk) -> bytes:
    return json.dumps({"sources": found.sources, **asdict(found.names)}).encode()


def _key(sources: Mapping[str, str], outside: Mapping[str, str], are_linked: bool) -> tuple[bytes, ...]:
    texts = (part for name, source in (*sources.items(), *outside.items()) for part in (name, source))
    return (_rules(), b"linked" if are_linked else b"apart", *(text.encode() for text in texts))


@cache
def _rules() -> bytes:
    return b"\0".join(part.read_bytes() for part in PARTS)


class _BareTuples(ast.NodeTransformer):
    """`a, b = c, d` moves two values; with the brackets that `unparse` writes, MicroPython makes a tuple."""

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        value = node.value
        if isinstance(value, ast.Tuple) and isinstance(node.targets[-1], ast.Tuple):
            node.value = ast.Name(", ".join(map(ast.unparse, value.elts)), ast.Load())
        return node
