"""What somebody looks for in the audit, as it stands in the address of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from gangvakt.errors import SettingRefused
from gangvakt.provision.audit_wire import TEXT_PATTERN
from gangvakt.store.audit_table import AuditFilter
from gangvakt.web.steering.pieces import OFFICE

LONGEST = {"who": 128, "action": 64, "subject": 160}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HIGHEST_ROW = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """As it was typed; `since` and `until` are days of the office's calendar, both included; `before` is the
    number below which the page begins."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    def filter(self) -> AuditFilter:
        """SettingRefused for what cannot be looked for."""
        words = {name: self._word(name) for name in LONGEST}
        until = self._day("until")
        return AuditFilter(
            **words,
            from_ms=_ms(self._day("since")),
            to_ms=None if until is None else (_ms(until + timedelta(days=1)) or 0) - 1,
        )

    @property
    def place(self) -> int | None:
        text = self.before.strip()
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,18}", text):
            return int(text)
        raise SettingRefused("audit", "before", text[:40], f"0..{HIGHEST_ROW}")

    @property
    def path(self) -> str:
        """Of the page that shows this."""
        told = {name: value for name, value in vars(self).items() if value}
        return f"/audit?{urlencode(told)}" if told else "/audit"

    def _word(self, name: str) -> str | None:
        text = str(getattr(self, name)).strip()
        if len(text) > LONGEST[name] or not re.fullmatch(TEXT_PATTERN, text or "x"):
            raise SettingRefused("audit", name, text[:40], f"up to {LONGEST[name]} printable characters")
        return text or None

    def day_text(self, name: str) -> str:
        """As the form's field takes it; what is no day is told below."""
        text = str(getattr(self, name)).strip()
        return text if DAY.fullmatch(text) else ""

    def _day(self, name: str) -> datetime | None:
        text = str(getattr(self, name)).strip()
        if not text:
            return None
        try:
            if not DAY.fullmatch(text):
                raise ValueError(text)
            day = datetime.fromisoformat(text).replace(tzinfo=OFFICE)
        except ValueError as error:
            raise SettingRefused("audit", name, text[:40], "a day, as 2026-05-04") from error
        if not 1970 < day.year < 2200:
            raise SettingRefused("audit", name, text[:40], "1971-01-01..2199-12-31")
        return day


def _ms(day: datetime | None) -> int | None:
    return None if day is None else int(day.timestamp()) * 1000
