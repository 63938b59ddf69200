"""What a technician does at one sign, checked as the API checks it and done by the same services."""

from __future__ import annotations

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role_of_verb, require_role
from gangvakt.api.services import Services
from gangvakt.errors import Missing, OrderFailed, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.alarm import Alarm
from gangvakt.fleet.life_cycle import TRANSITIONS, LifeCycle
from gangvakt.fleet.roles import Role
from gangvakt.orders.asking import Asking
from gangvakt.provision.file_wire import LogIn, NoteIn, SignFileOut, StepIn
from gangvakt.provision.wire import RegistrationOut, checked
from gangvakt.store.alarms import AlarmFilter, Order
from gangvakt.web.alarms.wanted import STATES

# Seconds of light that a page may ask for: it counts them down.
LAMP_TESTS = {"flash": (5, 60), "identify": (5, 600)}
NO_BROKER = "is not reached: no broker runs here"
MOST_ALARMS = 50


class Work:
    """On `sign`; every call takes the login of whoever does it. HTTPException where his role is too low."""

    def __init__(self, services: Services, sign: SignId) -> None:
        self.services, self.sign = services, sign

    def asking(self, login: Login, verb: str) -> Asking:
        """For one verb; OrderFailed where no broker runs."""
        require_role(login.granted, least_role_of_verb(verb), self.sign.municipality)
        if self.services.orders is None:
            raise OrderFailed(str(self.sign), NO_BROKER)
        return Asking(self.services.orders.commander, self.sign, login.user)

    async def light(self, login: Login, verb: object, seconds: object) -> int:
        """A test of the lamps or of the status light; the seconds that it lasts, 0: it was ended."""
        if not isinstance(verb, str) or verb not in LAMP_TESTS:
            raise SettingRefused("form", "verb", str(verb)[:80], ", ".join(LAMP_TESTS))
        least, most = LAMP_TESTS[verb]
        is_number = isinstance(seconds, int) and not isinstance(seconds, bool)
        if not is_number or not (seconds == 0 or least <= int(str(seconds)) <= most):
            raise SettingRefused("form", "seconds", str(seconds)[:80], f"0, or {least}..{most}")
        await self.asking(login, verb).ask(verb, seconds)
        return int(str(seconds))

    async def note(self, login: Login, text: object) -> None:
        """For whoever comes next."""
        require_role(login.granted, Role.OPERATOR, self.sign.municipality)
        note = checked(NoteIn, "form", {"text": _text(text)})
        await self.services.registry.sign_files.note(self.sign, note, login.user)

    async def close(self, login: Login, text: object, *, forward: bool) -> None:
        """The job is done: what was done is in the sign's file. `forward`: the sign is a step nearer to
        service, where it was in repair or not yet in service."""
        require_role(login.granted, Role.TECHNICIAN, self.sign.municipality)
        done = checked(LogIn, "form", {"text": _text(text)})
        files = self.services.registry.sign_files
        await files.repair(self.sign, done, login.user)
        if forward and (step := next_life((await files.one(self.sign)).state)) is not None:
            await files.step(self.sign, StepIn(state=step.value, text=""), login.user)

    async def file(self) -> SignFileOut | None:
        """None where no board ever was that sign."""
        try:
            return await self.services.registry.sign_files.one(self.sign)
        except Missing:
            return None

    async def alarms(self) -> tuple[Alarm, ...]:
        """The open ones of the sign."""
        if self.services.patrol is None:
            return ()
        sign = self.sign
        wanted = AlarmFilter(
            tuple(STATES["open"]), municipality=sign.municipality, site=sign.site, sign=sign.sign
        )
        return await self.services.patrol.alarms.table.queue(wanted, Order.URGENT, MOST_ALARMS)

    async def registrations(self) -> tuple[RegistrationOut, ...]:
        return await self.services.registry.signs.all(self.sign.site_id)


def next_life(state: str) -> LifeCycle | None:
    """The step towards service that a finished job may bring; None: it is there, or out of it for good."""
    wanted = (LifeCycle.IN_SERVICE, LifeCycle.COMMISSIONED)
    return next((step for step in wanted if step in TRANSITIONS[LifeCycle(state)]), None)


def _text(text: object) -> str:
    return text.strip() if isinstance(text, str) else ""
