"""Mosquitto 2 as the controller's own: for service."""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import socket
import ssl
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509

from gangvakt.broker.guard import Guard, ReadAccess
from gangvakt.broker.mosquitto_child import MosquittoChild
from gangvakt.broker.mosquitto_config import Listeners
from gangvakt.broker.mosquitto_folder import MosquittoFolder
from gangvakt.broker.port import Endpoint
from gangvakt.errors import BrokerFailed
from gangvakt.provision.pki import KeyFiles
from gangvakt.settings import LOOPBACK

LOG = logging.getLogger(__name__)

USERS = ("mosquitto", "nobody")  # whom it becomes where root starts it
OPTION = "--mqtt-port"

Certificates = Callable[[], Mapping[str, x509.Certificate]]


class MosquittoBroker:
    """Configured, started, watched and kept in step with who may come in.

    `access` says who may, `server` gives the broker's certificate, `tls` is for the controller's connections.
    Mosquitto does not tell by which certificate a client is connected: `certificates` does.
    """

    def __init__(
        self,
        folder: Path,
        host: str,
        port: int,
        *,
        access: ReadAccess,
        server: Callable[[], KeyFiles],
        tls: ssl.SSLContext,
        certificates: Certificates = dict,
    ) -> None:
        self._path, self._host, self._port = folder, host, port
        self._access, self._server, self._tls = access, server, tls
        self._certificates = certificates
        self._listeners: Listeners | None = None
        self._child: MosquittoChild | None = None
        self._guard: Guard | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def endpoint(self) -> Endpoint:
        """The controller's listener, on this computer only; valid after `start`."""
        listeners = self._started()
        return Endpoint(listeners.controller_host, listeners.controller_port)

    @property
    def signs_port(self) -> int:
        return self._started().port

    @property
    def pid(self) -> int | None:
        """Of the Mosquitto that runs now."""
        return self._child.pid if self._child else None

    async def start(self) -> None:
        user = _user_for(self._path)
        folder = MosquittoFolder(self._path, user and (user.pw_uid, user.pw_gid))
        self._listeners = listeners = Listeners(
            self._host, self._port or _free_port(self._host), LOOPBACK, _free_port(LOOPBACK)
        )
        folder.write_configuration(listeners, user.pw_name if user else _root_or_none())
        self._child = child = MosquittoChild(folder.configuration, listeners.port, OPTION)
        self._guard = guard = Guard(folder, self._access, self._server, self._tls, child.reread)
        await guard.write()
        await child.start()
        self._tasks = [
            asyncio.create_task(child.run()),
            asyncio.create_task(guard.run(lambda: self.endpoint)),
        ]

    async def wake(self) -> None:
        """Who may come in has changed."""
        if self._guard is not None:
            await self._guard.wake()

    def certificates(self) -> Mapping[str, x509.Certificate]:
        return self._certificates()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._child is not None:
            await self._child.stop()

    def _started(self) -> Listeners:
        if self._listeners is None:
            raise BrokerFailed("Mosquitto is not started")
        return self._listeners


def _free_port(host: str) -> int:
    """Mosquitto cannot choose one itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _user_for(folder: Path) -> pwd.struct_passwd | None:
    """Whom Mosquitto becomes; None where it stays who we are."""
    if os.geteuid() != 0:
        return None
    above = folder.resolve().parents
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in above if parent.exists()):
        LOG.warning("Mosquitto runs as root: nobody else may enter the folders above %s", folder)
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _root_or_none() -> str | None:
    """Mosquitto becomes somebody else by itself where it is not told to stay root."""
    return "root" if os.geteuid() == 0 else None
