"""The tree at the top of the errors is the one that the classes make."""

from __future__ import annotations

import re

from gangvakt import errors

LINE = re.compile(r"(?P<deep>[| ]*)\+-- (?P<name>\w+) ")
STEP = 4  # characters a level


def drawn() -> dict[str, str]:
    """Each error, and the one below which it stands."""
    found, way = {}, ["GangvaktError"]
    for line in (errors.__doc__ or "").splitlines():
        if at := LINE.match(line):
            depth = len(at["deep"]) // STEP + 1
            way[depth:] = [at["name"]]
            found[at["name"]] = way[depth - 1]
    return found


def test_the_tree_that_is_drawn_is_that_of_the_classes() -> None:
    classes = [getattr(errors, name) for name in errors.__all__]
    kinds = [one for one in classes if issubclass(one, Exception) and one is not errors.GangvaktError]
    assert drawn() == {one.__name__: one.__base__.__name__ for one in kinds}
