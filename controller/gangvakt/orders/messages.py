"""Commands and wanted configurations as the wire has them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gangvakt.errors import SettingRefused
from gangvakt.fleet import WantedConfig
from gangvakt.ingest.schema import check

LARGEST_COMMAND = 512  # bytes that a sign reads
LARGEST_CONFIG = 1024


@dataclass(frozen=True)
class Command:
    """One command on its way."""

    id: str
    verb: str
    args: Any
    expires_s: int
    within_s: int


def command_bytes(command: Command) -> bytes:
    """SettingRefused when it is longer than a sign reads."""
    message = {
        "v": 1,
        "id": command.id,
        "verb": command.verb,
        "args": command.args,
        "expires": command.expires_s,
        "within_s": command.within_s,
    }
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > LARGEST_COMMAND:
        raise SettingRefused("command", "args", f"{len(data)} bytes", f"..{LARGEST_COMMAND} bytes in all")
    check("Command", message)
    return data


def config_bytes(wanted: WantedConfig) -> bytes:
    """SettingRefused when it is longer than a sign reads."""
    message = {"v": 1, "version": wanted.version, "schema": wanted.schema, "values": dict(wanted.values)}
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > LARGEST_CONFIG:
        raise SettingRefused("config", "values", f"{len(data)} bytes", f"..{LARGEST_CONFIG} bytes in all")
    check("ConfigDesired", message)
    return data
