"""Boards for the tests: a virtual board that runs a given main.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard

StartBoard = Callable[..., VirtualBoard]


@pytest.fixture
def start_board(tmp_path: Path) -> Iterator[StartBoard]:
    """start_board(main_py, **options): a board that runs it, stopped after the test."""
    boards = []

    def start(main_py: str | None = None, **options: Any) -> VirtualBoard:
        spec = load_board("virtual")
        flash = tmp_path / f"flash{len(boards)}.bin"
        if main_py is not None:
            files = {"/boot.py": b"", "/main.py": dedent(main_py).encode()}
            flash.write_bytes(merge_flash(spec, {"vfs": littlefs_image(spec.partition("vfs"), files)}))
        board = VirtualBoard(spec, flash, **options)
        boards.append(board)
        board.start()
        return board

    yield start
    for board in boards:
        board.stop()
