"""The page of the audit."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.errors import AuditBroken, GangvaktError
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.store.audit_table import AuditFilter, AuditRow, AuditTable
from gangvakt.web.controls import Doing, panel
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.refusing import refusal
from gangvakt.web.steering.audit.asked import LONGEST, Asked
from gangvakt.web.steering.audit.changes import changes
from gangvakt.web.steering.pieces import clock, heading, link_button, note, nothing
from gangvakt.web.texts import Texts

SHOWN = 50
MOST_EXPORTED = 100_000  # rows: a browser takes no more; `gangvakt audit export` does
PAGE = 1000  # rows read at a time


def add_pages(services: Services) -> None:
    @LocalPage("/audit", title=TITLE)
    async def audit(
        client: Client,
        who: str = "",
        action: str = "",
        subject: str = "",
        since: str = "",
        until: str = "",
        before: str = "",
    ) -> None:
        texts, login = begin(client, services, "/audit", "steering"), login_of(client)
        with content("desk"):
            if services.audit is None:
                note(texts.say("audit_none"), "bad")
            elif login.granted.everywhere is not Role.ADMINISTRATOR:
                note(texts.say("audit_everywhere"), "bad")
            else:
                asked = Asked(who, action, subject, since, until, before)
                await _Audit(services, services.audit, Doing(services, texts, login.token), asked).begin()


class _Audit:
    def __init__(self, services: Services, audit: AuditTable, doing: Doing, asked: Asked) -> None:
        self._services, self._audit, self._doing, self._asked = services, audit, doing, asked
        self._texts: Texts = doing.texts

    async def begin(self) -> None:
        texts = self._texts
        with heading(texts.say("audit")):
            ui.button(texts.say("audit_verify"), on_click=self._doing.button(self._verify)).props("no-caps")
            export = ui.button(texts.say("audit_export"), on_click=self._doing.button(self._export))
            export.props("no-caps outline")
        ui.label(texts.say("audit_hint")).classes("hint")
        self._verdict = ui.element("div").classes("below").props("aria-live=polite")
        with panel(texts.say("audit_filter")):
            self._form()
        with panel(texts.say("audit_rows")):
            await self._rows()

    def _form(self) -> None:
        """A plain form: what is looked for stays in the address."""
        texts, asked = self._texts, self._asked
        with ui.element("form").props("method=get action=/audit").classes("filter"):
            for name, most in LONGEST.items():
                with ui.element("label"):
                    ui.label(texts.say(f"audit_{name}"))
                    field = ui.element("input").props(f"name={name} maxlength={most} type=text")
                    field.props["value"] = getattr(asked, name)
            for name in ("since", "until"):
                with ui.element("label"):
                    ui.label(texts.say(f"audit_{name}"))
                    ui.element("input").props(f"name={name} type=date").props["value"] = asked.day_text(name)
            with ui.element("button").props("type=submit"):
                ui.label(texts.say("audit_look"))
            if asked != Asked():
                ui.link(texts.say("audit_all"), "/audit")

    async def _rows(self) -> None:
        texts = self._texts
        try:
            found = await self._audit.page(self._asked.filter(), self._asked.place, SHOWN + 1)
        except GangvaktError as refused:
            note(refusal(texts, refused), "bad")
            return
        if not found:
            nothing(texts.say("audit_empty"), texts.say("audit_empty_hint"))
            return
        with ui.element("ol").classes("audit"):
            for row in found[:SHOWN]:
                self._row(row)
        with ui.row().classes("links"):
            if self._asked.before:
                ui.link(texts.say("steer_newest"), replace(self._asked, before="").path)
            if len(found) > SHOWN:
                older = replace(self._asked, before=str(found[SHOWN - 1].number))
                link_button(texts.say("steer_older"), older.path)

    def _row(self, row: AuditRow) -> None:
        lines = changes(row.before, row.after)
        with ui.element("li"), ui.element("details"):
            with ui.element("summary"):
                with ui.element("time"):
                    ui.label(clock(row.at_ms))
                with ui.element("b"):
                    ui.label(row.who)
                with ui.element("code"):
                    ui.label(row.action)
                ui.label(row.subject).classes("subject")
                ui.label(f"#{row.number}").classes("hint")
            with ui.element("dl").classes("diff"):
                for line in lines:
                    with ui.element("div").classes(line.kind):
                        with ui.element("dt"):
                            ui.label(line.field)
                        with ui.element("dd"):
                            self._values(line.before, line.after)
                if not lines:
                    ui.label(self._texts.say("audit_no_values")).classes("hint")
            ui.label(f"SHA-256 {row.hash}").classes("hash")

    def _values(self, before: str | None, after: str | None) -> None:
        if before == after:
            ui.label(before or "")
            return
        for tag, text in (("del", before), ("ins", after)):
            if text is not None:
                with ui.element(tag):
                    ui.label(text)

    async def _verify(self, login: Login) -> None:
        require_role(login.granted, Role.ADMINISTRATOR, EVERYWHERE)
        texts = self._texts
        self._verdict.clear()
        try:
            heads = self._services.sealed_heads()
            head = await self._audit.verify(heads)
        except AuditBroken as broken:
            with self._verdict:
                note(texts.say("audit_broken", why=str(broken)), "bad")
            return
        with self._verdict:
            said = texts.say("audit_whole", rows=head.number, sealed=len(heads), hash=head.hash[:16])
            note(said, "good")

    async def _export(self, login: Login) -> None:
        """What is looked for, the newest first, a row a line."""
        require_role(login.granted, Role.ADMINISTRATOR, EVERYWHERE)
        rows = await self._all(self._asked.filter())
        lines = "".join(f"{json.dumps(asdict(row), ensure_ascii=False)}\n" for row in rows)
        ui.download.content(lines, "audit.jsonl", "application/jsonl")
        word = "audit_exported" if len(rows) < MOST_EXPORTED else "audit_exported_part"
        ui.notify(self._texts.say(word, rows=len(rows)), type="positive")

    async def _all(self, wanted: AuditFilter) -> list[AuditRow]:
        rows: list[AuditRow] = []
        while len(rows) < MOST_EXPORTED:
            found = await self._audit.page(wanted, rows[-1].number if rows else None, PAGE)
            rows += found
            if len(found) < PAGE:
                break
        return rows
