"""Flight recordings on their way from a sign to a file, whatever happens to their pieces."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import RecordingRefused
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.ingest import Ingest
from gangvakt.recordings import LARGEST, RecordingFolder, State, Transfers, folder, read_head, transfers

from .flights import a_recording, held, pieces
from .migrated import a_store
from .support import NORTH, SOUTH, eventually, eventually_async

TOPIC = f"gangvakt/v1/{NORTH}/recording"


class Clock:
    s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def coming(tmp_path: Path, clock: Clock) -> AsyncIterator[Transfers]:
    found = Transfers(RecordingFolder(tmp_path), clock)
    task = asyncio.create_task(found.run())
    yield found
    task.cancel()


def state(coming: Transfers, number: int = 7, sign: SignId = NORTH) -> State | None:
    found = coming.progress(sign, number)
    return found.state if found else None


def send(coming: Transfers, sent: list[bytes]) -> None:
    for piece in sent:
        coming.put(NORTH, piece)


async def kept(coming: Transfers, number: int = 7) -> bytes:
    await eventually(lambda: state(coming, number) is State.KEPT)
    found = coming.progress(NORTH, number)
    assert found is not None
    assert found.file is not None
    return found.file.read_bytes()


async def test_pieces_become_a_file_called_by_sign_boot_event_and_number(
    coming: Transfers, tmp_path: Path
) -> None:
    data = a_recording()
    coming.ask(NORTH, 7)
    assert state(coming) is State.ASKED
    first, *rest = pieces(data)
    coming.put(NORTH, first)
    told = coming.progress(NORTH, 7)
    assert told is not None
    assert (told.state, told.received, told.bytes) == (State.COMING, 160, len(data))
    send(coming, rest)
    assert await kept(coming) == data
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.gvfr")] == [
        Path("drammen/storgata/north/00003-00012-00007.gvfr")
    ]
    assert coming.refused == 0


async def test_pieces_delivered_twice_and_a_second_fetch_change_nothing(coming: Transfers) -> None:
    data = a_recording()
    sent = pieces(data)
    send(coming, [*sent[:4], *sent[:4], *sent[2:], sent[-1]])
    assert await kept(coming) == data
    marked = held(data)
    for piece in [*sent[:4], *pieces(marked)]:  # it is held in the midst of being sent, and fetched again
        coming.put(NORTH, piece)
    assert await kept(coming) == marked
    assert coming.refused == 0


async def test_two_signs_do_not_meet(coming: Transfers) -> None:
    ours, theirs = a_recording(), a_recording(seq=99)
    for one, other in zip(pieces(ours), pieces(theirs), strict=True):
        coming.put(NORTH, one)
        coming.put(SOUTH, other)
    await eventually(lambda: state(coming, sign=SOUTH) is State.KEPT)
    assert await kept(coming) == ours


async def test_a_gap_breaks_it_and_the_rest_is_counted(coming: Transfers) -> None:
    sent = pieces(a_recording())
    coming.ask(NORTH, 7)
    coming.put(NORTH, sent[0])
    with pytest.raises(RecordingRefused, match="position is 320; allowed: 160"):
        coming.put(NORTH, sent[2])
    send(coming, sent[3:])
    told = coming.progress(NORTH, 7)
    assert told is not None
    assert (told.state, told.why) == (State.BROKEN, "at byte 160 came the piece of byte 320")
    assert coming.refused == len(sent) - 2
    send(coming, sent)
    assert await kept(coming) == a_recording()


async def test_the_rest_of_one_that_began_before_this_process_is_counted(coming: Transfers) -> None:
    sent = pieces(a_recording())
    coming.ask(NORTH, 7)  # again, while the sign still sends what it was asked for before
    send(coming, sent[5:])
    assert (coming.refused, state(coming)) == (len(sent) - 5, State.ASKED)
    send(coming, sent)
    assert await kept(coming) == a_recording()


@pytest.mark.parametrize("at", [0, 4, 5, 8, 20, 36, 128, 700])
async def test_a_wrong_bit_is_never_kept(coming: Transfers, tmp_path: Path, at: int) -> None:
    data = bytearray(a_recording())
    data[at] ^= 0x10
    *sent, last = pieces(bytes(data), number=7)
    send(coming, sent)
    with pytest.raises(RecordingRefused, match="recording: "):
        coming.put(NORTH, last)
    assert (state(coming), coming.refused) == (State.BROKEN, 1)
    assert not list(tmp_path.rglob("*.gvfr"))


async def test_one_that_says_another_number_than_its_pieces_is_refused(coming: Transfers) -> None:
    with pytest.raises(RecordingRefused, match="number"):
        send(coming, pieces(a_recording(number=8), number=7))


async def test_one_that_falls_silent_is_given_up(coming: Transfers, clock: Clock) -> None:
    coming.put(NORTH, pieces(a_recording())[0])
    clock.s = transfers.SILENT_S
    assert state(coming) is State.COMING
    clock.s += 1
    told = coming.progress(NORTH, 7)
    assert told is not None
    assert told.why == "nothing more came within 60 s"


async def test_of_many_signs_the_newest_are_remembered(
    coming: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "MOST_SIGNS", 3)
    signs = [SignId("drammen", "storgata", f"s{n}") for n in range(5)]
    for sign in signs:
        coming.put(sign, pieces(a_recording())[0])
    found = [state(coming, sign=sign) for sign in signs]
    assert found == [None, None, State.COMING, State.COMING, State.COMING]


async def test_of_many_that_wait_for_the_disk_one_too_many_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "MOST_WAITING", 2)
    coming = Transfers(RecordingFolder(tmp_path))  # nobody writes
    for number in (1, 2):
        send(coming, pieces(a_recording(number)))
    with pytest.raises(RecordingRefused, match="waiting"):
        send(coming, pieces(a_recording(3)))
    assert state(coming, 3) is State.BROKEN


async def test_another_recording_of_the_same_name_replaces_none(tmp_path: Path) -> None:
    kept, data = RecordingFolder(tmp_path), a_recording()
    first = kept.keep(NORTH, read_head(data, "x"), data)
    assert kept.keep(NORTH, read_head(data, "x"), held(data)) == first
    other = a_recording(up_s=5)  # of the board that stood there before
    second = kept.keep(NORTH, read_head(other, "x"), other)
    assert second != first
    assert (first.read_bytes(), second.read_bytes()) == (held(data), other)


async def test_the_oldest_files_of_a_sign_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    kept = RecordingFolder(tmp_path)
    for number in (1, 2, 3):
        data = a_recording(number)
        kept.keep(NORTH, read_head(data, "x"), data)
    assert sorted(path.name[-7:-5] for path in tmp_path.rglob("*.gvfr")) == ["02", "03"]


async def test_a_folder_that_cannot_be_written_breaks_that_one_only(tmp_path: Path) -> None:
    (tmp_path / "drammen").write_text("in the way")
    coming = Transfers(RecordingFolder(tmp_path))
    task = asyncio.create_task(coming.run())
    send(coming, pieces(a_recording()))
    await eventually(lambda: state(coming) is State.BROKEN)
    told = coming.progress(NORTH, 7)
    assert told is not None
    assert "cannot write to" in str(told.why)
    (tmp_path / "drammen").unlink()
    send(coming, pieces(a_recording()))
    await kept(coming)
    task.cancel()


async def test_what_ingest_cannot_use_is_a_dead_letter_and_what_it_can_is_none(tmp_path: Path) -> None:
    async with a_store(tmp_path / "x.db") as store:
        ingest = Ingest(LiveFleet(), store.journal)
        ingest.recordings = coming = Transfers(RecordingFolder(tmp_path))

        async def no_ack(ack: object) -> None: ...

        tasks = [asyncio.create_task(ingest.run(no_ack)), asyncio.create_task(coming.run())]
        for payload in (b"", b"{}", *pieces(a_recording()), b"\x02" + bytes(20)):
            ingest.receive(TOPIC, payload)
        await kept(coming)

        async def buried() -> bool:
            return len(await store.dead_letters.latest()) == 3

        await eventually_async(buried)
        assert coming.refused == 3
        for task in tasks:
            task.cancel()


GOOD = pieces(a_recording())
ODD = st.builds(
    lambda number, at, data: struct.pack(">BIHH", 1, number, at, 300) + data,
    st.integers(6, 8),
    st.integers(0, 400),
    st.binary(min_size=1, max_size=160),
)


@pytest.mark.parser
@given(st.lists(st.sampled_from(GOOD) | ODD | st.binary(max_size=200), max_size=12))
def test_whatever_bytes_come_none_is_kept_that_is_not_whole(sent: list[bytes]) -> None:
    coming = Transfers(RecordingFolder(Path("nowhere")))
    for payload in sent:
        with suppress(RecordingRefused):
            coming.put(NORTH, payload)
        for number in (6, 7, 8):
            found = coming.progress(NORTH, number)
            assert found is None or found.received <= (found.bytes or 0) <= LARGEST
            assert found is None or found.state is not State.WHOLE or set(GOOD) <= set(sent)


@pytest.mark.parser
@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_damaged_file_is_refused_or_the_same(noise: bytes, at: int) -> None:
    whole = a_recording()
    data = whole[:at] + noise + whole[at + len(noise) :]
    try:
        head = read_head(data, "x")
    except RecordingRefused:
        return
    assert (data[:40], data[128:]) == (whole[:40], whole[128:])
    assert head.bytes == len(data)
    assert zlib.crc32(data[:36]) == struct.unpack_from("<I", data, 36)[0]
