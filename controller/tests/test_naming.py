"""What things of the firmware are called on the sign, and that it is the same program."""

import ast
from pathlib import PurePosixPath

import pytest

from gangvakt.errors import ImageError
from gangvakt.provision.cache import BuildCache
from gangvakt.provision.compiling import compile_source
from gangvakt.provision.identifiers import identifiers
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.naming import FREE_FILE, KNOWN_FILE, Names, module_name, new_names
from gangvakt.provision.shrinking import Shrunk, as_text, shrunk

LAMP = """
class Lamp:
    def __init__(self, brightness):
        self._brightness = brightness; self.is_shining = False

    def kindle(self):
        self.is_shining, self._brightness = self._brightness > 0, self._brightness
        return "brightness"  # self._brightness
"""
BULB = """
from sign.lamp import Lamp

class Bulb(Lamp):
    def screw(self):
        self._socket_mm = self.kindle()
"""
STREET = """
from sign.bulb import Bulb

class Lantern(Bulb):
    def hang(self, *, height_mm):
        self._height_mm = height_mm
"""
CLOCK = "class Clock:\n    def __init__(self):\n        self._wound = 0\n"
TREE = {"sign.lamp": LAMP, "sign.bulb": BULB, "sign.street": STREET, "sign.clock": CLOCK}
FREE = set(FREE_FILE.read_text().split())
KNOWN = set(KNOWN_FILE.read_text().split())


@pytest.fixture
def cache(tmp_path) -> BuildCache:
    return BuildCache(tmp_path / "cache")


def names_of(tree: dict[str, str], outside: tuple[str, ...] = ()) -> Names:
    return new_names([identifiers(name, ast.parse(source)) for name, source in tree.items()], outside)


def one(source: str, *others: str) -> dict[str, str]:
    """New names in a module, beside others."""
    tree = {"sign.one": source, **{f"sign.other_{n}": other for n, other in enumerate(others)}}
    return names_of(tree).of("sign.one")


@pytest.fixture(scope="module")
def firmware() -> dict[str, str]:
    files = sorted((FIRMWARE_DIR / "sign").rglob("*.py"))
    return {module_name(PurePosixPath(file.relative_to(FIRMWARE_DIR))): file.read_text() for file in files}


@pytest.fixture(scope="module")
def renamed_only(firmware, tmp_path_factory) -> Shrunk:
    outside = {path.stem: path.read_text() for path in FIRMWARE_DIR.glob("*.py")}
    return shrunk(firmware, outside, BuildCache(tmp_path_factory.mktemp("cache")), are_linked=False)


@pytest.mark.parametrize(
    ("path", "name"), [("sign/core/rule.py", "sign.core.rule"), ("sign/core/__init__.py", "sign.core")]
)
def test_a_module_is_shown_under_the_name_it_is_imported_by(path: str, name: str) -> None:
    assert module_name(PurePosixPath(path)) == name


def test_all_that_only_the_firmware_calls_by_name_has_a_name_that_costs_nothing() -> None:
    names = names_of(TREE)
    own = "Lamp is_shining kindle Bulb screw Lantern hang height_mm Clock"
    assert set(names.public) == set(own.split())  # not `brightness`, which stands in a text
    assert {*names.public.values(), *names.of("sign.lamp").values()} <= FREE


def test_what_works_with_long_names_works_with_short_ones(cache: BuildCache) -> None:
    found = shrunk({"sign.lamp": LAMP}, {}, cache)
    scope: dict[str, type] = {}
    exec(found.sources["sign.lamp"], scope)
    names = found.names.of("sign.lamp")
    lamp = scope[names["Lamp"]](3)
    assert getattr(lamp, names["kindle"])() == "brightness"
    assert vars(lamp) == {names["_brightness"]: 3, names["is_shining"]: True}


def test_private_names_share_one_where_no_object_can_have_both() -> None:
    private = names_of(TREE).private
    lamp = private["sign.lamp"]["_brightness"]
    assert private["sign.clock"]["_wound"] == lamp
    assert private["sign.bulb"]["_socket_mm"] != lamp
    assert private["sign.street"]["_height_mm"] not in (lamp, private["sign.bulb"]["_socket_mm"])


def test_a_private_name_that_another_touches_is_shared_with_none() -> None:
    tree = {**TREE, "sign.thief": "def take(clock):\n    clock._wound = 1\n"}
    names = names_of(tree)
    assert names.public["_wound"] not in {new for each in names.private.values() for new in each.values()}


