"""`gangvakt-sim run`: a street with its signs, and the controller that watches them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.markup import escape

from gangvakt.provision.board import BoardSpec, load_board
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.controller import Controller, ControllerProcess, check_port_free
from gangvakt_sim.enrolment import enroll_simulator
from gangvakt_sim.errors import SimRefusal
from gangvakt_sim.first_password import ADMIN
from gangvakt_sim.flash import FLASH_FILE, flash_sign, wifi_of
from gangvakt_sim.order_desk import OrderDesk
from gangvakt_sim.publish import Broker, StreetPublisher
from gangvakt_sim.say import Say, announce_interpreter
from gangvakt_sim.street_faults import AfflictedSign
from gangvakt_sim.street_orders import FAULTS
from gangvakt_sim.virtual_sign import VirtualSign
from gangvakt_sim.world.guests import Guests
from gangvakt_sim.world.ld2451_model import Ld2451Model
from gangvakt_sim.world.messages import scene_message, world_message
from gangvakt_sim.world.player import play, sensors_of, vehicles_of
from gangvakt_sim.world.scene import DEFAULT_SCENE, Scene, SignPole, load_scene
from gangvakt_sim.world.street import Street
from gangvakt_sim.world.track import Actor

BOARD = "virtual"
HIGHEST_PORT = 65535
CONSOLE_FILE = "console.log"
MAC_PREFIX = b"\x02GVK\x00"  # locally administered, so no maker's


@dataclass(frozen=True)
class RunOptions:
    """What `gangvakt-sim run` was told."""

    data: Path
    seed: int
    signs: int
    http_port: int
    mqtt_port: int
    with_controller: bool

    def __post_init__(self) -> None:
        for option, port in (("--http-port", self.http_port), ("--mqtt-port", self.mqtt_port)):
            if not 1 <= port <= HIGHEST_PORT:
                raise SimRefusal("options", option, port, f"1 to {HIGHEST_PORT}")
        if self.http_port == self.mqtt_port:
            raise SimRefusal("options", "--http-port", self.http_port, "another port than --mqtt-port")


def run_street(options: RunOptions, say: Say) -> None:
    """Start everything, play until a signal, end everything. SimError when something fails."""
    scene = load_scene(DEFAULT_SCENE)
    opening = _Opening(options, scene, load_board(BOARD), _poles(scene, options.signs), say)
    announce_interpreter(say)
    with ends_on_signals():
        try:
            with ExitStack() as stack:
                street = opening.open(stack)
                say.line(street.welcome())
                street.play(Street(scene, options.seed), options.seed)
        except KeyboardInterrupt:
            say.line("\nEverything that was started has ended.")


def _poles(scene: Scene, count: int) -> Sequence[SignPole]:
    if not 1 <= count <= len(scene.signs):
        raise SimRefusal("options", "--signs", count, f"1 to {len(scene.signs)}, as the scene has")
    return scene.signs[:count]


@dataclass
class OpenStreet:
    """What runs: signs by the id of their pole, the radars for vehicles that some have, and the controller
    with the session to its broker."""

    poles: Sequence[SignPole]
    signs: Mapping[str, AfflictedSign]
    vehicles: Mapping[str, Ld2451Model | None]
    controller: ControllerProcess | None = None
    publisher: StreetPublisher | None = None
    desk: OrderDesk | None = None

    def welcome(self) -> str:
        """The last lines on the screen: where to look, and the password of the first start."""
        if self.controller is None:
            return "\nThe street is open, without a controller. Ctrl-C ends it."
        address = self.controller.controller.address
        password = self.controller.first_password()
        lines = ["", f"The street is open: [bold]{address}[/]"]
        if password:
            lines.append(f"Log in as [bold]{ADMIN}[/] with the one-time password [bold]{escape(password)}[/]")
        else:
            reset = f"gangvakt user reset-password --data {escape(str(self.controller.controller.data))}"
            lines.append(f"Log in as [bold]{ADMIN}[/] with your password. If it is lost: {reset}")
        return "\n".join([*lines, "Ctrl-C ends everything."])

    def play(self, street: Street, seed: int) -> None:
        """Play the street until a signal comes."""
        sensors = [
            sensors_of(pole, self.signs[pole.id], seed, vehicles=self.vehicles[pole.id])
            for pole in self.poles
        ]
        after = partial(self._after_step, street.guests)
        play(street, sensors, threading.Event().wait, on_step=after)

    def _after_step(self, guests: Guests, t_s: float, actors: Sequence[Actor]) -> None:
        if self.controller:
            self.controller.check()
        order = self.desk.obey(t_s, guests, self.signs) if self.desk else None
        for sign in self.signs.values():
            sign.step()
        if self.publisher:
            lamps = {name: sign.lamps() for name, sign in self.signs.items()}
            faults = {name: sign.standing() for name, sign in self.signs.items()}
            self.publisher.world(world_message(t_s, actors, lamps, faults, order))


def _save_console(board: VirtualBoard, path: Path) -> None:
    """What the board printed, for whoever wants to know why."""
    path.write_text(board.output.text())


@dataclass
class _Opening:
    """Starts the parts in the order in which they need each other."""

    options: RunOptions
    scene: Scene
    spec: BoardSpec
    poles: Sequence[SignPole]
    say: Say
    controller: Controller = field(init=False)
    vehicles: Mapping[str, Ld2451Model | None] = field(init=False)

    def __post_init__(self) -> None:
        ports = self.options.http_port, self.options.mqtt_port
        self.controller = Controller(self.options.data / "controller", *ports)
        self.vehicles = {pole.id: vehicles_of(pole, self.options.seed) for pole in self.poles}

    def open(self, stack: ExitStack) -> OpenStreet:
        """Start everything; `stack` will end it."""
        if not self.options.with_controller:
            self._flash()
            return OpenStreet(self.poles, self._start_signs(stack), self.vehicles)
        check_port_free(self.options.http_port, "--http-port")
        check_port_free(self.options.mqtt_port, "--mqtt-port")
        self._flash()
        broker = enroll_simulator(self.options.data / "simulator", self.controller)
        process = stack.enter_context(self.controller.serving(self.options.data / "controller.log"))
        desk = OrderDesk()
        publisher = self._connect(process, broker, stack, desk)
        # Last, because a radar sends from power-on: the signs would report it silent until the street begins.
        return OpenStreet(self.poles, self._start_signs(stack), self.vehicles, process, publisher, desk)

    def _folder(self, pole: SignPole) -> Path:
        return self.options.data / "signs" / pole.id

    def _flash(self) -> None:
        self.options.data.mkdir(parents=True, exist_ok=True)
        for pole in self.poles:
            anew = flash_sign(self._folder(pole), self.spec, self.scene, pole, self.controller)
            done = "enrolled, firmware built and flashed" if anew else "flashed before"
            self.say.step(f"sign {pole.id}: {done}")

    def _start_signs(self, stack: ExitStack) -> dict[str, AfflictedSign]:
        signs, started = {}, {}
        world = {"espnow": {"air": secrets.token_hex(8)}}  # they hear one another, and no other street
        for number, pole in enumerate(self.poles):
            folder = self._folder(pole)
            mac = MAC_PREFIX + bytes([number])
            board = VirtualBoard(
                self.spec,
                folder / FLASH_FILE,
                stalls=Stalls.default(),
                wifi=wifi_of(folder),
                mac=mac,
                config=world,
            )
            stack.callback(_save_console, board, folder / CONSOLE_FILE)
            started[pole.id] = VirtualSign(self.spec, stack.enter_context(board), self.vehicles[pole.id])
            radio = {**world, "wifi": wifi_of(folder)}
            signs[pole.id] = AfflictedSign(started[pole.id], board, radio)
        for pole in self.poles:
            started[pole.id].wait_armed()
            self.say.step(f"sign {pole.id}: armed")
        return signs

    def _connect(
        self, process: ControllerProcess, broker: Broker, stack: ExitStack, desk: OrderDesk
    ) -> StreetPublisher:
        process.wait_ready()
        self.say.step(f"controller: answers at {self.controller.address}")
        message = {**scene_message(self.scene), "faults": list(FAULTS)}
        publisher = StreetPublisher(broker, self.scene.municipality, self.scene.name, message, desk.put)
        stack.enter_context(publisher)
        self.say.step(f"street: published to the broker at {broker}")
        return publisher
