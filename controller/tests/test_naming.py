"""What names the firmware's modules and private attributes get on the sign."""

from pathlib import PurePosixPath

import pytest

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.naming import PRIVATE, module_name, renamed, short_names

LAMP = """
class Lamp:
    def __init__(self, level):
        self._level = level; self._lit = False

    def _light(self):
        self._lit = self._level > 0
        return "_level"  # self._level
"""
CLOCK = "class Clock:\n    def __init__(self):\n        self._second = 0\n"
STREET = """
from sign.lamp import Lamp

class Street(Lamp):
    def start(self):
        self._name = self._light()
"""


def firmware() -> dict[str, str]:
    files = (FIRMWARE_DIR / "sign").rglob("*.py")
    return {module_name(PurePosixPath(file.relative_to(FIRMWARE_DIR))): file.read_text() for file in files}


@pytest.mark.parametrize(
    ("path", "name"), [("sign/core/rule.py", "sign.core.rule"), ("sign/core/__init__.py", "sign.core")]
)
def test_a_module_is_shown_under_the_name_it_is_imported_by(path: str, name: str) -> None:
    assert module_name(PurePosixPath(path)) == name


def test_private_attributes_are_short_and_everything_else_is_as_it_was() -> None:
    names = short_names({"sign.lamp": LAMP})
    assert set(names) == {"_level", "_lit"}
    shown = renamed(LAMP, names)
    level, lit = names["_level"], names["_lit"]
    assert f"self.{level} = level; self.{lit} = False" in shown
    assert "def _light(self)" in shown
    assert 'return "_level"  # self._level' in shown
    assert len(shown.splitlines()) == len(LAMP.splitlines())


def test_what_works_with_long_names_works_with_short_ones() -> None:
    scope: dict[str, type] = {}
    exec(renamed(LAMP, short_names({"sign.lamp": LAMP})), scope)
    lamp = scope["Lamp"](3)
    assert lamp._light() == "_level"
    assert sorted(vars(lamp).values()) == [True, 3]


def test_attributes_share_a_name_where_no_object_can_have_both() -> None:
    names = short_names({"sign.lamp": LAMP, "sign.clock": CLOCK, "sign.street": STREET})
    assert names["_second"] in (names["_level"], names["_lit"])
    assert names["_name"] not in (names["_level"], names["_lit"])


def test_a_name_that_is_not_only_an_attribute_stays() -> None:
    other = "_level = 3\n\n\ndef _lit():\n    return _level\n"
    assert short_names({"sign.lamp": LAMP, "sign.other": other}) == {}


def test_a_short_name_is_none_that_is_in_use() -> None:
    for bare in ("_a = 1\n", "def _a():\n    pass\n", "class A:\n    def f(self):\n        self._a = 1\n"):
        names = short_names({"sign.lamp": LAMP, "sign.bare": bare})
        assert "_a" not in (names["_level"], names["_lit"])


def test_what_is_no_python_is_left_to_the_compiler() -> None:
    assert short_names({"sign.broken": "def f(:\n    self._x = 1"}) == {}


def test_no_attribute_of_the_firmware_hides_in_a_text() -> None:
    """`getattr(thing, "_name")` would not be found."""
    sources = firmware()
    names = short_names(sources)
    assert len(set(names.values())) < len(names) / 3
    for module, source in sources.items():
        for name in names:
            assert f'"{name}"' not in source, module


def test_classes_of_one_module_never_share_a_name_for_two_attributes() -> None:
    sources = firmware()
    names = short_names(sources)
    for source in sources.values():
        here = [name for name in set(PRIVATE.findall(source)) if name in names]
        assert len({names[name] for name in here}) == len(here)
