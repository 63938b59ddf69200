"""A real PostgreSQL of the tests' own, and a fresh database of it for each test."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

PROGRAMS = Path("/usr/lib/postgresql")
OWNERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
START_S = 60.0
DATABASE = "gangvakt"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
ENDED = ("", "Z", "X")  # states of a process


def _state(pid: int) -> str:
    """As in proc(5); "" when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except (FileNotFoundError, ProcessLookupError):
        return ""


@dataclass
class Postgres:
    """A server that only a socket in `folder` leads to; its superuser is `postgres`, without a password."""

    programs: Path
    folder: Path
    owner: str | None
    durable: bool
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def pid(self) -> int:
        assert self.process is not None, "PostgreSQL does not run"
        return self.process.pid

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def fresh(self, template: str = "template0") -> str:
        """The URL of a database that is a copy of `template`, empty by default."""
        name = f"{DATABASE}_{next(self._numbers)}"
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql answers, without decoration."""
        options = ("-h", str(self.folder), "-U", "postgres", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1")
        return self._run("psql", *options, "-c", statement)

    def make(self) -> None:
        trusting = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", str(self.folder / "data"), *trusting)

    def start(self) -> None:
        """Returns when it takes connections."""
        settings = [f"unix_socket_directories={self.folder}", "listen_addresses=", "max_connections=40"]
        settings += ["shared_buffers=16MB", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0"]
        if not self.durable:
            settings += ["fsync=off", "full_page_writes=off"]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        for setting in settings:
            command += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=self.owner, cwd=self.folder)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Connections are cut; what was committed is kept."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the server and of each process of a connection: its own, which it started.

        Stopped first: a process that it started meanwhile would hold its memory, and no server starts beside.
        """
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        while _state(self.pid) != "T":
            time.sleep(0.001)
        children = [
            int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ]
        self._end(signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + START_S
        while any(_state(child) not in ENDED for child in children):
            assert time.monotonic() < deadline, f"one of PostgreSQL's processes {children} does not end"
            time.sleep(0.001)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(START_S)
        self.process = None

    def _answers(self) -> bool:
        command = [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(command, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, user=self.owner, cwd=self.folder
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")
        return done.stdout.strip()


@contextmanager
def a_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A server of its own; `durable` writes as in production. LookupError where it cannot be had."""
    programs, owner = _programs(), _owner()
    # Not below pytest's folder: the path of a socket has at most 107 characters, and `owner` must get there.
    folder = Path(tempfile.mkdtemp(prefix="gangvakt-pg-", dir="/tmp"))
    server = Postgres(programs, folder, owner, durable)
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise LookupError(f"no PostgreSQL in {PROGRAMS}: run 'sudo apt-get install postgresql'")
    return found[-1].parent


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    # Here, because it is there on Unix only, as is everything above.
    import pwd

    known = {one.pw_name for one in pwd.getpwall()}
    for name in OWNERS:
        if name in known:
            return name
    raise LookupError("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'")


@dataclass(frozen=True)
class Stores:
    """Databases of one kind: `fresh` gives the address of a new empty one, `migrated` with our tables."""

    kind: str
    fresh: Callable[[], Path | str]
    migrated: Callable[[], Path | str]


def missing(why: LookupError) -> None:
    """An error in CI, else a skip that says what is lost."""
    if os.environ.get("CI"):
        raise RuntimeError(str(why)) from why
    pytest.skip(f"NOT TESTED ON POSTGRESQL: {why}")
