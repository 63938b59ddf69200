"""The controller's one-time password: printed only once, perhaps unseen, so kept until it has been used."""

from __future__ import annotations

import http.client
import json
import os
import re
from pathlib import Path

LOGIN = "/api/v1/login"
ADMIN = "admin"
PASSWORD = re.compile(r"one-time password\s+(\S+)")
PRIVATE_FILE = 0o600
TIMEOUT_S = 5


def first_password(said: str, kept: Path, host: str, http_port: int) -> str | None:
    """The password in what the controller `said`, from then on `kept` in a file for as long as it works."""
    found = PASSWORD.search(said)
    if found:
        _keep(kept, found[1])
        return found[1]
    password = kept.read_text() if kept.exists() else None
    if password and _spent(password, host, http_port):
        kept.unlink()
        return None
    return password


def _keep(path: Path, password: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "w") as file:
        file.write(password)


def _spent(password: str, host: str, http_port: int) -> bool:
    connection = http.client.HTTPConnection(host, http_port, timeout=TIMEOUT_S)
    try:
        body = json.dumps({"user": ADMIN, "password": password})
        connection.request("POST", LOGIN, body, {"Content-Type": "application/json"})
        return connection.getresponse().status == http.client.UNAUTHORIZED
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
