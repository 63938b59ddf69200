"""The question before a step that reaches signs: what will happen, to how many, and why it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.web.controls import Doing

LONGEST_REASON = 200
Reasoned = Callable[[Login, str], Awaitable[None]]
"""What is done then, with the reason that was given."""


def ask(
    doing: Doing,
    title: str,
    consequences: Sequence[str],
    action: Reasoned,
    *,
    go: str,
    reason: bool = False,
    more: Callable[[], None] | None = None,
) -> None:
    """Opens it. `go` is the word on the button that does it; `more` makes further inputs."""
    texts = doing.texts
    with ui.dialog() as dialog, ui.card().classes("question").props("role=group"):
        with ui.element("h2"):
            ui.label(title)
        with ui.element("ul").classes("consequences"):
            for line in consequences:
                with ui.element("li"):
                    ui.label(line)
        if more is not None:
            more()
        why = ui.input(texts.say("steer_reason")).props(f"dense outlined maxlength={LONGEST_REASON}")
        why.classes("wide")
        why.set_visibility(reason)

        async def do() -> None:
            async def act(login: Login) -> None:
                await action(login, (why.value or "").strip())

            if await doing.run(act):
                dialog.close()

        with ui.row().classes("answers"):
            ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps autofocus")
            ui.button(go, on_click=do).props("no-caps color=negative")
    dialog.open()
