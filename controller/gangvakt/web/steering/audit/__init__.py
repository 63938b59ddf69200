"""The audit: who did what, when, to what; what was before and is after it; and whether its chain is whole."""

from __future__ import annotations

from gangvakt.web.steering.audit.page import add_pages

__all__ = ["add_pages"]
