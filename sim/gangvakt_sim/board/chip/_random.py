"""Bytes by chance."""

from uos import urandom  # noqa: F401
