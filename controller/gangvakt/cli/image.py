"""`gangvakt image`: all that goes into a board's flash, as files, for a computer that only writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from gangvakt.errors import SettingRefused
from gangvakt.files import make_folder, refuse_overwrite, write_file
from gangvakt.provision.board import load_board
from gangvakt.provision.cache import image_folder
from gangvakt.provision.fetching import Progress as Fetched
from gangvakt.provision.layout import Region, app_images, flash_regions, manifest
from gangvakt.provision.official import OfficialImage
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.settings import DEFAULT_DATA, Settings

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt image --board esp32-devkitc --out north\n\n"
    "  gangvakt image --board esp32-c3-devkitm --out north --image C3.bin --sha256 5f2a...\n\n"
    "  gangvakt image --board esp32-devkitc --out north --data enrolled-north --offline"
)
MANIFEST = "manifest.json"
FILE_BYTES_MAX = 64 * 1024  # of one file in the data partition: keys, identity, configuration
FILES_MAX = 32


def image(
    board: Annotated[str, typer.Option(help="A board's id (gangvakt boards), or a path ending in .toml.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made where missing.")],
    image: Annotated[
        Path | None, typer.Option(help="The official MicroPython image; without, cache or network.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="The image's sum, where the board file knows none.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of files for the sign's data: what gangvakt enroll wrote.")
    ] = None,
    controller: Annotated[
        Path,
        typer.Option(help="A controller's data folder: the sign takes updates that its keys have signed."),
    ] = DEFAULT_DATA,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Build all that a board's flash holds: a file for each region, and a manifest with places and sums."""
    spec = load_board(board)
    data_files = {} if data is None else _data_files(data)
    with _shown(spec.image.file, quiet=as_json) as progress:
        official = OfficialImage.open(spec, image, sha256, image_folder(), not offline, progress)
    app = app_images(spec, trusted=UpdateKeys(Settings(data=controller).update_keys_dir).trusted())
    regions = flash_regions(spec, official, app, data_files)
    files = {f"{region.offset:06x}-{region.name}.bin": region for region in regions}
    written = manifest(spec, official, files)
    _write(out, files, json.dumps(written, indent=1).encode() + b"\n", force=force)
    if as_json:
        typer.echo(json.dumps(written))
        return
    places = " ".join(f"{region.offset:#x} {name}" for name, region in files.items())
    console = Console()
    console.print(
        f"[bold]{escape(spec.board.id)}[/]: {len(files)} files in {escape(str(out))}", soft_wrap=True
    )
    console.print("write them there, on any computer with esptool:", soft_wrap=True)
    console.print(f"  esptool --chip {spec.board.chip} write-flash {places}", soft_wrap=True, highlight=False)
    if not data_files:
        console.print("[yellow]without --data the sign detects and warns, but goes online nowhere[/]")


def _data_files(folder: Path) -> dict[str, bytes]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        sizes = [path.stat().st_size for path in paths]
        if not paths or len(paths) > FILES_MAX or max(sizes) > FILE_BYTES_MAX:
            found = f"{len(paths)} files, the largest {max(sizes, default=0)} bytes"
            allowed = f"{folder} with 1 to {FILES_MAX} files of at most {FILE_BYTES_MAX} bytes"
            raise SettingRefused("options", "--data", found, allowed)
        return {path.name: path.read_bytes() for path in paths}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingRefused("options", "--data", str(folder), f"a folder to be read ({reason})") from error


def _write(out: Path, files: Mapping[str, Region], written: bytes, *, force: bool) -> None:
    """The manifest last: with it the folder is whole. The data partition holds the sign's key."""
    make_folder(out)
    if not force:
        refuse_overwrite(out, (*files, MANIFEST))
    (out / MANIFEST).unlink(missing_ok=True)
    for name, region in files.items():
        write_file(out / name, region.data, private=region.name == "data")
    write_file(out / MANIFEST, written)


@contextmanager
def _shown(name: str, *, quiet: bool) -> Iterator[Fetched]:
    """Shows how much of a file has come, from its first piece on: nothing for one that is here already."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet)

    def show(done: int, total: int | None) -> None:
        if not bar.task_ids:
            bar.add_task(f"fetching {name}")
            bar.start()
        bar.update(bar.task_ids[0], completed=done, total=total)

    try:
        yield show
    finally:
        if bar.task_ids:
            bar.stop()
