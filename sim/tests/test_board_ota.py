"""Two interpreters on a board: what Partition writes, the boot loader reads, and takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from gangvakt.provision.board import BoardSpec, load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.otadata import ENTRY, SECTOR, Choice, State
from gangvakt_sim.bootrom.app_image import Segment, write_image

PATIENCE_S = 15
IMAGE = write_image(0, (2, 0x20), 0x40080000, [Segment(0x3FFF0000, bytes(range(256)) * 20)])
SPEC = load_board("virtual").model_copy(update={"partitions": load_board("esp32-devkitc-ota").partitions})


Start = Callable[..., VirtualBoard]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(main_py, other=image): a board with two slots; the second has `other`."""
    boards = []

    def made(main_py: str, other: bytes = IMAGE) -> VirtualBoard:
        files = {"/boot.py": b"", "/main.py": HEAD + dedent(main_py).encode()}
        images = {"vfs": littlefs_image(SPEC.partition("vfs"), files), "ota_0": IMAGE, "ota_1": other}
        flash = tmp_path / "flash.bin"
        flash.write_bytes(merge_flash(SPEC, images))
        board = VirtualBoard(SPEC, flash)
        boards.append(board)
        board.start()
        return board

    yield made
    for board in boards:
        board.stop()


HEAD = b"""
import machine
from esp32 import Partition
runs = Partition(Partition.RUNNING)
name = runs.info()[4]
print('runs', name)
"""


def choices(spec: BoardSpec, flash: Path) -> list[tuple[int, int]]:
    """(sequence number, state) of each entry of otadata."""
    at, content = spec.partition("otadata").offset, flash.read_bytes()
    found = [Choice.unpacked(content[at + SECTOR * n :][: ENTRY.size]) for n in range(2)]
    return [(one.number, one.state) for one in found if one.is_sound]


def test_a_fresh_board_runs_the_first_and_the_boot_loader_notes_it(start: Start):
    board = start("print('next', runs.get_next_update().info()[4], Partition(Partition.BOOT).info()[4])")
    board.output.wait_for("next ota_1 ota_0", PATIENCE_S)
    assert choices(SPEC, board.flash) == [(1, State.VALID)]


def test_a_new_interpreter_that_is_marked_valid_stays(start: Start):
    board = start(
        """
        if name == 'ota_0':
            runs.get_next_update().set_boot()
            machine.reset()
        Partition.mark_app_valid_cancel_rollback()
        print('marked')
        """
    )
    board.output.wait_for("marked", PATIENCE_S)
    assert choices(SPEC, board.flash) == [(1, State.VALID), (2, State.VALID)]
    board.power_cycle()
    board.output.wait_for("runs ota_1", PATIENCE_S)
    assert board.output.text().count("runs ota_0") == 1


def test_one_that_is_not_marked_is_left_at_the_next_start_for_good(start: Start):
    board = start(
        """
        try:
            open('/tried')
        except OSError:
            open('/tried', 'w').close()
            runs.get_next_update().set_boot()
            machine.reset()
        if name == 'ota_1':
            print('soft' if machine.reset_cause() == machine.SOFT_RESET else 'hard')
            machine.soft_reset() if machine.reset_cause() != machine.SOFT_RESET else machine.reset()
        print('back')
        """
    )
    board.output.wait_for("back", PATIENCE_S)
    said = board.output.text()
    assert said.index("hard") < said.index("soft") < said.index("back")
    assert choices(SPEC, board.flash) == [(1, State.VALID), (2, State.ABORTED)]
    board.power_cycle()
    board.output.wait_for("back", PATIENCE_S)


@pytest.mark.parametrize(
    "spoil", [lambda image: image[:-1] + b"?", lambda image: b"", lambda image: image[:900]]
)
def test_what_is_no_whole_image_cannot_be_chosen(start: Start, spoil: Callable[[bytes], bytes]):
    board = start(
        """
        try:
            runs.get_next_update().set_boot()
        except OSError as error:
            print('refused', error.args)
        """,
        spoil(IMAGE),
    )
    board.output.wait_for("refused (-5379, 'ESP_ERR_OTA_VALIDATE_FAILED')", PATIENCE_S)
    assert choices(SPEC, board.flash) == [(1, State.VALID)]