@pytest.mark.parametrize(
    "source",
    [
        "from machine import Pin as KEPT\nKEPT(3)\n".replace("KEPT", "Pin"),
        "def duty_u16():\n    pass\n",
        "class KEPT(Exception):\n    pass\n",
        "def KEPT():\n    pass\nVERBS = 'KEPT other'\n",
        "def config_put():\n    pass\nVERBS = 'config config-put'\n",
        "def __getattr__(name):\n    pass\n",
        "import time\ntime.KEPT()\n",
    ],
)
def test_what_others_know_by_its_name_keeps_it(source: str) -> None:
    assert {"Pin", "duty_u16", "KEPT", "config_put", "__getattr__", "time"}.isdisjoint(one(source))


def test_what_the_start_uses_keeps_its_name(cache: BuildCache) -> None:
    main = "from sign.lamp import Lamp\nLamp(brightness=3).kindle()\n"
    found = shrunk({"sign.lamp": LAMP}, {"main": main}, cache)
    assert set(found.names.of("sign.lamp")) == {"is_shining", "_brightness"}


def test_a_number_that_the_compiler_puts_in_needs_no_name() -> None:
    assert one("_HOLD_MS = const(3)\n\ndef hold():\n    return _HOLD_MS\n").keys() == {"hold"}


def test_parameters_share_a_name_unless_a_function_has_both_or_a_call_names_one() -> None:
    names = one("def one(ahead, beside):\n    pass\n\ndef two(behind):\n    two(behind=3)\n    one(2, 3)\n")
    other = one("def one(ahead, beside):\n    pass\n\ndef two(behind):\n    return lambda above: behind\n")
    assert len({names[name] for name in ("ahead", "beside", "behind")}) == 3
    assert other["ahead"] != other["beside"]
    assert other["behind"] != other["above"]
    assert {other["ahead"], other["beside"]} == {other["behind"], other["above"]}


def test_what_is_asked_for_but_made_by_nobody_is_the_interpreters() -> None:
    assert "novelty" not in KNOWN
    assert "novelty" not in one("def one(novelty):\n    return novelty.novelty\n")
    assert "novelty" not in one("import machine\nmachine.Pin(novelty=3)\n")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("def lamp(x, end):\n    return getattr(x, 'lamp_' + end)\n", "getattr(..., 'lamp_' + end)"),
        ("def lamp(x, end):\n    setattr(x, 'lamp_%s' % end, 1)\n", "setattr(..., 'lamp_%s' % end)"),
        ("def lamp(x, end):\n    return hasattr(x, f'lamp_{end}')\n", "hasattr(..., f'lamp_{end}')"),
        ("def lamp(**options):\n    pass\n", "**options"),
        ("def lamp(x, more):\n    x(**more)\n", "**more"),
        ("class Lamp(bases()):\n    pass\n", "class Lamp"),
    ],
)
def test_what_a_new_name_could_break_is_refused_by_its_name(source: str, shown: str) -> None:
    with pytest.raises(ImageError) as caught:
        one(source)
    assert (caught.value.source, caught.value.value) == ("sign.one", shown)


def test_what_is_no_python_is_left_to_the_compiler(cache: BuildCache) -> None:
    broken = {"sign.broken": "def f(:\n    self._x = 1"}
    assert shrunk(broken, {}, cache).sources == broken


def test_each_new_name_stands_for_one_thing_and_is_nobody_elses(
    firmware: dict[str, str], renamed_only: Shrunk
) -> None:
    every = [identifiers(module, ast.parse(source)) for module, source in firmware.items()]
    before = set().union(*(each.all | each.told for each in every))
    passing = set().union(*(each.parameters for each in every)) - set().union(*(each.made for each in every))
    for each in every:
        names = renamed_only.names.of(each.module)
        for meeting in (each.all - passing, *each.functions):
            new = {names[name] for name in meeting if name in names}
            assert len(new) == len(meeting & names.keys()), each.module
        assert before.isdisjoint(names.values()), each.module
        assert KNOWN.isdisjoint(names), each.module


def test_the_firmware_is_written_anew_without_another_instruction(firmware: dict[str, str]) -> None:
    """Modules with tuples moved, machine code, and coroutines: the same bytecode to the last byte."""
    for module in ("sign.core.tracker", "sign.core.health_levels", "sign.services.mqtt_client"):
        written = as_text(ast.parse(firmware[module]))
        assert compile_source(written.encode(), module, "x86") == compile_source(
            firmware[module].encode(), module, "x86"
        )
