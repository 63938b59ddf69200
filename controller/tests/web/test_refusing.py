"""What services refuse and write down, as a Norwegian page says it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gangvakt
from gangvakt import errors
from gangvakt.api.rights import require_role
from gangvakt.errors import GangvaktError, LastUser, Missing, Outdated, RelayRefused, SettingRefused, SignMute
from gangvakt.fleet.roles import Grants, Role
from gangvakt.provision.allowed import PATTERNS, WORDS
from gangvakt.web.phrasing import phrase
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.texts.phrases import PHRASES

EN, NB = Texts("en"), Texts("nb")
HERE = Path(gangvakt.__file__).parent

# What no page meets: of boards at a cable, of what a controller runs on, of the command line.
OF_COMMANDS = ("boards", "hosting", "provision")
ELSEWHERE = {"ControllerFailed", "LoggedOut", "NobodySigns"}
BASES = {"GangvaktError", "AlarmError", "RolloutError", "SteeringError", "OrderFailed", "AuditError"} | {
    "RegistryError"
}
# Rooms whose refusals reach pages; what only commands and programs meet is known by its words.
ROOMS = ("orders", "registry", "alarms", "relay", "upkeep", "fleet", "web")
OF_PROGRAMS = re.compile(
    r"backup|manifest|sha256|install a newer|first, and each name once|file below|a file of"
)


def classes() -> list[type[GangvaktError]]:
    elsewhere = {
        one
        for room in OF_COMMANDS
        for one in vars(importlib.import_module(f"gangvakt.errors.{room}")).values()
        if inspect.isclass(one) and one.__module__.endswith(room)
    }
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, GangvaktError)]
    return [one for one in found if one not in elsewhere and one.__name__ not in ELSEWHERE | BASES]


@pytest.mark.parametrize("kind", classes())
def test_each_refusal_that_a_page_meets_is_worded_by_its_class(kind: type[GangvaktError]) -> None:
    words = [f"err_{one.__name__}" for one in kind.__mro__ if f"err_{one.__name__}" in TABLE]
    assert words, f"texts/refusals.py has nothing for {kind.__name__}"


def allowed_texts(tree: ast.Module) -> Iterator[str]:
    """What is allowed, of each refusal that is raised here, as far as it is a text."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        is_refusal = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Refused")
        if isinstance(node, ast.Call) and is_refusal and len(node.args) == 4:
            told = node.args[3]
            for one in named.get(told.id, []) if isinstance(told, ast.Name) else [told]:
                yield from _text(one)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)


def test_all_that_is_allowed_somewhere_has_norwegian_words() -> None:
    paths = [path for room in ROOMS for path in sorted((HERE / room).rglob("*.py"))]
    told = {one for path in paths for one in allowed_texts(ast.parse(path.read_text(encoding="utf-8")))}
    told |= set(PATTERNS.values()) | {one for one in WORDS.values() if isinstance(one, str)}
    words = {one for one in told if re.search(r"[a-z]{2,} [a-z]", one) and not OF_PROGRAMS.search(one)}
    assert len(words) > 60, "they are looked for in another way than they are written"
    assert {one for one in words if phrase(NB, one) == one} == set()


def test_forms_and_their_translations_have_the_same_gaps() -> None:
    assert [one for one, norwegian in PHRASES.items() if one.count("{}") != norwegian.count("{}")] == []


@pytest.mark.parametrize(
    ("english", "norwegian"),
    [
        ("", ""),
        ("500..10000", "500..10000"),
        ("at least 3 characters", "minst 3 tegn"),
        (
            "alternating, together, by decision 2026/1 of 2026-05-01",
            "alternating, together, etter vedtak 2026/1 av 2026-05-01",
        ),
        ("2 of 12 signs of canary failed, as drammen/a/b", "2 av 12 skilt i canary feilet, som drammen/a/b"),
        (
            "stage 1: 1 lost, 0 silent, roll-back restores the 2 told: drammen/a/b: rolled_back radar_silent",
            "trinn 1: 1 tapt, 0 tause; å rulle tilbake gir de 2 som har fått den, det de hadde: "
            f"drammen/a/b: oppgitt av skiltet, {TABLE['fault_radar_silent'][1]}",
        ),
        (
            "3 recordings: 2 activations before, 1 after, 1 missed, 0 new, 0 not decided again",
            "3 opptak: 2 aktiveringer før, 1 etter, 1 mistet, 0 nye, 0 ikke avgjort på nytt",
        ),
        ("mute is 500; allowed: 0..60", "mute er 500; tillatt: 0..60"),
        ("Ola has looked at it himself", "Ola has looked at it himself"),
        (
            "drammen/a/b: nothing in 60 min; drammen/a/c: not decided yet",
            "drammen/a/b: ingenting på 60 min; drammen/a/c: ikke avgjort ennå",
        ),
    ],
)
def test_reasons_are_said_in_norwegian_and_what_people_wrote_stays(english: str, norwegian: str) -> None:
    assert phrase(NB, english) == norwegian
    assert phrase(EN, english) == english


@pytest.mark.parametrize(
    ("error", "english", "norwegian"),
    [
        (
            SettingRefused("config", "lead_ms", 99, "500..10000"),
            "config: lead_ms is 99; allowed: 500..10000",
            "konfigurasjon: lead_ms er 99; tillatt: 500..10000",
        ),
        (
            RelayRefused("contact", "email", None, "an address for email, phone or ntfy"),
            "contact: email is nothing; allowed: an address for email, phone or ntfy",
            "kontakt: email er ingenting; tillatt: en adresse for e-post, telefon eller ntfy",
        ),
        (
            Missing("template", "narrow in drammen", "`gangvakt config template list` lists them"),
            "There is no template narrow in drammen.",
            "Fant ikke mal narrow in drammen.",
        ),
        (
            Outdated("template drammen/narrow", 1, 2, "kari", 1_800_000_000_000),
            "kari has changed it at 2027-01-15 09:00, while you were looking. "
            "Nothing of yours was saved, and it stands in the form.",
            "kari endret det 2027-01-15 09:00, mens du så på. "
            "Ditt er ikke lagret, og står fortsatt i skjemaet.",
        ),
        (
            SignMute("drammen/a/b", "mute", 5.0),
            "drammen/a/b did not answer mute within 5 s: look at its status before you send it again.",
            "drammen/a/b svarte ikke på mute innen 5 s: se på tilstanden før du sender igjen.",
        ),
        (
            LastUser("admin"),
            "admin is the last who administers all municipalities: add another one first.",
            "admin er den siste som administrerer alle kommuner: legg til en annen først.",
        ),
    ],
)
def test_a_refusal_says_the_same_in_both_languages(
    error: GangvaktError, english: str, norwegian: str
) -> None:
    assert (refusal(EN, error), refusal(NB, error)) == (english, norwegian)


def test_a_missing_right_says_which_where_and_who_can_give_it() -> None:
    viewer = Grants({"drammen": Role.VIEWER})
    with pytest.raises(Exception, match="it takes a technician; in drammen you are viewer") as refused:
        require_role(viewer, Role.TECHNICIAN, "drammen")
    assert refusal(NB, refused.value) == TABLE["err_role"][1].format(
        role=NB.say("technician"), where="drammen", held=NB.say("viewer")
    )
    with pytest.raises(Exception, match="there is no lier") as refused:
        require_role(viewer, Role.VIEWER, "lier")
    assert refusal(EN, refused.value).startswith("There is no lier that you may see.")
