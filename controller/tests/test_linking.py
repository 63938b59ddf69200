"""Rooms of the firmware that stay become one module on the sign."""

import ast

import pytest

from gangvakt.errors import ImageError
from gangvakt.provision.linking import link, planned, together

ROOMS = """
WARNING = "core.lamp core.street core.config"
SERVICES = "services.log"
POLE = "core.lamp core.button"
START_ONLY = "rooms core.config"
"""
LAMP = """
import time
from sign.compat import const
lit = False
_count = 0

class LampsInUse(Exception):
    pass

def light(ms):
    global lit
    lit = True
    time.sleep(ms)

def _step():
    return _count
"""
STREET = """
import time
from sign.core import lamp
from sign.core.lamp import LampsInUse, light as kindle

class Street:
    light = 3

    def run(self, lamp_ms):
        kindle(lamp_ms)
        return lamp.lit

    def break_(self, light):
        lamp.lit = light
        raise LampsInUse(self.light)

def _step():
    from sign.core.config import FIELDS
    return FIELDS
"""
TREE = {
    "sign": "",
    "sign.compat": "def const(value):\n    return value\n",
    "sign.rooms": ROOMS,
    "sign.core": "",
    "sign.core.lamp": LAMP,
    "sign.core.street": STREET,
    "sign.core.config": "from sign.core.lamp import light\nFIELDS = light\n",
    "sign.core.button": "from sign.core import lamp as lamps, street\nfrom sign.core.street import Street\n"
    "def press():\n    lamps.lit = street.Street\n    return Street().run(3)\n",
    "sign.services": "",
    "sign.services.log": "from sign.core import lamp\ndef tell():\n    return lamp.lit\n",
}


def linked(outside: str = "", **changed: str) -> dict[str, str]:
    """Sources on the sign by module, without the package's name; `core_lamp` is `sign.core.lamp`."""
    named = {"sign." + name.replace("_", "."): source for name, source in changed.items()}
    trees = {name: ast.parse(source) for name, source in (TREE | named).items()}
    plan = planned(trees, [ast.parse(outside)])
    link(trees, plan)
    return {name[5:]: ast.unparse(tree) for name, tree in together(trees, plan).items()}


def run(modules: dict[str, str], name: str, **known: object) -> dict[str, object]:
    """What a module holds once it is loaded, imports left out."""
    tree = ast.parse(modules[name])
    tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom | ast.Import)]
    scope = dict(known)
    exec(ast.unparse(tree), scope)
    return scope


def test_rooms_that_stay_are_one_module_and_the_others_are_as_they_were() -> None:
    assert set(linked()) == {"", "compat", "rooms", "core", "services"} | {
        "linked_warning",
        "linked_services",
        "core.config",
        "core.button",
    }


def test_the_list_names_what_there_is_in_an_order_that_can_be_loaded() -> None:
    rooms = run(linked(), "rooms")
    assert rooms["WARNING"] == "linked_warning core.config"
    assert rooms["SERVICES"] == "linked_services"
    assert rooms["POLE"] == "core.button"
    assert rooms["START_ONLY"] == "rooms core.config"


def test_rooms_of_one_module_do_what_they_did() -> None:
    slept: list[int] = []

    class Time:
        sleep = slept.append

    scope = run(linked(), "linked_warning", time=Time)
    street = scope["Street__core_street"]()
    assert street.run(7) is True
    assert slept == [7]
    assert scope["step__core_lamp"]() == 0
    with pytest.raises(scope["LampsInUse"]) as caught:
        street.break_("broken")
    assert caught.value.args == (3,)
    assert scope["lit__core_lamp"] == "broken"


def test_what_the_interpreter_lends_is_imported_once() -> None:
    assert linked()["linked_warning"].count("import time") == 1


def test_others_take_things_from_where_they_are_now() -> None:
    button = linked()["core.button"]
    assert "from sign import linked_warning as lamps" in button
    assert "lamps.lit__core_lamp = street.Street__core_street" in button
    assert "from sign.linked_warning import Street__core_street" in button
    assert "return Street__core_street().run(3)" in button
    assert "linked_warning.lit__core_lamp" in linked()["linked_services"].replace("__linked_warning", "")


def test_what_the_start_needs_by_itself_stays_apart_with_all_that_it_needs() -> None:
    found = linked("from sign.core.street import Street")
    assert {"core.street", "core.lamp"} <= set(found)
    assert "linked_warning" not in found


def test_what_is_loaded_while_the_sign_warns_is_no_longer_than_a_tick_can_wait() -> None:
    pole = "from sign.services.log import tell\nx = [\n" + "1,\n" * 699 + "]\nlit = tell()\n"
    found = linked(services_pole=pole, rooms=ROOMS.replace("services.log", "services.log services.pole"))
    assert run(found, "rooms")["SERVICES"] == "linked_services linked_services_2"
    assert "from sign.linked_services import tell__services_log" in found["linked_services_2"]
    assert "lit__services_pole = tell__services_log()" in found["linked_services_2"]


def test_a_room_that_not_every_sign_has_stays_apart_where_another_list_has_it_too() -> None:
    lists = ROOMS.replace(
        "POLE", "ONLINE = 'core.button core.lamp services.log'\nOTHER = 'services.log'\nPOLE"
    )
    found = linked(rooms=lists.replace('SERVICES = "services.log"', ""))
    assert {"linked_warning", "services.log", "core.button"} <= set(found)
    assert run(found, "rooms")["OTHER"] == "services.log"


def test_where_no_room_is_listed_all_is_as_it_was() -> None:
    assert set(linked(rooms="")) == {name[5:] for name in TREE}


@pytest.mark.parametrize(
    ("changed", "apart"),
    [
        ({"core_street": "from sign.core.config import FIELDS\n"}, "core.street"),
        ({"core_button": "import sys\nroom = sys.modules['sign.core.lamp']\n"}, "core.lamp"),
        ({"core_button": "from sign.core import lamp\nrooms = [lamp]\n"}, "core.lamp"),
        ({"core_button": "def f():\n    from sign.core import lamp\n    return lamp\n"}, "core.lamp"),
        ({"core_street": "print(__name__)\n"}, "core.street"),
    ],
)
def test_a_room_that_must_be_a_module_stays_one(changed: dict[str, str], apart: str) -> None:
    found = linked(**changed)
    assert {apart, "linked_warning"} <= set(found)
    assert sorted(run(found, "rooms")["WARNING"].split()) == sorted([apart, "linked_warning", "core.config"])


@pytest.mark.parametrize("statement", ["from machine import time", "from machine import open"])
def test_what_would_mean_two_things_is_refused_by_its_name(statement: str) -> None:
    with pytest.raises(ImageError) as caught:
        linked(core_street=statement)
    assert caught.value.value == statement
