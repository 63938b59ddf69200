"""Updates over the real broker: taken and proved while people cross, refused by name, or returned from."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hil_tests.conftest import SIGN
from hil_tests.rig import lit, wait_until
from hil_tests.walks import to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.update_file import UpdateFile, build_update
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.upkeep import OfferFolder

WORD = b"an update's passphrase"
FETCHED_S = 150
VERSION = "0.1.0"


def word() -> bytes:
    return WORD


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("keys"))
    keys.create(WORD)
    return keys


@pytest.fixture
def build(tmp_path: Path, keys: UpdateKeys) -> Callable[..., UpdateFile]:
    """An update of this very firmware under another version, changed as the test wants."""

    def made(version: str, change: Callable[[Path], None] = lambda folder: None, **options) -> UpdateFile:
        folder = tmp_path / f"firmware-{version}"
        shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        (folder / "sign" / "version.py").write_text(f'VERSION = "{version}"\n')
        change(folder)
        return build_update(load_board("virtual"), keys, word, folder, **options)

    return made


@pytest.fixture
def offers(controller) -> Iterator[OfferFolder]:
    return controller.offers


@pytest.mark.timeout(400)
def test_an_update_is_taken_while_people_cross_and_proves_itself(
    rig, controller, enrolled, keys, build, radar, offers
):
    rig.start(enrolled, trusted=keys.trusted())
    offers.put(SIGN, build("0.2.0"))
    wait_until(lambda: state(controller) == "fetching", 60, "fetching")
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
        wait_until(lambda: not lit(rig), 30, "darkness")
    wait_until(lambda: state(controller) == "trial", FETCHED_S, "the trial")
    wait_until(lambda: controller.on("/status")[-1]["fw"] == "0.2.0", 30, "the new version")
    wait_until(lambda: state(controller) == "installed", 200, "the proof")


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_a_new_app_that_does_not_start_is_left_for_the_one_before(
    rig, controller, enrolled, keys, build, radar, offers
):
    def broken(folder: Path) -> None:
        (folder / "sign" / "app.py").write_text("raise ValueError('a mistake')\n")

    rig.start(enrolled, trusted=keys.trusted())
    offers.put(SIGN, build("0.2.0", broken))
    rig.expect("safe mode: the other slot takes over", FETCHED_S)
    assert "a mistake" in rig.printed()
    wait_until(lambda: state(controller) == "failed", 60, "the report")
    assert controller.on("/status")[-1]["fw"] == VERSION
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")


@pytest.mark.timeout(300)
def test_what_is_not_for_this_sign_is_refused_by_name(rig, controller, enrolled, keys, build):
    good = build("0.2.0")
    forged = replace(good, signature=bytes(reversed(good.signature)))
    cut = signed(keys, replace(good, body=good.body[:10_000]), version="0.3.0")
    foreign = signed(keys, good, board="esp32-devkitc")
    older = signed(keys, good, version="0.0.9")
    rig.start(enrolled, trusted=keys.trusted())
    for field, update in (
        ("board", foreign),
        ("version", older),
        ("signature", forged),
        ("size", cut),
    ):
        controller.offer(SIGN, update)
        wait_until(lambda: field in refused_fields(controller), 90, f"what is said of {field}")  # noqa: B023
    assert refused_fields(controller) == ["board", "version", "signature", "size"]
    assert controller.on("/status")[-1]["fw"] == VERSION


def signed(keys: UpdateKeys, update: UpdateFile, **changes: object) -> UpdateFile:
    """The same under another manifest, truly signed."""
    manifest = replace(update.manifest, key=keys.marks()[0], **changes)
    return UpdateFile(manifest, keys.signature(manifest.packed(), word), update.body)


def refused_fields(controller) -> list[str]:
    return [said["field"] for said in controller.on("/update/reported") if said["state"] == "refused"]


def state(controller) -> str | None:
    reports = controller.on("/update/reported")
    return reports[-1]["state"] if reports else None
