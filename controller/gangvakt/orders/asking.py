"""Questions to one sign over the broker, whose refusals are errors."""

from __future__ import annotations

from typing import Any

from gangvakt.errors import SignRefused
from gangvakt.fleet import Answer, SignId
from gangvakt.orders.commander import Commander


class Asking:
    """`user` is who asks: every question is written down."""

    def __init__(self, commander: Commander, sign: SignId, user: str) -> None:
        self.commander, self.sign, self.user = commander, sign, user

    async def ask(self, verb: str, args: Any = None) -> Any:
        """What the sign says; SignRefused, SignAway and SignMute."""
        return self.checked(verb, await self.commander.command(self.sign, verb, args, self.user))

    def checked(self, verb: str, answer: Answer) -> Any:
        """The answer itself, SignRefused where it is a refusal."""
        if not answer.ok:
            refused = answer.field or "verb", answer.value, answer.allowed or "see the sign's log"
            raise SignRefused(str(self.sign), verb, *refused)
        return answer.answer

    async def config(self, *fields: str) -> dict[str, Any]:
        """Values by field, as the sign runs with them."""
        told = await self.ask("config", list(fields))
        return dict(told["values"])
