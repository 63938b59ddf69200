"""The field that takes an update file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import RoleTooLow
from gangvakt.fleet.roles import Role
from gangvakt.provision.update_file import ENDING, LARGEST
from gangvakt.store.rollouts import Upload
from gangvakt.upkeep.rollouts import Rollouts
from gangvakt.web.controls import Doing, tell_refusal


def upload_field(doing: Doing, service: Rollouts, then: Callable[[Upload], Awaitable[None]]) -> None:
    """`then` gets what was taken; what is damaged, or signed by another, is refused and said why."""
    texts = doing.texts

    async def take(event: events.UploadEventArguments) -> None:
        async def keep(login: Login) -> None:
            if (login.granted.highest or 0) < Role.TECHNICIAN:
                raise RoleTooLow(Role.TECHNICIAN, "your role is less")
            made = await service.artifacts.upload(await event.file.read(), login.user)
            said = texts.say("rollout_taken", version=made.artifact.version, board=made.artifact.board)
            ui.notify(said, type="positive")
            await then(made)

        await doing.run(keep)
        field.reset()

    def too_large() -> None:
        tell_refusal(texts.say("rollout_too_large", most=LARGEST // 1024))

    field = ui.upload(
        on_upload=take,
        on_rejected=too_large,
        auto_upload=True,
        max_file_size=LARGEST,
    ).props(f"accept={ENDING}")
    field.classes("unseen")  # Quasar's own cannot be used without a mouse
    button = ui.button(texts.say("rollout_upload")).props("no-caps outline")
    button.on("click", js_handler=f"() => getElement({field.id}).pickFiles()")
