"""Updates at the controller: keys, files, offers, and the pieces that signs ask for."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.broker.acl import may_retain
from gangvakt.broker.identity import Identity, Role
from gangvakt.cli import main
from gangvakt.errors import ImageError, KeyLocked, UpdateKeysMissing, UpdateRefused, WouldOverwrite
from gangvakt.fleet import SignId
from gangvakt.provision.board import board_ids, load_board
from gangvakt.provision.image import FIRMWARE_DIR, TRUSTED, app_files, slot_image
from gangvakt.provision.pack import Kind, Manifest, files_of_body, packed_body, sequence_of
from gangvakt.provision.update_file import (
    HEAD_BYTES,
    UpdateFile,
    build_interpreter_update,
    build_update,
)
from gangvakt.provision.update_keys import MODULUS_BYTES, UpdateKeys
from gangvakt.upkeep.offers import Offer, OfferFolder
from gangvakt.upkeep.updater import Updater, pieces

from .official_file import app_body, esp_image, official_file

WORD = b"correct horse battery"
SIGN = SignId("drammen", "storgata", "north")
BOARD = load_board("virtual")
ROOM_BYTES = 2048  # of a slot that features leave, for what must be mended


def word() -> bytes:
    return WORD


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("data") / "updates" / "keys")
    keys.create(WORD)
    return keys


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firmware")
    (folder / "sign").mkdir()
    (folder / "sign" / "__init__.py").write_text("")
    (folder / "sign" / "version.py").write_text('VERSION = "1.5.0"\n')
    return folder


@pytest.fixture(scope="module")
def update(keys: UpdateKeys, firmware: Path) -> UpdateFile:
    return build_update(BOARD, keys, word, firmware, minimum="1.2.0")


# -- keys


def test_keys_are_made_once_and_only_with_their_passphrase_they_sign(keys: UpdateKeys):
    with pytest.raises(WouldOverwrite):
        keys.create(WORD)
    with pytest.raises(KeyLocked):
        keys.signature(b"x", lambda: b"another word, long enough")
    assert all(b"ENCRYPTED" in (keys.folder / name).read_bytes() for name in ("signs.key", "follows.key"))


def test_a_folder_without_keys_says_how_they_are_made(tmp_path: Path):
    with pytest.raises(UpdateKeysMissing, match="firmware keys init"):
        UpdateKeys(tmp_path).signature(b"x", word)
    assert UpdateKeys(tmp_path).trusted() == b""


def test_the_follower_signs_next_and_is_trusted_already(tmp_path: Path, firmware: Path):
    keys = UpdateKeys(tmp_path)
    keys.create(WORD)
    before = keys.trusted()
    keys.renew(word)
    assert keys.trusted()[:MODULUS_BYTES] == before[MODULUS_BYTES:]
    made = build_update(BOARD, keys, word, firmware)
    assert made.is_signed_by(before)
    assert files_of_body(made.body)[TRUSTED] == keys.trusted()
    keys.renew(word)
    assert not build_update(BOARD, keys, word, firmware).is_signed_by(before)


def test_images_carry_the_keys_and_without_any_there_is_no_file(keys: UpdateKeys, firmware: Path):
    assert app_files("x86", firmware, keys.trusted())[TRUSTED] == keys.trusted()
    assert TRUSTED not in app_files("x86", firmware)


# -- interpreters

TWO_SLOTS = load_board("esp32-s3-devkitc")


@pytest.mark.parametrize("alone", [False, True])
def test_an_interpreter_is_signed_as_it_will_lie_in_its_slot(keys: UpdateKeys, tmp_path: Path, alone: bool):
    file, chip = tmp_path / "micropython.bin", TWO_SLOTS.board.chip
    app = esp_image(chip, app_body("v1.27.0"))
    file.write_bytes(app if alone else official_file(chip, "v1.27.0"))
    made = build_interpreter_update(TWO_SLOTS, file, keys, word, replaces="1.28.0")
    assert made.body == app
    assert made.is_signed_by(keys.trusted())
    found = made.manifest
    assert (found.kind, found.version, found.sequence) == (Kind.INTERPRETER, "1.27.0", 1_027_000)
    assert found.replaces == 1_028_000
    assert UpdateFile.parse(made.content, "test") == made


def test_a_board_with_one_slot_gets_no_interpreter(keys: UpdateKeys, tmp_path: Path):
    file = tmp_path / "micropython.bin"
    file.write_bytes(official_file())
    with pytest.raises(UpdateRefused, match="interpreter is 'one slot'"):
        build_interpreter_update(load_board("esp32-devkitc"), file, keys, word)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (official_file("esp32s3", "v1.27.0")[:-100], "cut short"),
        (official_file("esp32", "v1.27.0"), "chip"),
        (esp_image("esp32s3", app_body("v1.27.0-preview")), "version"),
        (esp_image("esp32s3", app_body("v1.27.0", 0x1F0000 - 0x1000)), "interpreter"),
        (b"", "cut short"),
    ],
)
def test_what_is_no_interpreter_for_the_board_is_not_signed(
    keys: UpdateKeys, tmp_path: Path, content: bytes, error: str
):
    file = tmp_path / "micropython.bin"
    file.write_bytes(content)
    with pytest.raises((ImageError, UpdateRefused), match=error):
        build_interpreter_update(TWO_SLOTS, file, keys, word)


# -- packs and files


def test_what_was_built_is_read_back(update: UpdateFile, keys: UpdateKeys):
    again = UpdateFile.parse(update.content, "test")
    assert again == update
    found = again.manifest
    assert (found.board, found.version, found.sequence, found.minimum) == (
        "virtual",
        "1.5.0",
        1_005_000,
        1_002_000,
    )
    assert again.is_signed_by(keys.trusted())
    assert sorted(files_of_body(again.body)) == ["sign/__init__.mpy", "sign/version.mpy", TRUSTED]


@given(st.data())
def test_a_changed_file_is_refused_or_not_signed(update: UpdateFile, keys: UpdateKeys, data: st.DataObject):
    content = bytearray(update.content)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = UpdateFile.parse(bytes(content), "test")
    except UpdateRefused:
        return
    assert not found.is_signed_by(keys.trusted())


@given(st.data())
def test_a_file_that_was_cut_off_is_refused(update: UpdateFile, data: st.DataObject):
    with pytest.raises(UpdateRefused):
        UpdateFile.parse(update.content[: data.draw(st.integers(0, len(update.content) - 1))], "test")


@pytest.mark.parser
@given(st.binary(max_size=600))
def test_any_bytes_are_no_update(data: bytes):
    with pytest.raises(UpdateRefused):
        UpdateFile.parse(data, "test")


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,3}\.mpy", fullmatch=True), st.binary(max_size=50)
    )
)
def test_packed_files_are_read_back(files: dict[str, bytes]):
    assert files_of_body(packed_body(files)) == files


def test_a_version_is_a_number_as_the_sign_counts():
    assert sequence_of("1.26.3") == 1_026_003
    for text in ("1.2", "1.2.3.4", "1.2.1000", "a.b.c", "1.2.³"):
        with pytest.raises(ImageError):
            sequence_of(text)


def test_a_manifest_is_read_back_with_all_it_says():
    made = Manifest("virtual", "2.0.1", "1.26.1", 5, bytes(32), Kind.INTERPRETER, 200, 3_000_000, 1_000_000)
    assert Manifest.unpacked(made.packed()) == made


@pytest.mark.parametrize("name", board_ids())
def test_the_app_fits_every_board_with_room_for_what_must_be_mended(name: str):
    board = load_board(name)
    used = len(slot_image(board, FIRMWARE_DIR, bytes(2 * MODULUS_BYTES)).rstrip(b"\xff"))
    assert used <= board.partition("app_a").size - ROOM_BYTES


# -- offers


def test_an_offer_outlives_the_controller_and_another_attempt_is_told_apart(
    tmp_path: Path, update: UpdateFile
):
    offers = OfferFolder(tmp_path)
    assert offers.get(SIGN) is None
    assert offers.put(SIGN, update).attempt == 1
    assert offers.put(SIGN, update).attempt == 2
    held = OfferFolder(tmp_path).get(SIGN)
    assert held == Offer(update, 2)
    assert held.message() == b"\x01\x02" + update.manifest.packed()
    assert offers.withdraw(SIGN)
    assert offers.get(SIGN) is None
    assert not offers.withdraw(SIGN)


def test_pieces_are_numbered_by_their_place_and_the_end_is_told(update: UpdateFile):
    offer = Offer(update, 1)
    whole = update.signature + update.body
    for at, n in ((0, 384), (300, 500), (len(whole) - 10, 100)):
        joined = b""
        for piece in pieces(offer, at, n, 100):
            assert piece[:5] == b"\x01" + update.manifest.sha256[:4]
            assert int.from_bytes(piece[5:9], "big") == at + len(joined)
            joined += piece[9:]
        assert joined == whole[at : at + n]
    (end,) = pieces(offer, len(whole), 100, 100)
    assert len(end) == 9


class Wire:
    """What goes out."""

    def __init__(self) -> None:
        self.offered: list[tuple[SignId, bytes]] = []
        self.sent: list[bytes] = []
        self.works = True

    async def offer(self, sign: SignId, message: bytes) -> bool:
        self.offered.append((sign, message))
        return self.works

    async def send(self, sign: SignId, piece: bytes) -> bool:
        self.sent.append(piece)
        return self.works


def updater_of(folder: Path, wire: Wire, topic_bytes: int = 40) -> Updater:
    send: Callable[[SignId, bytes], Awaitable[bool]] = wire.send
    return Updater(OfferFolder(folder), wire.offer, send, lambda sign: topic_bytes)


async def test_an_offer_is_published_once_and_taken_back_when_it_is_withdrawn(
    tmp_path: Path, update: UpdateFile
):
    wire, offers = Wire(), OfferFolder(tmp_path)
    updater = updater_of(tmp_path, wire)
    made = offers.put(SIGN, update)
    wire.works = False
    await updater.round()
    wire.works = True
    await updater.round()
    await updater.round()
    assert wire.offered == [(SIGN, made.message())] * 2
    offers.withdraw(SIGN)
    await updater.round()
    await updater.round()
    assert wire.offered[2:] == [(SIGN, b"")]


@pytest.mark.parametrize("topic_bytes", [40, 116])
async def test_a_piece_and_its_topic_fit_a_packet_that_every_sign_takes(
    tmp_path: Path, update: UpdateFile, topic_bytes: int
):
    wire = Wire()
    updater = updater_of(tmp_path, wire, topic_bytes)
    held = OfferFolder(tmp_path).put(SIGN, update)
    await updater.round()
    await updater._answer(SIGN, {"v": 1, "id": held.id, "at": 0, "n": 768})
    assert b"".join(piece[9:] for piece in wire.sent) == (update.signature + update.body)[:768]
    assert max(len(piece) for piece in wire.sent) + topic_bytes + 7 <= 256
    wire.sent.clear()
    await updater._answer(SIGN, {"v": 1, "id": "00000000", "at": 0, "n": 768})
    assert not wire.sent


def test_what_a_sign_says_is_kept(tmp_path: Path, update: UpdateFile):
    updater_of(tmp_path, Wire()).report(SIGN, {"v": 1, "id": "01234567", "attempt": 1, "state": "trial"})
    assert OfferFolder(tmp_path).reported(SIGN) == {"v": 1, "id": "01234567", "attempt": 1, "state": "trial"}


def test_a_sign_may_have_its_report_retained_and_no_offer():
    sign = Identity(Role.SIGN, str(SIGN), SIGN)
    assert may_retain(sign, f"gangvakt/v1/{SIGN}/update/reported")
    assert not may_retain(sign, f"gangvakt/v1/{SIGN}/update")


# -- commands


@pytest.fixture
def data(keys: UpdateKeys, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANGVAKT_UPDATE_PASSPHRASE", WORD.decode())
    return keys.folder.parents[1]


def test_build_show_offer_and_status(
    data: Path, tmp_path: Path, update: UpdateFile, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "app.gvu"
    file.write_bytes(update.content)
    assert main(["firmware", "show", str(file), "--data", str(data), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["board"], shown["version"], shown["trusted"]) == ("virtual", "1.5.0", True)
    assert main(["firmware", "offer", str(SIGN), str(file), "--data", str(data)]) == 0
    assert "attempt 1" in capsys.readouterr().out
    OfferFolder(data / "updates").report(
        SIGN, {"v": 1, "id": "01234567", "attempt": 1, "state": "refused", "field": "board", "value": "x"}
    )
    assert main(["firmware", "status", str(SIGN), "--data", str(data)]) == 0
    assert "refused, board is 'x'" in capsys.readouterr().out
    assert main(["firmware", "withdraw", str(SIGN), "--data", str(data)]) == 0


def test_an_interpreter_is_built_and_shown(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    image, file = tmp_path / "micropython.bin", tmp_path / "out.gvu"
    image.write_bytes(official_file("esp32s3", "v1.27.0"))
    build = [
        "firmware",
        "build",
        "--board",
        "esp32-s3-devkitc",
        "--interpreter",
        str(image),
        "--out",
        str(file),
    ]
    assert main([*build, "--data", str(data)]) == 0
    assert "interpreter 1.27.0 for esp32-s3-devkitc" in " ".join(capsys.readouterr().out.split())
    assert main(["firmware", "show", str(file), "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "interpreter"


def test_a_file_in_the_way_is_told_before_an_approval_is_used_up(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    image, file = tmp_path / "micropython.bin", tmp_path / "out.gvu"
    image.write_bytes(official_file("esp32s3", "v1.27.0"))
    file.write_bytes(b"kept")
    monkeypatch.setattr("gangvakt.cli.two_people.controller_office", lambda: pytest.fail("it was taken"))
    build = ("--board", "esp32-s3-devkitc", "--interpreter", str(image), "--out", str(file))
    assert main(["firmware", "build", *build, "--data", str(data), "--approval", "1"]) == 1
    assert f"{file} is there already: use --force" in " ".join(capsys.readouterr().err.split())
    assert file.read_bytes() == b"kept"


def test_an_update_of_another_is_not_offered(
    data: Path, tmp_path: Path, update: UpdateFile, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "app.gvu"
    file.write_bytes(replace(update, signature=bytes(384)).content)
    assert main(["firmware", "offer", str(SIGN), str(file), "--data", str(data)]) == 1
    assert "signature is 'of another'" in capsys.readouterr().err
    file.write_bytes(update.content[: HEAD_BYTES + 100])
    assert main(["firmware", "offer", str(SIGN), str(file), "--data", str(data)]) == 1
    assert "as signed" in capsys.readouterr().err
