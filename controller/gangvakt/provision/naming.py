"""What the firmware's modules and their private attributes are called on the sign.

The interpreter keeps every name that it meets in the heap, for ever, and its table of names doubles whenever
it is full. So the private attributes get names of one or two letters, the same few in every module. All that
a person may read in a traceback, functions and modules, keeps its name.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count
from pathlib import PurePosixPath

PRIVATE = re.compile(r"\b_[a-z][a-z0-9_]*")
WORD = re.compile(r"\w+")
DIGITS = "abcdefghijklmnopqrstuvwxyz"


def module_name(path: PurePosixPath) -> str:
    """Dotted name of the module in a file. A traceback shows it instead of the path, because the interpreter
    knows that name anyway.
    """
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def short_names(sources: Mapping[str, str]) -> dict[str, str]:
    """A short name for each private attribute of these modules, by the long one.

    Two attributes share one only where no module uses both, nor a module together with one that it imports
    (whose name stands in it): its classes may inherit from theirs. A name that is a variable, function or
    parameter anywhere stays.
    """
    bare = set().union(*(_bare(source) for source in sources.values()))
    attributes = {module: _attributes(source) - bare for module, source in sources.items()}
    neighbours: dict[str, set[str]] = {name: set() for name in set().union(*attributes.values())}
    for module, source in sources.items():
        words = set(WORD.findall(source))
        own = attributes[module]
        imported = (attributes[other] for other in sources if other.rpartition(".")[2] in words)
        known = own.union(*imported)
        for name in own:
            neighbours[name] |= known - {name}
        for name in known - own:
            neighbours[name] |= own
    return _coloured(neighbours, taken=bare)


def renamed(source: str, names: Mapping[str, str]) -> str:
    """The source with these attributes renamed; every line stays where it is."""
    lines = source.splitlines(keepends=True)
    for token in reversed(_attribute_tokens(source)):
        if token.string in names:
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + names[token.string] + line[token.end[1] :]
    return "".join(lines)


def _coloured(neighbours: Mapping[str, set[str]], taken: Iterable[str]) -> dict[str, str]:
    """Greedily, those with most neighbours first: each gets the first name that no neighbour has."""
    unusable = set(taken) | set(neighbours)
    found: dict[str, str] = {}
    for name in sorted(neighbours, key=lambda each: (-len(neighbours[each]), each)):
        used = {found[other] for other in neighbours[name] if other in found}
        found[name] = next(short for number in count() if (short := _short(number)) not in used | unusable)
    return found


def _short(number: int) -> str:
    letters = DIGITS[number % len(DIGITS)]
    while number >= len(DIGITS):
        number = number // len(DIGITS) - 1
        letters = DIGITS[number % len(DIGITS)] + letters
    return "_" + letters


@cache
def _names(source: str) -> tuple[tuple[bool, tokenize.TokenInfo], ...]:
    """Private names in the order of the source: whether it is an attribute, and where it stands.

    None in what is no Python: the compiler says better what is wrong with it.
    """
    found = []
    after_dot = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME and PRIVATE.fullmatch(token.string):
                found.append((after_dot, token))
            after_dot = token.type == tokenize.OP and token.string == "."
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)


def _attribute_tokens(source: str) -> list[tokenize.TokenInfo]:
    return [token for is_attribute, token in _names(source) if is_attribute]


def _attributes(source: str) -> set[str]:
    return {token.string for token in _attribute_tokens(source)}


def _bare(source: str) -> set[str]:
    return {token.string for is_attribute, token in _names(source) if not is_attribute}
