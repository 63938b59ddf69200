"""Requests to targets that somebody has named: bounded, without redirects, to a checked address."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from gangvakt import __version__
from gangvakt.errors import RelayRefused
from gangvakt.relay.outcome import DONE, Outcome, refuse, retry
from gangvakt.relay.targets import Target

TIMEOUT_S = 10.0
MOST_CONNECTIONS = 2
LARGEST_REPLY = 2048  # bytes read of an answer: enough to say what is wrong
AGENT = f"gangvakt/{__version__}"

# What says that this very message will never do. With any other error somebody can mend the target.
HOPELESS = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class Poster:
    """Posts to one target after the other; keeps its connections until `close`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._client = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(),
            timeout=TIMEOUT_S,
            limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": AGENT},
        )

    async def post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """What became of it: 2xx is done, everything else says why not."""
        try:
            names = await target.addresses()
            return await self._post(target, names[0], body, headers)
        except RelayRefused as error:
            return retry(str(error))
        except OSError as error:
            return retry(f"{target.url.host}: {error.strerror or error}")
        except httpx.HTTPError as error:
            return retry(f"{target.url.host}: {_line(str(error)) or type(error).__name__}")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        host = target.url.netloc.decode()
        request = self._client.build_request(
            "POST",
            target.url.copy_with(host=address),
            content=body,
            headers={**headers, "host": host},
            extensions={"sni_hostname": target.url.host},
        )
        reply = await self._client.send(request, stream=True)
        try:
            return _outcome(reply, await _beginning(reply))
        finally:
            await reply.aclose()


async def _beginning(reply: httpx.Response) -> str:
    if reply.is_success:
        return ""
    data = b""
    async for piece in reply.aiter_raw():
        data += piece
        if len(data) >= LARGEST_REPLY:
            break
    return _line(data[:LARGEST_REPLY].decode(errors="replace"))


def _outcome(reply: httpx.Response, text: str) -> Outcome:
    status = reply.status_code
    if reply.is_success:
        return DONE
    why = f"{reply.url.scheme} {status} {reply.reason_phrase}" + (f": {text}" if text else "")
    if reply.has_redirect_location:
        return retry(f"{why}: it redirects, which is not followed; give the address where it leads")
    return refuse(why) if status in HOPELESS else retry(why, _asked_s(reply))


def _asked_s(reply: httpx.Response) -> float | None:
    """Retry-After, as seconds or as a date."""
    text = reply.headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text[:6])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:200]
