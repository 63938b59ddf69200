"""The one-time password is shown until somebody has used it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gangvakt_sim.first_password import first_password

SAID = "Gangvakt 0.1.0\n  log in as admin with the one-time password m7jeq-422ug\n"


class Pages(HTTPServer):
    """Lets in whoever has the password."""

    password = "m7jeq-422ug"


class Login(BaseHTTPRequestHandler):
    server: Pages

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if body == {"user": "admin", "password": self.server.password} else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages(("127.0.0.1", 0), Login) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(said: str, kept: Path, pages: Pages) -> str | None:
    return first_password(said, kept, "127.0.0.1", pages.server_port)


def test_it_is_shown_again_until_it_has_been_used(tmp_path: Path, pages: Pages) -> None:
    kept = tmp_path / "password"
    assert ask(SAID, kept, pages) == "m7jeq-422ug"
    assert ask("", kept, pages) == "m7jeq-422ug"
    pages.password = "a new one"
    assert ask("", kept, pages) is None
    assert not kept.exists()


def test_nobody_else_can_read_it(tmp_path: Path, pages: Pages) -> None:
    ask(SAID, tmp_path / "password", pages)
    assert (tmp_path / "password").stat().st_mode & 0o077 == 0


def test_a_later_start_says_nothing(tmp_path: Path, pages: Pages) -> None:
    assert ask("Gangvakt 0.1.0\n", tmp_path / "password", pages) is None
