"""An interpreter is renewed over the real broker on a board with two slots, and returned from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hil_tests.conftest import SIGN, WIFI
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.walks import Radar, to_the_kerb

from gangvakt.provision.board import Partition, load_board
from gangvakt.provision.esp_image import DESCRIPTION, DESCRIPTION_MAGIC
from gangvakt.provision.update_file import UpdateFile, build_interpreter_update
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt_sim.board.regs import R
from gangvakt_sim.bootrom.app_image import Segment, write_image

WORD = b"an update's passphrase"
ONE = load_board("virtual")


def part(name: str, kind: str, subtype: str, offset: int, size: int) -> Partition:
    return Partition(name=name, type=kind, subtype=subtype, offset=offset, size=size)


# As ONE, with two slots where that has one, and otadata in what `nvs` leaves.
SPEC = ONE.model_copy(
    update={
        "partitions": (
            part("nvs", "data", "nvs", 0x9000, 0x4000),
            part("otadata", "data", "ota", 0xD000, 0x2000),
            ONE.partition("phy_init"),
            part("ota_0", "app", "ota_0", 0x10000, 0xF0000),
            part("ota_1", "app", "ota_1", 0x100000, 0xF0000),
            *ONE.partitions[3:],
        )
    }
)
CODE_BYTES = 20_000
FETCHED_S = 150


def word() -> bytes:
    return WORD


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[VirtualRig]:
    rig = VirtualRig(SPEC, tmp_path, {WIFI.ssid: WIFI.psk})
    yield rig
    print(rig.printed())
    rig.stop()


def build(folder: Path, keys: UpdateKeys, version: str) -> UpdateFile:
    """A stand-in for the interpreter of that version: whole, but no program."""
    about = DESCRIPTION.pack(DESCRIPTION_MAGIC, 0, b"", version.encode(), b"micropython")
    code = about + bytes(index * index & 0xFF for index in range(CODE_BYTES - len(about)))
    path = folder / f"{version}.app-bin"
    path.write_bytes(write_image(0, (2, 0x20), 0x40080000, [Segment(0x3F400020, code)]))
    return build_interpreter_update(SPEC, path, keys, word)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_new_interpreter_is_proved_and_one_that_is_not_is_left(rig, controller, enrolled, tmp_path):
    keys = UpdateKeys(tmp_path / "keys")
    keys.create(WORD)
    good, other = build(tmp_path, keys, "1.27.0"), build(tmp_path, keys, "1.26.9")
    rig.start(enrolled, trusted=keys.trusted())
    assert runs(rig) == "ota_0"
    controller.offer(SIGN, replace(other, signature=good.signature))
    wait_until(lambda: said(controller) == "refused", 90, "refusal")
    assert controller.on("/update/reported")[-1]["field"] == "signature"
    controller.offer(SIGN, good)
    wait_until(lambda: said(controller) == "trial", FETCHED_S, "the trial")
    assert runs(rig) == "ota_1"
    with Radar(rig.radar) as radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
    wait_until(lambda: said(controller) == "installed", 150, "the proof")
    rig.power_cycle()
    assert runs(rig) == "ota_1"
    controller.offer(SIGN, build(tmp_path, keys, "1.28.0"))
    wait_until(lambda: said(controller) == "trial", FETCHED_S, "the second trial")
    assert runs(rig) == "ota_0"
    rig.power_cycle()
    assert runs(rig) == "ota_1"
    wait_until(lambda: said(controller) == "failed", 60, "the report")


def runs(rig: VirtualRig) -> str:
    """The slot of the interpreter that the boot loader has started."""
    at = rig.board.memory[R.APP_OFFSET]
    return next(part.name for part in SPEC.partitions if part.offset == at)


def said(controller) -> str | None:
    reports = controller.on("/update/reported")
    return reports[-1]["state"] if reports else None
