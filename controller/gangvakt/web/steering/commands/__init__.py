"""One command to many signs."""

from __future__ import annotations

from gangvakt.web.steering.commands.page import add_pages

__all__ = ["add_pages"]
