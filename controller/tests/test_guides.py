"""The documents: every command, option and link that they show is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from gangvakt.cli.app import PROGRAM, app
from gangvakt.fleet.alarm_classes import CLASSES

ROOT = Path(__file__).parents[2]
GUIDES = (
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "controller").glob("*.md")),
    *sorted((ROOT / "controller" / "docs").glob("*.md")),
)
DOCUMENTS = (
    *GUIDES,
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "firmware").rglob("*.md")),
)
BLOCK = re.compile(r"^ *```([a-z]*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
OF_A_SHELL = ("", "sh", "console")
IN_TEXT = re.compile(r"`(gangvakt [a-z][^`]*)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
WORDS_OF_A_SHELL = {"|", "&", ">", "2>", "2>&1", "&&", ";", "<"}
BEFORE = ("sudo", "-u")
ASSIGNMENT = re.compile(r"[A-Z][A-Z_]*=\S*")
WORD_OF_A_COMMAND = re.compile(r"[a-z][a-z-]*")
ROOT_COMMAND: Any = get_command(app)


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def commands_in(text: str) -> Iterator[list[str]]:
    """Each `gangvakt ...` as words: of a block's lines, with or without a prompt, and between backquotes."""
    blocks = [block for language, block in BLOCK.findall(text) if language in OF_A_SHELL]
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    for line in [*lines, *IN_TEXT.findall(" ".join(text.split()))]:
        words = as_words(line.strip().removeprefix("$ "))
        while len(words) > 1 and (ASSIGNMENT.fullmatch(words[0]) or words[0] in BEFORE):
            words = words[1:]
        if words and words[0] == PROGRAM:
            end = next((at for at, word in enumerate(words) if word in WORDS_OF_A_SHELL), len(words))
            yield words[1:end]


def as_words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # words for people, with an apostrophe
        return []


def unknown_of(words: list[str]) -> str | None:
    """What of a command is not there: the command itself, or an option."""
    command, path = ROOT_COMMAND, [PROGRAM]
    while words and words[0] in getattr(command, "commands", {}):
        command, path, words = command.commands[words[0]], [*path, words[0]], words[1:]
    if getattr(command, "commands", {}) and words and WORD_OF_A_COMMAND.fullmatch(words[0]):
        return " ".join([*path, words[0]])
    options = {option for one in command.params for option in one.opts} | {"--help"}
    for word in words:
        option = word.split("=")[0]
        if option.startswith("-") and option.strip("-.") and option not in options:
            return f"{' '.join(path)} {option}"
    return None


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_command_and_option_of_a_guide_is_there(guide: Path) -> None:
    shown = list(commands_in(guide.read_text(encoding="utf-8")))
    unknown = {found for words in shown if (found := unknown_of(words))}
    assert not unknown, f"{name_of(guide)} names what is not there: {sorted(unknown)}"


def test_commands_are_found_in_the_guides() -> None:
    """Else the test above would hold for anything."""
    text = (ROOT / "controller" / "ADMINISTRATOR.md").read_text(encoding="utf-8")
    assert len({tuple(words[:2]) for words in commands_in(text)}) > 10
    assert unknown_of(["serve", "--stor", "x"]) == "gangvakt serve --stor"
    assert unknown_of(["alarm", "aknowledge", "17"]) == "gangvakt alarm aknowledge"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lost = [
        link for link in LINK.findall(BLOCK.sub("", text)) if "://" not in link and not leads(document, link)
    ]
    assert not lost, f"{name_of(document)} links to what is not there: {lost}"


def leads(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    file = (document.parent / path).resolve() if path else document
    if not anchor:
        return file.exists()
    return file.is_file() and anchor in anchors(file.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    titles = HEADING.findall(BLOCK.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_operators_guide_says_of_every_alarm_what_to_do() -> None:
    guide = (ROOT / "controller" / "OPERATOR.md").read_text(encoding="utf-8")
    assert alarm_table() in guide, f"controller/OPERATOR.md shall show:\n{alarm_table()}"


def alarm_table() -> str:
    """From the classes themselves, the most urgent first."""
    rows = sorted(CLASSES.values(), key=lambda one: (one.priority, one.rsmp))
    lines = [f"| {one.priority} | {one.text} | {one.advice} |" for one in rows]
    return "\n".join(["| priority | it says | do this |", "|---|---|---|", *lines])
