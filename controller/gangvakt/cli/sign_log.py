"""`gangvakt sign repair|note|photo`: what was done to a sign, and what is kept of it for a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gangvakt.cli.office import AsJson, Data, office_of, when
from gangvakt.cli.sign_file import SignName, say
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId
from gangvakt.provision.file_wire import LogIn, NoteIn
from gangvakt.provision.wire import checked

LARGEST_PHOTO = 8 * 1024 * 1024

REPAIR_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign repair drammen/storgata/30aea4120001 'left lamp changed'"
)
NOTE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign note drammen/storgata/30aea4120001 'ask for Kari' --keep-days 30"
)
PHOTO_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign photo drammen/storgata/30aea4120001 pole.jpg --text mounted"
)

KeepDays = Annotated[int, typer.Option(help="It is deleted after so many days.")]


def repair(
    sign: SignName,
    text: Annotated[str, typer.Argument(help="What was done.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note a repair."""
    done = office_of(data).files.repair(SignId.parse(sign), checked(LogIn, "options", {"text": text}))
    say(done, f"repair {done.id} of {sign} is noted", as_json=as_json)


def note(
    sign: SignName,
    text: Annotated[str, typer.Argument(help="The note.")],
    keep_days: KeepDays = 365,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note something for a time."""
    wanted = checked(NoteIn, "options", {"text": text, "keep_days": keep_days})
    told = office_of(data).files.note(SignId.parse(sign), wanted)
    say(told, f"note {told.id} of {sign} is deleted {when(told.delete_ms)}", as_json=as_json)


def photo(
    sign: SignName,
    picture: Annotated[Path, typer.Argument(help="A JPEG or PNG.")],
    text: Annotated[str, typer.Option(help="What it shows.")] = "",
    keep_days: KeepDays = 365,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Keep a photo for a time, without what the camera wrote beside it."""
    checked(NoteIn, "options", {"text": text or "-", "keep_days": keep_days})
    try:
        with picture.open("rb") as opened:
            content = opened.read(LARGEST_PHOTO + 1)
    except OSError as error:
        raise SettingRefused(
            "options", "photo", str(picture), f"a readable file ({error.strerror})"
        ) from error
    told = office_of(data).files.photo(SignId.parse(sign), content, text, keep_days)
    size = f"{told.width_px} x {told.height_px}, {told.size} bytes"
    say(told, f"photo {told.id} of {sign} ({size}) is deleted {when(told.delete_ms)}", as_json=as_json)
