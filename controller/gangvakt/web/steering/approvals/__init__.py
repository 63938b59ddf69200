"""What takes two people."""

from __future__ import annotations

from gangvakt.web.steering.approvals.page import add_pages

__all__ = ["add_pages"]
