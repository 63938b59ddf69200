"""By what name the log and an answer speak of the request that is being answered."""

from __future__ import annotations

from contextvars import ContextVar

# Here, because every command sets its log up, and the API takes a second to load.
request_id: ContextVar[str] = ContextVar("request_id", default="")
