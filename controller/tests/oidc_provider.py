"""A small OpenID Connect provider on a loopback port: real HTTP, PKCE and signed tokens, and named faults."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote_plus, urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

START_S = 20.0
CLIENT, SECRET = "gangvakt", "a secret of a test"
ALGORITHM = "ES256"


@dataclass
class Person:
    """Who is logged in at the provider."""

    subject: str = "0f3c-kari"
    name: str = "kari"
    groups: tuple[str, ...] = ("traffic",)


@dataclass
class OidcProvider:
    """`claims` go over those that are right; `algorithm` none leaves the signature out."""

    port: int = 0
    person: Person = field(default_factory=Person)
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = ALGORITHM
    named_issuer: str | None = None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first"}))
    signing_key: ECKey | None = None  # another one than it tells of
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    clock_s: Callable[[], float] = time.time

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def renew_key(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)})

    def id_token(self, nonce: str) -> str:
        now_s = int(self.clock_s())
        claims = {
            "iss": self.issuer,
            "sub": self.person.subject,
            "aud": CLIENT,
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": nonce,
            "preferred_username": self.person.name,
            "groups": list(self.person.groups),
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            return ".".join(map(_packed, ({"alg": "none"}, claims))) + "."
        header = {"alg": self.algorithm, "kid": self.key.kid}
        if self.algorithm == "HS256":  # with what everybody can read, as if it were a secret
            signed = ".".join(map(_packed, (header, claims)))
            digest = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{_base64(digest)}"
        key = self.signing_key or self.key
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def document() -> dict[str, Any]:
            self.asked.append("document")
            return {
                "issuer": self.named_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            query = dict(request.query_params)
            assert query["response_type"] == "code"
            assert query["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(8)
            self.codes[code] = query
            back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
            return RedirectResponse(f"{query['redirect_uri']}?{back}", 302)

        @app.post("/token")
        def token(
            request: Request,
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
        ) -> JSONResponse:
            asked = self.codes.pop(code, None)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            challenge = _base64(digest)
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            if request.headers.get("authorization") not in (f"Basic {basic}", _quoted_basic()):
                return JSONResponse({"error": "invalid_client"}, 401)
            if not asked or (challenge, redirect_uri) != (asked["code_challenge"], asked["redirect_uri"]):
                return JSONResponse({"error": "invalid_grant"}, 400)
            told = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer"}
            return JSONResponse(told | {"id_token": self.id_token(asked["nonce"])})

        return app


@contextmanager
def an_oidc_provider() -> Iterator[OidcProvider]:
    """In a thread, until the block ends."""
    provider = OidcProvider()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        provider.port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(provider.app(), log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            deadline = time.monotonic() + START_S
            while not server.started:
                assert time.monotonic() < deadline, "the provider did not start"
                time.sleep(0.01)
            yield provider
        finally:
            server.should_exit = True
            thread.join(START_S)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _packed(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _quoted_basic() -> str:
    """RFC 6749 has both parts form-encoded before."""
    text = f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}"
    return f"Basic {base64.b64encode(text.encode()).decode()}"
