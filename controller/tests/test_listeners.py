"""Staff, signs and the public have addresses of their own: what is at one is not at another."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gangvakt.errors import SettingRefused
from gangvakt.settings import Settings

STAFF_ONLY = ("/", "/login", "/api/v1/health", "/api/v1/signs", "/api/v1/openapi.json", "/readyz", "/metrics")
PUBLIC_ONLY = "/a/some-token"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Of a running `gangvakt serve`: pages, public and signs."""
    data = tmp_path_factory.mktemp("listeners")
    command = [sys.executable, "-m", "gangvakt", "serve", "--data", str(data), "--mqtt-port", "0"]
    command += ["--http", "127.0.0.1:0", "--public", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield _ports(process)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def _ports(process: subprocess.Popen[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if named := re.match(r"  (pages|public|signs) .*:(\d+)/?$", line):
            found[named[1]] = int(named[2])
        if line.startswith("  data"):
            break
    assert len(found) == 3, said
    return found


@pytest.mark.parametrize("path", STAFF_ONLY)
def test_the_public_finds_nothing_of_the_staff(ports: dict[str, int], path: str) -> None:
    assert httpx.get(f"http://127.0.0.1:{ports['public']}{path}").status_code == 404
    assert httpx.get(f"http://127.0.0.1:{ports['pages']}{path}").status_code != 404


def test_signed_links_are_at_the_public_address_alone(ports: dict[str, int]) -> None:
    assert httpx.get(f"http://127.0.0.1:{ports['public']}{PUBLIC_ONLY}").status_code == 403
    assert httpx.get(f"http://127.0.0.1:{ports['pages']}{PUBLIC_ONLY}").status_code != 403


def test_the_public_may_see_that_we_are_alive(ports: dict[str, int]) -> None:
    assert httpx.get(f"http://127.0.0.1:{ports['public']}/healthz").json() == {"alive": True}


def test_the_brokers_address_speaks_no_http(ports: dict[str, int]) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{ports['signs']}/healthz", timeout=5)


@pytest.mark.parametrize("public", [("127.0.0.1", 8080), ("127.0.0.1", 8883), ("127.0.0.1", 65536), ("", 1)])
def test_a_public_address_that_is_taken_or_none_is_refused(tmp_path: Path, public: tuple[str, int]) -> None:
    with pytest.raises(SettingRefused, match="--public"):
        Settings(tmp_path, http_port=8080, mqtt_port=8883, public=public)
