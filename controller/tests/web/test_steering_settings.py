"""Settings as an administrator changes them in the browser, with a real target for the test call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gangvakt.cli.ending import end_tasks
from gangvakt.fleet.roles import Grants, Role
from gangvakt.settings import Keep
from gangvakt.store import DeadLetter, Work
from gangvakt.web.texts import TABLE

from .support import PageServer
from .test_steering_persons import page_of


@pytest.fixture
def target() -> Iterator[tuple[str, list[bytes]]]:
    """A web server of somebody else: its address, and what it was sent."""
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/in", heard
        server.shutdown()
        thread.join()


@asynccontextmanager
async def relaying(server: PageServer) -> AsyncIterator[None]:
    """Relays are at work meanwhile."""
    assert server.services.relays is not None
    task = asyncio.ensure_future(server.services.relays.relays.run())
    try:
        yield
    finally:
        await end_tasks([task])


def test_an_administrator_sets_up_whom_to_ask_whom_to_tell_and_where_alarms_go(
    server: PageServer, enter: Callable[..., Page], target: tuple[str, list[bytes]]
) -> None:
    url, heard = target
    page = enter("/settings")
    expect(page.get_by_text("takes what signs say")).to_be_visible()

    page.get_by_role("link", name="Municipalities").click()
    page.get_by_role("button", name="Describe a municipality").click()
    dialog = page.locator(".q-dialog")
    dialog.get_by_label("Municipality").fill("drammen")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("municipality: title is ''")).to_be_visible()
    dialog.get_by_label("Written").fill("Drammen kommune")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="Drammen kommune")).to_be_visible()

    page.get_by_role("link", name="Contacts and on-call").click()
    page.get_by_role("button", name="Add a contact").click()
    dialog.get_by_label("Name").fill("Ola")
    dialog.get_by_label("Phone (SMS)").fill("12")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Allowed: + and 6 to 15 digits")).to_be_visible()
    dialog.get_by_label("Phone (SMS)").fill("+4791234567")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="+4791234567")).to_be_visible()

    page.get_by_role("link", name="Relays").click()
    with server.during(relaying(server)):
        page.get_by_role("button", name="New webhook").click()
        dialog.get_by_label("Name").fill("traffic-centre")
        dialog.get_by_label("Address").fill(url)
        dialog.get_by_text("It is in this network").click()
        dialog.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="I have kept them").click()
        page.get_by_role("button", name="Test call").click()
        expect(page.get_by_text("It was taken.")).to_be_visible()
        assert b"no.gangvakt.test.v1" in heard[0]
        page.get_by_role("button", name="New relay to people").click()
        dialog.get_by_label("Name").fill("on-call")
        dialog.get_by_label("Who is told").click()
        page.get_by_role("option", name="Ola").click()
        page.keyboard.press("Escape")
        dialog.get_by_label("On call, a line each").fill("mon-fri 22:00-06:00")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("for a night give two lines").first).to_be_visible()
        dialog.get_by_label("On call, a line each").fill("mon-fri 07:00-16:00")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="on-call")).to_be_visible()


def test_a_municipalitys_administrator_sees_its_unreadable_messages_only(
    server: PageServer, enter: Callable[..., Page], open_browser: Callable[..., BrowserContext]
) -> None:
    page = enter("/settings/dead-letters")
    expect(page.get_by_text("Everything could be read.")).to_be_visible()
    letters = (
        DeadLetter(1_800_000_000_000, "gangvakt/v1/oslo/x/y/status", "not JSON", b"{", 1),
        DeadLetter(1_800_000_000_000, "gangvakt/v1/drammen/x/y/status", "too long", b"[[", 2),
    )
    server.ask(server.store.journal.write(Work(dead_letters=letters)))
    page.reload()
    expect(page.locator(".audit li")).to_have_count(2)
    boss = page_of(
        server, open_browser, "boss", Grants({"drammen": Role.ADMINISTRATOR}), "/settings/dead-letters"
    )
    expect(boss.locator(".audit li")).to_have_count(1)
    boss.goto(f"{server.url}/settings/logins")
    expect(boss.get_by_role("alert")).to_contain_text("administrators of all municipalities")


def test_everything_that_is_kept_has_words() -> None:
    assert {f"set_keep_{one.name}" for one in fields(Keep)} <= set(TABLE)
