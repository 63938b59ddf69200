"""A technician with a telephone: finds a sign, tests it, and closes the job with a photo."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Page, expect

from gangvakt.fleet import SignId
from gangvakt.web.technician.finding import MOST_FOUND, found_in, sign_in

from ..answering import AnsweringSign  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..office import SITE, Desk, a_site  # noqa: TID252
from .support import PageServer, Street

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
MAC = "30aea4120001"
SIGN = SITE.sign(MAC)
GLOVE_PX = 52


@pytest.fixture
def sign(server: PageServer, street: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringSign]:
    """A registered sign that is connected and answers."""
    desk = Desk(server.services.registry, server.store)
    server.ask(desk.registry.sites.add(a_site(SITE)))
    server.ask(desk.register(MAC))
    street.status(SIGN)
    answering = AnsweringSign()
    assert server.services.orders is not None
    answering.commander = server.services.orders.commander
    monkeypatch.setattr(answering.commander, "_send", answering.send)
    yield answering
    server.ask(answering.close())


def a_photo(folder: Path) -> Path:
    data = io.BytesIO()
    Image.new("RGB", (2400, 1800), (40, 90, 140)).save(data, "JPEG")
    photo = folder / "photo.jpg"
    photo.write_bytes(data.getvalue())
    return photo


def part(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def test_a_sign_is_found_by_its_short_name_tested_and_the_job_closed(
    sign: AnsweringSign, server: PageServer, enter: Callable[..., Page], tmp_path: Path
) -> None:
    page = enter("/job", **PHONE)
    page.get_by_label("Name of the sign").fill("0002")
    expect(page.get_by_text("No sign has “0002” in its name.")).to_be_visible()
    page.get_by_label("Name of the sign").fill("0001")
    page.get_by_role("link", name=MAC).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MAC)
    buttons = page.locator(".job-part > h2 button")
    heights = buttons.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert all(height >= GLOVE_PX for height in heights), heights

    part(page, "Lamp test")
    page.get_by_role("button", name="Flash the lamps").click()
    expect(page.get_by_text("s left")).to_be_visible()
    assert ("flash", 15) in sign.asked
    part(page, "Self-test")
    page.get_by_role("button", name="Begin the self-test").click()
    expect(page.get_by_text("No part has failed.")).to_be_visible()
    expect(page.locator(".rows .ok", has_text="Left lamp")).to_have_count(
        0
    )  # nobody was asked whether it shone

    part(page, "Close the job")
    page.get_by_label("What was done").fill("new radar")
    page.locator("input[type=file]").set_input_files(a_photo(tmp_path))
    expect(page.locator(".job-body img")).to_be_visible()
    page.reload()  # the telephone went out in the rain
    expect(page.get_by_label("What was done")).to_have_value("new radar")
    expect(page.locator(".job-body img")).to_be_visible()
    page.locator(".job-body").get_by_role("button", name="Close the job").click()
    expect(page.get_by_text("Closed: it stands in the sign's file.")).to_be_visible()
    file = server.ask(server.services.registry.sign_files.one(SIGN))
    assert [one.text for one in file.repairs] == ["new radar"]
    assert [(one.width_px, one.text) for one in file.photos] == [(1600, "new radar")]
    assert file.state == "commissioned"


def test_a_walk_is_seen_live_and_a_refusal_says_what_to_do(
    sign: AnsweringSign, enter: Callable[..., Page]
) -> None:
    page = enter(f"/job/{SIGN}", **PHONE)
    part(page, "Walk test")
    page.get_by_role("button", name="Begin the walk test").click()
    expect(page.get_by_text("WARNS: person heading for the kerb, 1.7 s before the kerb")).to_be_visible()
    expect(page.get_by_text("#3: 1.5 m before the kerb, 0.9 m/s")).to_be_visible()
    page.get_by_role("button", name="End the walk test").click()
    expect(page.get_by_role("button", name="Begin the walk test")).to_be_visible()
    part(page, "Lamp test")
    sign.refuse["flash"] = ("flash", "somebody in view", "nobody in view")
    page.get_by_role("button", name="Flash the lamps").click()
    expect(page.get_by_role("alert").filter(has_text="Step out of its view")).to_be_visible()
    part(page, "Swap the sign")
    expect(page.get_by_text(f"gangvakt replace {SIGN} --board virtual")).to_be_visible()
    part(page, "Notes")
    page.get_by_label("Note for whoever comes next").fill("the key is at the school")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".written p")).to_have_text("the key is at the school")


def test_a_sign_that_nobody_knows_is_said(server: PageServer, enter: Callable[..., Page]) -> None:
    page = enter("/job/drammen/storgata/nobody", locale="nb-NO", **PHONE)
    expect(page.get_by_text("du arbeider på")).to_be_visible()
    page.goto(f"{server.url}/job/drammen/storgata/X%20")
    expect(page.get_by_role("link", name="Finn et skilt")).to_be_visible()


@pytest.mark.parametrize(
    "text",
    [
        "https://10.0.0.5/street/drammen/storgata?sign=30aea4120001",
        "https://signs.example.no/sign/drammen/storgata/30aea4120001",
        "/job/drammen/storgata/30aea4120001",
        " Drammen/storgata/30AEA4120001 ",
    ],
)
def test_the_address_in_a_labels_code_names_its_sign(text: str) -> None:
    assert sign_in(text) == SignId("drammen", "storgata", "30aea4120001")


@given(st.text())
def test_whatever_is_typed_finds_signs_or_none(text: str) -> None:
    signs = [SignId("drammen", "storgata", f"s{number}") for number in range(50)]
    assert len(found_in(signs, text)) <= MOST_FOUND
    assert sign_in(text) is None or str(sign_in(text)) in text.lower()


def test_the_end_of_a_name_comes_first() -> None:
    signs = [SignId("drammen", "s12", "a1"), SignId("drammen", "torget", "b12")]
    assert [one.sign for one in found_in(signs, "12")] == ["b12", "a1"]
