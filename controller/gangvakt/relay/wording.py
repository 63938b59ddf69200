"""What people read: a subject, a few plain lines, and the same as simple HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from gangvakt.relay.notice_states import NoticeState
from gangvakt.store.notices import Notice

MOST_LINES = 20  # alarms listed; of more only the number is told
LONGEST_SMS = 300  # characters without the link: two or three parts


@dataclass(frozen=True)
class Wording:
    """One notice in words. `link` leads to the page where it is acknowledged; `priority` as RSMP has it."""

    subject: str
    lines: tuple[str, ...]
    link: str | None
    priority: int
    is_over: bool

    @property
    def plain(self) -> str:
        """A whole mail."""
        link = ["", f"Acknowledge: {self.link}"] if self.link else []
        return "\n".join([self.subject, "", *self.lines, *link]) + "\n"

    @property
    def html(self) -> str:
        """The same; whatever came from elsewhere is escaped."""
        rows = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        link = f'<p><a href="{escape(self.link)}">Acknowledge</a></p>' if self.link else ""
        title = f"<h1>{escape(self.subject)}</h1>"
        return f"<!doctype html><html><body>{title}<ul>{rows}</ul>{link}</body></html>\n"

    @property
    def short(self) -> str:
        """For a telephone that shows little."""
        text = f"{self.subject}. {'; '.join(self.lines)}"
        cut = text if len(text) <= LONGEST_SMS else text[: LONGEST_SMS - 1] + "…"
        return f"{cut}\n{self.link}" if self.link else cut


def word(notice: Notice, link: str | None) -> Wording:
    """How a notice is told now."""
    is_over = notice.state == NoticeState.CLEARED.value
    alarms = [alarm for alarm in notice.alarms.values() if is_over or alarm["state"] == "raised"]
    alarms.sort(key=lambda alarm: (alarm["priority"], alarm["time_ms"]))
    priority = min((int(alarm["priority"]) for alarm in alarms), default=3)
    lines = [_line(alarm) for alarm in alarms[:MOST_LINES]]
    if len(alarms) > MOST_LINES:
        lines.append(f"and {len(alarms) - MOST_LINES} more")
    subject = _subject(notice, alarms, priority, is_over=is_over)
    return Wording(subject, tuple(lines), None if is_over else link, priority, is_over)


def _subject(notice: Notice, alarms: list[Mapping[str, Any]], priority: int, *, is_over: bool) -> str:
    where = notice.municipality or "Gangvakt"
    number = "1 alarm" if len(alarms) == 1 else f"{len(alarms)} alarms"
    if is_over:
        return _one_line(f"{where}: {number} cleared")
    only = f": {alarms[0].get('code', '?')}" if len(alarms) == 1 else ""
    return _one_line(f"{where}: {number}, priority {priority}{only}")


def _line(alarm: Mapping[str, Any]) -> str:
    where = alarm.get("sign") or alarm.get("site") or alarm.get("object") or ""
    text = alarm.get("text") or ""
    return _one_line(f"P{alarm['priority']} {alarm.get('code', '?')} {where}" + (f": {text}" if text else ""))


def _one_line(text: str) -> str:
    """Never more than one line: a line break in a subject would be another header."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:300]
