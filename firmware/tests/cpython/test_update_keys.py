"""Keys that sign updates and follow one another, from the controller's folder to what a sign decides."""

import asyncio
import importlib
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from gangvakt.provision.board import load_board
from gangvakt.provision.pack import files_of_body
from gangvakt.provision.update_file import UpdateFile, build_update
from gangvakt.provision.update_keys import TRUSTED, UpdateKeys

WORD = b"correct horse battery"
BOARD = load_board("virtual")


def word() -> bytes:
    return WORD


@pytest.fixture(scope="module")
def firmware(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("firmware")
    (folder / "sign").mkdir()
    (folder / "sign" / "__init__.py").write_text("")
    (folder / "sign" / "version.py").write_text('VERSION = "1.5.0"\n')
    return folder


@pytest.fixture(scope="module")
def generations(tmp_path_factory, firmware) -> list[UpdateFile]:
    """An update by each of three keys, of which each follows the one before."""
    keys = UpdateKeys(tmp_path_factory.mktemp("keys"))
    keys.create(WORD)
    made = []
    for number in range(3):
        if number:
            keys.renew(word)
        made.append(build_update(BOARD, keys, word, firmware))
    return made


class Sign:
    """What update_check finds around it; `app` and `data` are folders in which `trusted` may be."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "esp32", SimpleNamespace(Partition=None))
        for name in ("sign.hal.app_slot", "sign.services.update_check"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        update_check = importlib.import_module("sign.services.update_check")
        for name in ("sign.hal.app_slot", "sign.services.update_check"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        self.app, self.data = folder / "app", folder / "data"
        self.app.mkdir()
        self.data.mkdir()
        slot = SimpleNamespace(room=200_000, begin=lambda *what: self.begun.append(what))
        update_check.app_slot = SimpleNamespace(of=lambda kind: slot, KIND_AT=6, INTERPRETER=1)
        update_check.sys = SimpleNamespace(implementation=("", (1, 26, 1)), path=[str(self.app)])
        update_check.time = SimpleNamespace(ticks_ms=lambda: 0)
        update_check.asyncio = SimpleNamespace(sleep_ms=lambda ms: asyncio.sleep(0))
        update_check.open = self._open
        self.begun: list[object] = []
        self._room = update_check

    def _open(self, path: str, mode: str) -> BytesIO:
        """What lies at /data as well; of a pack's files none need be closed."""
        return BytesIO(Path(path.replace("/data/", f"{self.data}/")).read_bytes())

    def refuses(self, update: UpdateFile) -> str | None:
        """The field for which it does, None where it takes the update."""
        detector = SimpleNamespace(stall_allowed=lambda now_ms: True)
        status = SimpleNamespace(board="virtual", armed=SimpleNamespace(detector=detector))
        before = len(self.begun)
        offer = b"\x01\x01" + update.manifest.packed()
        why = asyncio.run(self._room.check(status, offer, update.signature))
        assert len(self.begun) - before == (why is None)
        return why and why[0]


@pytest.fixture
def sign(tmp_path, monkeypatch) -> Sign:
    return Sign(tmp_path, monkeypatch)


def trusted_of(update: UpdateFile) -> bytes:
    return files_of_body(update.body)[TRUSTED]


def test_the_follower_is_trusted_and_brings_the_one_that_follows_it(sign, generations):
    first, second, third = generations
    (sign.app / TRUSTED).write_bytes(trusted_of(first))
    assert [sign.refuses(update) for update in generations] == [None, None, "key"]
    (sign.app / TRUSTED).write_bytes(trusted_of(second))
    assert sign.refuses(third) is None
    assert sign.refuses(first) == "key"


def test_a_key_that_nobody_knows_opens_nothing_whatever_mark_it_carries(
    sign, generations, tmp_path, firmware
):
    (sign.app / TRUSTED).write_bytes(trusted_of(generations[0]))
    stranger = UpdateKeys(tmp_path / "stranger")
    stranger.create(WORD)
    assert sign.refuses(build_update(BOARD, stranger, word, firmware)) == "key"
    forged = replace(generations[0].manifest, replaces=9_000_000)
    signature = stranger.signature(forged.packed(), word)
    assert sign.refuses(UpdateFile(forged, signature, generations[0].body)) == "signature"


def test_keys_beside_the_identity_count_where_the_app_carries_none(sign, generations):
    first, second, _ = generations
    assert sign.refuses(first) == "key"
    (sign.data / TRUSTED).write_bytes(trusted_of(first))
    assert sign.refuses(first) is None
    (sign.app / TRUSTED).write_bytes(trusted_of(second))
    assert sign.refuses(first) == "key"
