"""Tries a running broker as its clients would: what it lets in, and what it lets them say."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import aiomqtt

from gangvakt.broker.acl import SIGNS_ROOT
from gangvakt.broker.port import Endpoint
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import Credentials, Period, make_authority, make_client
from gangvakt.provision.pki import CONTROLLER_NAME, KeyFiles, Pki, client_context

MUNICIPALITY = "gangvakt-check"
WAIT_S = 5.0
LIFE = timedelta(minutes=10)
KEEPALIVE_S = 10
CONNECT, ACCEPTED = 0x10, b"\0"


class Row(NamedTuple):
    """One thing that was tried; `found` is what came of it."""

    what: str
    ok: bool
    found: str


async def check_broker(controller: Endpoint, signs: Endpoint, pki: Pki) -> list[Row]:
    """Every check, in the order of the table; none of them raises."""
    with tempfile.TemporaryDirectory() as folder:
        return await _Check(controller, signs, pki, Path(folder)).all()


class _Check:
    def __init__(self, controller: Endpoint, signs: Endpoint, pki: Pki, folder: Path) -> None:
        self._inner, self._outer, self._pki, self._folder = controller, signs, pki, folder
        run = secrets.token_hex(4)
        self._one, self._other = SignId(MUNICIPALITY, run, "one"), SignId(MUNICIPALITY, run, "other")
        now = datetime.now(UTC)
        self._period = Period(now - timedelta(days=1), now + LIFE)

    async def all(self) -> list[Row]:
        tries: list[tuple[str, Callable[[], Awaitable[str | None]]]] = [
            ("the controller logs in at its listener", self._controller_logs_in),
            ("a sign logs in at the signs' listener", self._sign_logs_in),
            ("nobody comes in without a certificate", self._nobody_without),
            ("nobody comes in by an unknown authority", self._nobody_unknown),
            ("a certificate that has ended is refused", self._nobody_ended),
            ("what a sign says below its own topics arrives", self._own_arrives),
            ("what a sign says on a neighbour's topics does not", self._other_does_not),
            ("a sign hears its own topics and no neighbour's", self._hears_own),
        ]
        return [await self._row(what, attempt) for what, attempt in tries]

    async def _row(self, what: str, attempt: Callable[[], Awaitable[str | None]]) -> Row:
        """An attempt answers what is wrong, or None."""
        try:
            async with asyncio.timeout(4 * WAIT_S):
                wrong = await attempt()
        except TimeoutError:
            wrong = "no answer"
        except ssl.SSLError as error:
            wrong = f"TLS: {error.reason or error}"
        except (OSError, aiomqtt.MqttError) as error:
            wrong = str(error) or type(error).__name__
        return Row(what, wrong is None, wrong or "as it must be")

    async def _controller_logs_in(self) -> None:
        async with self._controller():
            pass

    async def _sign_logs_in(self) -> None:
        async with self._sign(self._one):
            pass

    async def _nobody_without(self) -> str | None:
        tls = ssl.create_default_context(cafile=str(self._pki.controller_files().authority))
        return await self._gets_in(tls)

    async def _nobody_unknown(self) -> str | None:
        stranger = make_authority(self._period)
        return await self._gets_in(self._tls(make_client(stranger, str(self._one), self._period)))

    async def _nobody_ended(self) -> str | None:
        begin = self._pki.authority.certificate.not_valid_before_utc
        ended = Period(begin, begin + timedelta(minutes=1))
        return await self._gets_in(self._tls(make_client(self._pki.authority, str(self._one), ended)))

    async def _own_arrives(self) -> str | None:
        heard = await self._heard([f"{self._topic(self._one)}/command"])
        return None if heard == [f"{self._topic(self._one)}/command"] else f"heard: {heard or 'nothing'}"

    async def _other_does_not(self) -> str | None:
        # What is for signs: a controller that works meanwhile does not read it.
        marker = f"{self._topic(self._one)}/command"
        heard = await self._heard([f"{self._topic(self._other)}/command", "gangvakt-sim/v1/check", marker])
        return None if heard == [marker] else f"heard: {heard or 'nothing'}"

    async def _hears_own(self) -> str | None:
        own, other = f"{self._topic(self._one)}/command", f"{self._topic(self._other)}/command"
        async with self._sign(self._one) as sign, self._controller() as controller:
            await sign.subscribe([("#", 1), (f"{self._topic(self._other)}/#", 1), (f"{own}/#", 1)])
            await controller.publish(other, b"", qos=1)
            await controller.publish(own, b"", qos=1)
            heard = await _until(sign, own)
        return None if set(heard) == {own} else f"heard: {heard or 'nothing'}"

    async def _heard(self, topics: list[str]) -> list[str]:
        """What the controller hears when a sign says something on each of `topics`, up to the last."""
        async with self._controller() as controller, self._sign(self._one) as sign:
            await controller.subscribe([(f"{SIGNS_ROOT}/{MUNICIPALITY}/#", 1), ("gangvakt-sim/v1/check", 1)])
            for topic in topics:
                await sign.publish(topic, b"", qos=1)
            return await _until(controller, topics[-1])

    async def _gets_in(self, tls: ssl.SSLContext) -> str | None:
        if await _is_welcome(self._outer, str(self._one), tls):
            return "it comes in"
        # Refused for what it is, or is nobody there?
        async with self._sign(self._one):
            return None

    def _topic(self, sign: SignId) -> str:
        return f"{SIGNS_ROOT}/{sign}"

    def _controller(self) -> aiomqtt.Client:
        # Another client id than that of a controller that works meanwhile.
        return aiomqtt.Client(
            self._inner.host,
            self._inner.port,
            identifier=f"{CONTROLLER_NAME}:check",
            tls_context=client_context(self._pki.controller_files()),
            timeout=WAIT_S,
        )

    def _sign(self, sign: SignId) -> aiomqtt.Client:
        made = make_client(self._pki.authority, str(sign), self._period)
        return aiomqtt.Client(
            self._outer.host,
            self._outer.port,
            identifier=str(sign),
            tls_context=self._tls(made),
            timeout=WAIT_S,
        )

    def _tls(self, made: Credentials) -> ssl.SSLContext:
        certificate, key = self._folder / "held.crt", self._folder / "held.key"
        certificate.write_bytes(made.certificate_pem)
        key.touch(0o600)
        key.write_bytes(made.key_pem)
        return client_context(KeyFiles(self._pki.controller_files().authority, certificate, key))


async def _is_welcome(endpoint: Endpoint, name: str, tls: ssl.SSLContext) -> bool:
    """By hand: with TLS 1.3 a client learns only after its handshake that it is refused."""
    writer = None
    named = len(name).to_bytes(2, "big") + name.encode()
    hello = b"\0\4MQTT\4\2" + KEEPALIVE_S.to_bytes(2, "big") + named  # MQTT 3.1.1, 3.1: a clean session
    try:
        reader, writer = await asyncio.open_connection(endpoint.host, endpoint.port, ssl=tls)
        writer.write(bytes([CONNECT, len(hello)]) + hello)
        return (await reader.read(4))[3:] == ACCEPTED
    except (ssl.SSLError, ConnectionError):
        return False
    finally:
        if writer is not None:
            writer.transport.abort()


async def _until(client: aiomqtt.Client, last: str) -> list[str]:
    heard = []
    async for message in client.messages:
        heard.append(message.topic.value)
        if message.topic.value == last:
            break
    return heard
