"""The table of stalls, and the table of shared memory."""

from itertools import pairwise
from pathlib import Path

import pytest

from gangvakt_sim.board.chipset import build_chip, substitute
from gangvakt_sim.board.regs import R, load_regs
from gangvakt_sim.board.stalls import KINDS, Stalls
from gangvakt_sim.errors import BoardRefusal

GOOD = """
[gc]
live_24_kb = 2
[tls_handshake]
mutual_p256 = 9
[flash]
write_4_kb = [1, 2]
erase_4_kb = [3, 4]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "stalls.toml"
    path.write_text(text)
    return path


def test_the_shipped_table_has_every_kind():
    stalls = Stalls.default()
    assert all(stalls.worst_us(kind) > 0 for kind in KINDS)
    assert stalls.tls_handshake_us == 910_000


def test_a_table_is_read_in_microseconds(tmp_path: Path):
    assert Stalls.load(write(tmp_path, GOOD)) == Stalls(((24576, 2000),), 9000, (1000, 2000), (3000, 4000))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("mutual_p256 = 9", "", "tls_handshake.mutual_p256"),
        ("mutual_p256 = 9", "mutual_p256 = -1", "tls_handshake.mutual_p256"),
        ("[1, 2]", "[2, 1]", "flash.write_4_kb"),
        ("[3, 4]", "5", "flash.erase_4_kb"),
        ("live_24_kb = 2", "live = 2", "gc.live"),
        ("live_24_kb = 2", "live_24_kb = true", "gc.live_24_kb"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_field(tmp_path: Path, old, new, field):
    with pytest.raises(BoardRefusal, match=field):
        Stalls.load(write(tmp_path, GOOD.replace(old, new)))


def test_an_unknown_stall_is_refused_with_the_known_ones():
    with pytest.raises(BoardRefusal, match="flash_erase"):
        Stalls.default().worst_us("coffee")


def test_the_chip_is_built_with_the_numbers_of_the_host(tmp_path: Path):
    build_chip(tmp_path)
    sources = "".join(path.read_text() for path in tmp_path.rglob("*.py"))
    assert "import _regs as R" not in sources
    assert substitute("put(R.WDT_MS, 5)", load_regs()) == f"put({R.WDT_MS}, 5)"


def test_no_two_words_of_shared_memory_overlap():
    spans = [
        (R.GPIO_OUT, R.PINS), (R.GPIO_MODE, R.PINS), (R.GPIO_PULL, R.PINS), (R.GPIO_IN, R.PINS),
        (R.GPIO_FUNC, R.PINS), (R.GPIO_TRIGGER, R.PINS), (R.GPIO_FIRED, R.PINS),
        (R.TIMER, R.TIMERS * R.TIMER_WORDS), (R.UART, R.UARTS * R.UART_WORDS), (R.ADC_MV, R.PINS),
        (R.RMT, R.RMTS * R.RMT_WORDS), (R.WDT_MS, 2), (R.STALL_ON, R.STALL_GC - R.STALL_ON),
        (R.STALL_GC, 3 * R.STALL_GC_MAX_POINTS), (R.FLASH_OP, 5), (R.LOG_HEAD, 4),
        (R.LOG, R.LOG_RECORDS * R.LOG_WORDS), (R.PULSE, R.PULSES),
    ]  # fmt: skip
    spans.sort()
    assert all(start + size <= following for (start, size), (following, _) in pairwise(spans))
