"""The interpreter as the chip: one child process for each run between two resets."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gangvakt_sim.board.chipset import build_chip
from gangvakt_sim.board.serial import Console
from gangvakt_sim.board.shm import SharedMemory

# For the modules that are the chip, beside the heap of the program.
MODEL_HEAP = 512 << 10
# The interpreter ends a recursion after 40 kB of C stack, the chip after 16: so much is used up beforehand.
RECURSION_STACK = 22_000


class ChipFiles:
    """The built modules in a folder of their own, which lives as long as this object."""

    def __init__(self, variant: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gangvakt-chip-")
        self.path = Path(self._folder.name)
        build_chip(self.path, variant)

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()


class Wires:
    """File descriptors between host and chip: an event that wakes it, a pipe that tells it if we live."""

    def __init__(self) -> None:
        self.poke_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.life_fd, self._our_end = os.pipe()

    def poke(self) -> None:
        """Let the chip look at what changed."""
        os.eventfd_write(self.poke_fd, 1)

    def close(self) -> None:
        """The chip ends itself if it still runs."""
        for fd in (self.poke_fd, self.life_fd, self._our_end):
            os.close(fd)


def start_chip(
    argv: Sequence[str],
    heap: int,
    files: ChipFiles,
    memory: SharedMemory,
    flash_fd: int,
    wires: Wires,
    console: Console,
) -> subprocess.Popen[bytes]:
    """Start the interpreter; its program shall have `heap` bytes, its streams are the console."""
    fds = (memory.fd, flash_fd, wires.poke_fd, wires.life_fd)
    environment = {
        "MICROPYPATH": f"{files.path}:.frozen",
        "GANGVAKT_BOARD_FDS": ",".join(map(str, fds)),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    }
    child = subprocess.Popen(
        [*argv, "-X", f"heapsize={heap + MODEL_HEAP}", "-c", "import _start"],
        stdin=console.slave,
        stdout=console.slave,
        stderr=console.slave,
        env=environment,
        pass_fds=fds,
        start_new_session=True,  # a Ctrl-C at the user's terminal is not the board's
    )
    console.release_slave()
    return child
