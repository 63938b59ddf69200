"""Errors around alarms, and around what goes out to programs and people."""

from __future__ import annotations

from gangvakt.errors.base import GangvaktError, Refusal


class MessageRefused(Refusal):
    """What shall go out and is too long, or nothing that JSON can say."""


class RelayRefused(Refusal):
    """A setting of a relay, a contact or a way to people; secrets are never carried."""


class LinkRefused(Refusal):
    """A link that is forged, too old, used up or called back."""


class ExportRefused(Refusal):
    """A sealed export that was changed, or what cannot be exported."""


class AlarmRefused(Refusal):
    """A condition, or what is asked for about alarms, that is out of bounds."""


class AlarmError(GangvaktError):
    """What was asked of alarm `alarm` cannot be; nothing was changed."""

    def __init__(self, alarm: int, text: str) -> None:
        super().__init__(text)
        self.alarm = alarm


class AlarmMissing(AlarmError):
    """There is no such alarm."""

    def __init__(self, alarm: int) -> None:
        super().__init__(alarm, f"there is no alarm {alarm}: `gangvakt alarm list` shows those that are open")


class AlarmStepRefused(AlarmError):
    """Its `state` does not allow `step`, but what is `allowed`."""

    def __init__(self, alarm: int, state: str, step: str, allowed: str) -> None:
        super().__init__(alarm, f"alarm {alarm}: step is {step!r}; allowed while it is {state}: {allowed}")
        self.state, self.step, self.allowed = state, step, allowed


class AlarmTaken(AlarmError):
    """`who` took `step` at UTC ms `at_ms`, which somebody who acts on what he saw before does not know."""

    def __init__(self, alarm: int, who: str, step: str, at_ms: int) -> None:
        then = "allowed: your step, once you have looked at it again"
        super().__init__(alarm, f"alarm {alarm}: {who} was quicker, with {step!r}; {then}")
        self.who, self.step, self.at_ms = who, step, at_ms


class AlarmsMoved(AlarmError):
    """`count` alarms fit what was asked for, not the `expected` ones that somebody confirmed."""

    def __init__(self, count: int, expected: int) -> None:
        super().__init__(0, f"count is {expected}; allowed: {count}, as many fit now: look at them again")
        self.count, self.expected = count, expected


class TooManyReports(GangvaktError):
    """Of `site` so `many` reports of faults are open that one more says nothing new."""

    def __init__(self, site: str, many: int) -> None:
        super().__init__(f"{site}: {many} reports are open already, and are being looked at; allowed: fewer")
        self.site, self.many = site, many
