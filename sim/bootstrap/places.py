"""Where things lie, relative to the repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"
BUILD = ROOT / ".build"
LOGS = BUILD / "log"
MICROPYTHON = BUILD / "micropython"
OS_RELEASE = Path("/etc/os-release")
