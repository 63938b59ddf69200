"""The sign's pure modules, asked on CPython: what a configuration may hold is known to the firmware alone."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"


def config_errors(values: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """(field, value, allowed) of everything in a config.json that the firmware would refuse."""
    return list(_module("sign.core.config").load(dict(values))[1])


def hold_ms(values: Mapping[str, object]) -> int:
    """How long a sign with that config.json warns after the last detection."""
    return int(_module("sign.core.config").load(dict(values))[0].hold_ms())


def driver(kind: str) -> Any:
    """The firmware's reader of a kind of radar, such as `ld2450`."""
    module = _module(f"sign.proto.{kind}")
    return getattr(module, kind.upper() if kind == "c4001" else kind.capitalize())()


def words(name: str) -> list[str]:
    """The firmware's words by number: REASONS, OFF_CAUSES or FAULTS."""
    if name == "FAULTS":
        return list(_module("sign.core.faults").names())
    return str(getattr(_module("sign.core.events"), name)).split()


def _module(name: str) -> Any:
    if str(FIRMWARE) not in sys.path:
        sys.path.append(str(FIRMWARE))
    return importlib.import_module(name)
