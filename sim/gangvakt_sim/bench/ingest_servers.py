"""The servers of the measurement of ingest, as Debian ships them, for this computer only."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

from gangvakt.provision.pki import KeyFiles, Pki
from gangvakt_sim.bench.context import free_ports, wait_until
from gangvakt_sim.bench.figures import Skipped

MOSQUITTO = Path("/usr/sbin/mosquitto")
POSTGRESQL = Path("/usr/lib/postgresql")
OWNERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
START_S, END_S = 30.0, 30.0
COUNT = "SELECT count(*) FROM events"


@dataclass(frozen=True)
class Broker:
    """A running Mosquitto: the controller comes in by TLS, signs in the clear, so that they cost little."""

    signs: int
    controller: int
    files: KeyFiles


@contextmanager
def mosquitto(folder: Path) -> Iterator[Broker]:
    """Skipped where there is none."""
    if not MOSQUITTO.exists():
        raise Skipped(f"no Mosquitto at {MOSQUITTO}: run 'sudo apt-get install mosquitto'")
    pki = Pki.open(folder / "pki")
    server = pki.server_files(["localhost", "127.0.0.1"])
    signs, controller = free_ports(2)
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {signs} 127.0.0.1\nlistener {controller} 127.0.0.1\n"
        f"cafile {server.authority}\ncertfile {server.certificate}\nkeyfile {server.key}\n"
        "require_certificate true\nuse_identity_as_username true\nuser root\n"
        "allow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 10000\n"
        "persistence false\nlog_dest none\n"
    )
    process = subprocess.Popen([MOSQUITTO, "-c", config])
    try:
        wait_until(lambda: _listens(controller), START_S, "Mosquitto")
        yield Broker(signs, controller, pki.controller_files())
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class SqliteFiles:
    """Fresh databases below `folder`."""

    folder: Path
    name: str = "SQLite"
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh(self) -> str:
        """As `gangvakt serve --store` takes it."""
        return f"sqlite:///{self.folder / f'{next(self._numbers)}.db'}"

    def stored(self, where: str) -> int:
        """How many events are in it; none while it has no tables."""
        with closing(sqlite3.connect(where.removeprefix("sqlite:///"))) as connection:
            return int(connection.execute(COUNT).fetchone()[0])


@dataclass(frozen=True)
class PostgresServer:
    """Fresh databases of a server that only a socket in `folder` leads to; it writes as by default."""

    folder: Path
    name: str = "PostgreSQL"
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh(self) -> str:
        database = f"ingest_{next(self._numbers)}"
        self.ask("postgres", f'CREATE DATABASE "{database}"')
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def stored(self, where: str) -> int:
        """How many events are in it."""
        return int(str(self.ask(where.partition("@/")[2].partition("?")[0], COUNT)))

    def ask(self, database: str, question: str) -> object:
        """The first value of the answer."""

        async def asked() -> object:
            connection = await asyncpg.connect(host=str(self.folder), user="postgres", database=database)
            try:
                return await connection.fetchval(question)
            finally:
                await connection.close()

        return asyncio.run(asked())


Databases = SqliteFiles | PostgresServer


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """Skipped where there is none."""
    programs = _programs()
    # The path of a socket has at most 107 characters, and the server's owner must get there.
    folder = Path(tempfile.mkdtemp(prefix="gangvakt-bench-", dir="/tmp"))
    try:
        owner = _owner()
        if owner is not None:
            shutil.chown(folder, owner)
        with _server(programs, folder, owner) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(programs: Path, folder: Path, owner: str | None) -> Iterator[PostgresServer]:
    data = folder / "data"
    making = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
    ]
    subprocess.run(
        [*making, "--locale=C"], user=owner, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=END_S
    )
    settings = ("-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), *settings],
            user=owner,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        asking = [str(programs / "pg_isready"), "-q", "-h", str(folder)]
        wait_until(lambda: subprocess.run(asking, check=False).returncode == 0, START_S, "PostgreSQL", 0.05)
        yield PostgresServer(folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(END_S)


def _programs() -> Path:
    found = sorted(POSTGRESQL.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Skipped(f"no PostgreSQL in {POSTGRESQL}: run 'sudo apt-get install postgresql'")
    return found[-1].parent


def _owner() -> str | None:
    """Whom the server becomes where root starts it; None where it stays who we are."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    for name in OWNERS:
        if name in known:
            return name
    raise Skipped("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'")
