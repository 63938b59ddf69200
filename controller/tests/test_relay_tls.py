"""Requests to targets over TLS: to the address that was checked, with the certificate of the name."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import pytest

from gangvakt.provision.pki import server_context
from gangvakt.relay import http
from gangvakt.relay.outcome import Verdict
from gangvakt.relay.targets import Target as Url

from .relaying import Target, a_target
from .support import Keys


@pytest.fixture
async def target(keys: Keys) -> AsyncIterator[Target]:
    context = server_context(keys.pki.server_files(["signs.example.no"]))
    context.verify_mode = ssl.CERT_NONE
    async with a_target(context) as target:
        yield target


@pytest.fixture
async def poster(keys: Keys) -> AsyncIterator[http.Poster]:
    poster = http.Poster(ssl.create_default_context(cafile=str(keys.pki.controller_files().authority)))
    yield poster
    await poster.close()


def stands_for(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """What a name stands for, one answer a question; those that are left over."""
    left = list(answers)

    async def addresses(url: Url) -> tuple[str, ...]:
        return (left.pop(0),)

    monkeypatch.setattr(Url, "addresses", addresses)
    return left


async def test_the_name_is_checked_though_the_address_is_called(
    target: Target, poster: http.Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_for(monkeypatch, "127.0.0.1")
    url = Url.parse(f"https://signs.example.no:{target.port}/hook", allow_private=False)
    outcome = await poster.post(url, b"{}", {})
    assert outcome.verdict is Verdict.DONE, outcome.why
    assert target.requests[0].headers["host"] == f"signs.example.no:{target.port}"


async def test_another_names_certificate_is_none(
    target: Target, poster: http.Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_for(monkeypatch, "127.0.0.1")
    url = Url.parse(f"https://other.example.no:{target.port}/hook", allow_private=False)
    outcome = await poster.post(url, b"{}", {})
    assert outcome.verdict is Verdict.RETRY
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.why
    assert target.requests == []


async def test_a_name_is_asked_once_a_request(
    target: Target, poster: http.Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers differently a moment later changes nothing: the checked address is the called one."""
    left = stands_for(monkeypatch, "127.0.0.1", "127.0.0.2")
    await poster.post(Url.parse(f"https://signs.example.no:{target.port}/", allow_private=False), b"{}", {})
    assert left == ["127.0.0.2"]
