"""A Mosquitto of our own as a child process: started, watched, started again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from enum import Enum
from pathlib import Path

from gangvakt.errors import BrokerFailed, MosquittoMissing, PortTaken

LOG = logging.getLogger(__name__)

# Debian keeps it where the paths of ordinary users do not lead.
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
START_S = 15.0  # a store of a thousand signs is read in a second
STOP_S, ASK_EVERY_S = 5.0, 0.5  # it writes its store
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
GOOD_RUN_S = 60.0  # after such a run the next pause is the first one again
LONGEST_LINE = 64 * 1024
LAST_LINES = 3

READY, TAKEN = b" running", b"Address already in use"


class ChildState(Enum):
    """What the child does."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"  # it died, and is started again after a while


TRANSITIONS: dict[ChildState, frozenset[ChildState]] = {
    ChildState.STOPPED: frozenset({ChildState.STARTING}),
    ChildState.STARTING: frozenset({ChildState.RUNNING, ChildState.PAUSING, ChildState.STOPPED}),
    ChildState.RUNNING: frozenset({ChildState.PAUSING, ChildState.STOPPED}),
    ChildState.PAUSING: frozenset({ChildState.STARTING, ChildState.STOPPED}),
}


def find_mosquitto() -> Path:
    """The program. MosquittoMissing."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES))
    found = shutil.which("mosquitto", path=path)
    if found is None:
        raise MosquittoMissing
    return Path(found)


class MosquittoChild:
    """`configuration` is its file; `port` and `option` are named when the port is taken."""

    def __init__(self, configuration: Path, port: int, option: str) -> None:
        self._configuration, self._port, self._option = configuration, port, option
        self._pid_file = configuration.with_suffix(".pid")
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._last: list[str] = []
        self.state = ChildState.STOPPED

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Returns when it takes connections. MosquittoMissing, PortTaken, BrokerFailed."""
        program = find_mosquitto()
        await self._end_orphan()
        self._become(ChildState.STARTING)
        self._ready.clear()
        self._last.clear()
        # A session of its own: Ctrl-C is for us, and we stop it when nobody needs it any more.
        self._process = process = await asyncio.create_subprocess_exec(
            str(program),
            "-c",
            str(self._configuration),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        self._pid_file.write_text(str(process.pid))
        self._reading = asyncio.create_task(self._read(process))
        try:
            await self._until_ready(process)
        except BaseException:
            await self.stop()
            raise
        self._become(ChildState.RUNNING)

    def reread(self) -> None:
        """It takes over certificates, lists and rules as they lie in its folder now."""
        if self.pid is not None and self.state is ChildState.RUNNING:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGHUP)

    async def run(self) -> None:
        """Starts it again whenever it dies, until cancelled."""
        pause_s, loop = FIRST_PAUSE_S, asyncio.get_running_loop()
        while True:
            begin = loop.time()
            if self._process is not None and self.state is ChildState.RUNNING:
                code = await self._process.wait()
                self._become(ChildState.PAUSING)
                LOG.error("Mosquitto ended (%s); it is started again", _ending(code))
            if loop.time() - begin >= GOOD_RUN_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            try:
                await self.start()
            except (BrokerFailed, PortTaken) as error:
                LOG.error("%s", error)

    async def stop(self) -> None:
        """Ends it; it writes its store before."""
        self.state = ChildState.STOPPED  # allowed from everywhere
        if self._process is not None:
            await _end(self._process)
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        self._process = self._reading = None
        self._pid_file.unlink(missing_ok=True)

    def _become(self, state: ChildState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise BrokerFailed(f"Mosquitto cannot become {state.value} while it is {self.state.value}")
        self.state = state

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        ready = asyncio.create_task(self._ready.wait())
        ended = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({ready, ended}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
        if self._ready.is_set():
            return
        if process.returncode is None:
            raise BrokerFailed(f"Mosquitto takes no connections within {START_S:.0f} s: {self._told()}")
        if self._reading is not None:
            await self._reading
        if TAKEN.decode() in self._told():
            raise PortTaken(self._port, self._option)
        raise BrokerFailed(f"Mosquitto does not start ({_ending(process.returncode)}): {self._told()}")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Its lines into our log; its first field, the time in seconds, is left out."""
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than LONGEST_LINE: what a peer called itself
                continue
            if not line:
                return
            text = line.decode(errors="replace").strip().partition(": ")[2]
            self._last = [*self._last[1 - LAST_LINES :], text]
            if line.rstrip().endswith(READY):
                self._ready.set()
            LOG.log(logging.ERROR if text.startswith("Error") else logging.INFO, "mosquitto: %s", text)

    def _told(self) -> str:
        return "; ".join(self._last) or "it said nothing"

    async def _end_orphan(self) -> None:
        """One that outlived a controller which was killed: it holds the port, and a store that is ours."""
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return
        if str(self._configuration).encode() not in command:
            return
        LOG.warning("a Mosquitto of an earlier run is ended: process %d", pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                while Path(f"/proc/{pid}/cmdline").exists() and _is_alive(pid):
                    await asyncio.sleep(0.05)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Asks again and again: Mosquitto forgets what it is asked just before its main loop begins."""
    begin, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
    while process.returncode is None and loop.time() - begin < STOP_S:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_EVERY_S):
                await process.wait()
    if process.returncode is None:
        LOG.warning("Mosquitto does not stop; it is killed")
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _is_alive(pid: int) -> bool:
    """Not where it only waits for its parent to notice its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
