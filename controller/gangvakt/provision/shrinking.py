"""The firmware's sources as the sign gets them: the same program in fewer and shorter names."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gangvakt.provision.cache import BuildCache
from gangvakt.provision.folding import fold
from gangvakt.provision.identifiers import identifiers
from gangvakt.provision.naming import FREE_FILE, KNOWN_FILE, Names, new_names, renamed

HERE = Path(__file__).parent
# What the result depends on beside the sources.
RULES = ("scopes.py", "identifiers.py", "folding.py", "naming.py", "shrinking.py")
PARTS = (*(HERE / name for name in RULES), KNOWN_FILE, FREE_FILE)


@dataclass(frozen=True)
class Shrunk:
    """Sources by module, and what each identifier is called in them."""

    sources: Mapping[str, str]
    names: Names


def shrunk(sources: Mapping[str, str], outside: Mapping[str, str], cache: BuildCache) -> Shrunk:
    """These modules with new names. `outside` are sources, by name, that use some and stay as they are.

    ImageError naming the identifier where a new name could change what the program does. Sources that are no
    Python come back as they are: the compiler says better what is wrong with them.
    """
    known = cache.get(_key(sources, outside), lambda: _written(_shrunk(sources, outside)))
    found = json.loads(known)
    return Shrunk(found["sources"], Names(found["public"], found["private"]))


def _shrunk(sources: Mapping[str, str], outside: Mapping[str, str]) -> Shrunk:
    try:
        trees = {module: ast.parse(source) for module, source in sources.items()}
        users = [identifiers(name, ast.parse(source)) for name, source in outside.items()]
    except SyntaxError:
        return Shrunk(sources, Names({}, {}))
    words = set().union(*(user.all | user.told for user in users))
    fold(trees, words.union(*(identifiers(module, tree).told for module, tree in trees.items())))
    names = new_names([identifiers(module, tree) for module, tree in trees.items()], words)
    texts = {module: as_text(renamed(tree, names.of(module))) for module, tree in trees.items()}
    return Shrunk(texts, names)


def as_text(tree: ast.Module) -> str:
    """Source that compiles to the same bytecode as the one that this tree was parsed from. It uses it up."""
    return ast.unparse(_BareTuples().visit(tree)) + "\n"


def _written(found: Shrunk) -> bytes:
    names = found.names
    whole = {"sources": dict(found.sources), "public": dict(names.public), "private": dict(names.private)}
    return json.dumps(whole).encode()


def _key(sources: Mapping[str, str], outside: Mapping[str, str]) -> tuple[bytes, ...]:
    texts = (part for name, source in (*sources.items(), *outside.items()) for part in (name, source))
    return (_rules(), *(text.encode() for text in texts))


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
