"""The loading order against what the modules really import, read from their sources."""

import ast
import sys
from pathlib import Path

import pytest

from sign import loading, rooms

FIRMWARE = Path(__file__).resolve().parents[2]
ARMED = loading.names(rooms.WARNING + rooms.SERVICES)
ORDER = ARMED + loading.names(rooms.KEEPING + rooms.ONLINE)
ON_DEMAND = (
    loading.CONSOLE,  # by the first byte typed
    loading.RENEWAL,
    loading.CREDENTIALS,
    f"{rooms.KEEPING} services.upkeep",
    f"{rooms.KEEPING} core.ring_room",
    "proto.ntp",
    rooms.POLE,
    f"{rooms.POLE} core.patterns core.slots proto.service services.verbs.lamp services.pole_test",
    f"{loading.CONSOLE} services.verbs.about",
    f"{loading.CONSOLE} services.verbs.selftest",
    f"{loading.CONSOLE} core.patterns core.slots services.verbs.lamp",
    f"{loading.CONSOLE} services.verbs.walk",
    f"{rooms.ONLINE} {loading.CONSOLE} core.picture services.verbs.watch",
    f"{loading.CONSOLE} services.verbs.site",
    f"{loading.CONSOLE} services.verbs.chores",
    f"{loading.CONSOLE} core.order services.verbs.orders",
    f"{loading.CONSOLE} services.verbs.keeping",
    f"services.pieces {loading.COMMANDS}",  # a session has the pieces
    f"services.pieces {loading.COMMANDS} core.order services.verbs.orders",
    f"{rooms.KEEPING} {rooms.ONLINE} {loading.UPDATE} hal.ota_slot",
    f"{rooms.KEEPING} {rooms.ONLINE} {loading.CHECK}",
    f"{rooms.KEEPING} {rooms.ONLINE} {loading.WRITING}",
    loading.TRIAL,
    rooms.MEASURING,
    rooms.LIGHT,
    rooms.SUPPLY,
    rooms.LAMP_CURRENT,
    rooms.THERMOMETER,
    f"{rooms.SET_UP} {rooms.SET_UP_HLK}",
    f"{rooms.SET_UP} {rooms.SET_UP_C4001}",
    *rooms.RADARS.values(),
)


def source(name):
    path = FIRMWARE / name.replace(".", "/")
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"


def imports(name, everywhere=False):
    """Modules of ours that a module imports when it is loaded, or anywhere in it."""
    tree = ast.parse(source(name).read_text())
    nodes = ast.walk(tree) if everywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sign":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if source(whole).exists() else node.module


@pytest.mark.parametrize("name", ORDER)
def test_a_module_is_loaded_after_all_it_imports(name):
    before = ORDER[: ORDER.index(name)]
    assert set(imports(name)) <= {*before, "sign", "sign.loading", "sign.rooms"}


@pytest.mark.parametrize("listed", ON_DEMAND, ids=lambda listed: listed.split()[-1])
def test_a_room_on_demand_finds_all_it_imports_loaded(listed):
    modules = loading.names(listed)
    for at, name in enumerate(modules):
        assert set(imports(name)) <= {*ARMED, *modules[:at], "sign", "sign.loading", "sign.rooms"}, name


@pytest.mark.parametrize(
    ("name", "loaded"), [("sign.app", loading.names(rooms.WARNING)), ("sign.services.online", ORDER)]
)
def test_what_composes_finds_all_it_imports_loaded(name, loaded):
    assert set(imports(name)) <= {*loaded, "sign.loading", "sign.rooms"}


@pytest.mark.parametrize(
    "room", ["sign.services.dialing", "sign.services.resolver", "sign.proto.mqtt_opening"]
)
def test_a_room_that_only_connecting_needs_finds_all_it_imports_loaded(room):
    assert set(imports(room)) <= {*ORDER, "sign", "sign.loading"}
    assert room not in ORDER


def test_rooms_that_are_left_are_loaded_anew_when_needed():
    room = "proto.ds18b20"
    loading.load(room)
    loading.leave(f"{room} proto.never_loaded")
    assert loading.missing(f"compat {room}") == room
    assert not hasattr(sys.modules["sign.proto"], "ds18b20")
    loading.load(room)
    assert loading.missing(room) == ""


def test_where_memory_ends_none_of_a_list_stays_but_what_was_there_before(monkeypatch):
    loading.leave("proto.ds18b20 proto.hlk_frame proto.ld2410")
    loading.load("proto.hlk_frame")
    real = __import__

    def scarce(name, *rest):
        if name == "sign.proto.ld2410":
            raise MemoryError
        return real(name, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("builtins.__import__", scarce)
        with pytest.raises(MemoryError):
            loading.load("proto.ds18b20 proto.hlk_frame proto.ld2410")
    assert loading.missing("proto.ds18b20 proto.hlk_frame proto.ld2410") == "proto.ds18b20 proto.ld2410"


@pytest.mark.parametrize("left", loading.names(rooms.ARMING_ONLY))
def test_nobody_who_stays_keeps_what_only_arming_needs(left):
    for name in {*ARMED, "sign.app", "sign.starting"} - {*loading.names(rooms.ARMING_ONLY)}:
        assert left not in imports(name), name


def test_the_radars_find_their_rooms_loaded():
    found = loading.names(" ".join(rooms.RADARS.values()))
    assert set(imports("sign.core.radars", everywhere=True)) <= {
        *ARMED,
        *found,
        "sign",
        "sign.loading",
        "sign.rooms",
    }
