"""Writing a whole board beside what the tools alone need, and four boards beside one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from gangvakt.provision import serial_urls
from gangvakt.provision.esptool_run import BAUD, Esptool
from gangvakt.provision.flash_builder import ImageBuilder
from gangvakt.provision.identity import Wifi
from gangvakt.provision.image import SLOT
from gangvakt.provision.layout import Region
from gangvakt.provision.pack import SECTOR, files_of_body
from gangvakt.provision.wire import SiteIn
from gangvakt.registry.local import LocalOffice
from gangvakt_sim.bench.boards import MUNICIPALITY, SITE
from gangvakt_sim.bench.context import Bench, free_ports
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median
from gangvakt_sim.bench.walks import CONFIG, Player
from gangvakt_sim.bootrom import BlankBoard, stand_in_image
from gangvakt_sim.controller import COMMAND, HOST, Controller
from gangvakt_sim.errors import StreetError
from gangvakt_sim.world.ld2450_module import Ld2450Module

WRITE_BOUND = 1.15  # times esptool alone
APP_BOUND = 5  # times faster than mpremote cp
BATCH = 4
BATCH_BOUND = 1.5  # times one board
TOOL_S = 900
WIFI = Wifi("gangvakt", "not-a-secret-here")
FIRST_MAC = 0x30AEA4120001
# Room for the app file by file: no partition has enough, so two of them are made blank file systems.
PLACES = ("data", "outbox")
MOUNT = (
    "import vfs; from esp32 import Partition\n"
    f"for label in {PLACES}:\n"
    " part = Partition.find(Partition.TYPE_DATA, label=label)[0]\n"
    " vfs.VfsLfs2.mkfs(part)\n"
    " vfs.mount(vfs.VfsLfs2(part), '/' + label)\n"
)


def measure(bench: Bench) -> list[Figure]:
    """Every board's line is as slow as 921600 baud make it (mpremote's as 115200)."""
    image = bench.folder / "image.bin"
    image.write_bytes(stand_in_image(bench.spec.board.chip))
    regions = ImageBuilder(bench.spec, image).regions({"config.json": json.dumps(CONFIG).encode()})
    return [*_writing(bench, regions), *_batch(bench, image)]


def _writing(bench: Bench, regions: Sequence[Region]) -> list[Figure]:
    app = next(region for region in regions if region.name == SLOT)
    with _boards(bench, 1) as (board,):
        tool = Esptool(board.url, stub=False)
        alone: list[float] = []
        ours: list[float] = []
        times = bench.times(3, 1)
        for count in range(times):
            bench.say.step(f"flash: write {count + 1} of {times}, with esptool alone and with ours")
            alone.append(_timed(lambda: _esptool_alone(bench, board.url, regions)))
            ours.append(_timed(lambda: tool.write(bench.spec.board.chip, regions, lambda share: None)))
        bench.say.step("flash: the app's part, then mpremote cp of its files")
        app_s = _timed(lambda: tool.write(bench.spec.board.chip, [app], lambda share: None))
        copy_s = _copied(bench, board.url, app)
    alone_s = median(alone)
    writing = Reference(
        alone_s * WRITE_BOUND, f"{WRITE_BOUND} times esptool alone ({alone_s:.1f} s)", Bound.AT_MOST
    )
    copying = Reference(copy_s / APP_BOUND, f"a fifth of mpremote cp ({copy_s:.1f} s)", Bound.AT_MOST)
    size = sum(len(region.data) for region in regions) >> 10
    how = f"{len(regions)} regions, {size} KB, {BAUD} baud modelled"
    return [
        Figure("flash, write and verify", median(ours), "s", f"median of {times}; {how}", writing),
        Figure(
            "flash, the app's part", app_s, "s", "an esptool run with it alone, beside 115200 baud", copying
        ),
    ]


def _esptool_alone(bench: Bench, port: str, regions: Sequence[Region]) -> None:
    arguments: list[str] = []
    for region in regions:
        path = bench.folder / f"{region.name}.bin"
        path.write_bytes(region.data)
        arguments += [hex(region.offset), str(path)]
    options = ("--chip", bench.spec.board.chip, "--port", port, "--baud", str(BAUD), "--no-stub")
    _tool("esptool", *options, "write-flash", "--compress", *arguments)


def _copied(bench: Bench, port: str, app: Region) -> float:
    """Seconds in which mpremote copies the app's files into file systems of the running board."""
    files = files_of_body(app.data[SECTOR:])
    for number, (path, content) in enumerate(sorted(files.items())):
        target = bench.folder / PLACES[2 * number // len(files)] / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    # This stops the app, which is not what is measured; the reset ends the watchdog that nobody would feed.
    _tool("mpremote", "connect", port, "rm", ":/main.py", ":/boot.py", "+", "reset")
    _tool("mpremote", "connect", port, "exec", MOUNT)
    return sum(_timed(partial(_copy, port, bench.folder / place, place)) for place in PLACES)


def _copy(port: str, source: Path, place: str) -> None:
    _tool("mpremote", "connect", port, "resume", "cp", "-r", str(source), f":/{place}/copy")


def _batch(bench: Bench, image: Path) -> list[Figure]:
    controller = Controller(bench.folder / "controller", *free_ports(2))
    with controller.serving(bench.folder / "controller.log") as process:
        process.wait_ready()
        config = {name: value for name, value in CONFIG.items() if name != "version"}
        site = SiteIn(
            site=f"{MUNICIPALITY}/{SITE}",
            title="Benchmark",
            brokers=((HOST, controller.mqtt_port),),
            config=config,
            wifi=WIFI,
        )
        LocalOffice(controller.data).add_site(site)
        bench.say.step("flash: one board to a registered sign")
        one_s = _batch_of(bench, controller, image, 1)
        bench.say.step(f"flash: {BATCH} boards in a batch")
        four_s = _batch_of(bench, controller, image, BATCH)
    reference = Reference(
        one_s * BATCH_BOUND, f"{BATCH_BOUND} times one board ({one_s:.1f} s)", Bound.AT_MOST
    )
    how = "blank to registered, with self-test and label, 921600 baud modelled"
    return [Figure(f"flash, a batch of {BATCH}", four_s, "s", how, reference)]


def _batch_of(bench: Bench, controller: Controller, image: Path, count: int) -> float:
    with _boards(bench, count) as boards, ExitStack() as streets:
        for board in boards:
            streets.enter_context(Player(board.board))
        ports = [text for board in boards for text in ("--port", board.url)]
        what = ("--board", bench.spec.board.id, "--image", str(image), "--site", f"{MUNICIPALITY}/{SITE}")
        where = ("--data", str(controller.data), "--label-dir", str(bench.folder / "labels"))
        argv = [*COMMAND, "flash", "--batch", *ports, *what, *where, "--again", "--yes"]
        return _timed(lambda: _run(argv))


@contextmanager
def _boards(bench: Bench, count: int) -> Iterator[list[BlankBoard]]:
    """Blank boards with a radar each, behind ports as slow as the baud rate says."""
    with ExitStack() as stack:
        boards = []
        for number in range(count):
            flash = bench.folder / f"flash-{count}-{number}.bin"
            mac = (FIRST_MAC + number).to_bytes(6, "big")
            board = BlankBoard(bench.spec, flash, mac=mac, wifi={WIFI.ssid: WIFI.psk}, paced=True)
            board.board.uart(bench.spec.radar.uart).attach(Ld2450Module(bluetooth=False))
            boards.append(stack.enter_context(board))
        yield boards


def _tool(module: str, *arguments: str) -> None:
    _run([sys.executable, "-m", serial_urls.__name__, module, *arguments])


def _run(argv: Sequence[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TOOL_S, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise StreetError(f"flash: {said[-1] if said else argv}")


def _at_most(bound_s: float, text: str) -> Reference:
    return Reference(bound_s, text, Bound.AT_MOST)


def _timed(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun
