"""Rollouts and plans of configurations with the real firmware: what a sign says after its trial decides."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from hil_tests.steering import Room, Sign, a_room, a_sign, until
from hil_tests.walks import CONFIG

from gangvakt.cli.app import main
from gangvakt.fleet import SignId
from gangvakt.fleet.config_plan import Event, State
from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.rollout_states import SignState
from gangvakt.fleet.rollout_states import State as RolloutState
from gangvakt.fleet.rollouts import Rollout, Rules
from gangvakt.fleet.selection import Selection
from gangvakt.orders.plans import Wanted as WantedPlan
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.settings import Settings
from gangvakt.upkeep.rollout_making import Wanted

OLD, NEW = "0.0.9", "0.1.0"
UPDATED_S = 300  # four boards on one computer: some minutes to fetch, one to prove it
STARTS = 3  # of an app on trial, before the one before comes back
PAIRS = [SignId("drammen", site, sign) for site in ("storgata", "kirkegata") for sign in ("north", "south")]
# Levels of a battery of 48 V where one of 12 V is: in five minutes the sign would be silent for good.
BATTERY = {
    "power_profile": "solar",
    "battery_saving_mv": 48_000,
    "battery_low_mv": 46_000,
    "battery_last_mv": 44_000,
}
# Firmware to which everything that takes its time takes a tenth of it.
TENFOLD = (
    ("core/probation.py", "SETTLED_S", 90, 9),
    ("core/probation.py", "DEADLINE_S", 600, 60),
    ("core/battery.py", "PATIENCE", 60, 6),
    ("core/battery.py", "_MESSAGE_S", 120, 12),
)
STOPPED_S = 60
SITE = json.dumps(CONFIG).encode()


@pytest.fixture
def keys(tmp_path: Path) -> UpdateKeys:
    """Made by the command, as the artifact is."""
    (tmp_path / "word").write_text("an update's passphrase\n")
    data = tmp_path / "data"
    assert (
        main(["firmware", "keys", "init", "--data", str(data), "--passphrase-file", str(tmp_path / "word")])
        == 0
    )
    return UpdateKeys(Settings(data=data).update_keys_dir)


@pytest.fixture
def artifact(tmp_path: Path, keys: UpdateKeys) -> bytes:
    """What `gangvakt firmware build` makes of this firmware."""
    out = tmp_path / "virtual.gvu"
    files = ["--data", str(tmp_path / "data"), "--passphrase-file", str(tmp_path / "word"), "--out", str(out)]
    assert main(["firmware", "build", "--board", "virtual", *files]) == 0
    return out.read_bytes()


@pytest.fixture
def firmware(tmp_path: Path) -> Callable[..., Path]:
    """This very firmware under an older version, with these constants changed: FILE, NAME, was, is."""

    def made(*changes: tuple[str, str, int, int]) -> Path:
        folder = tmp_path / "firmware"
        shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        (folder / "sign" / "version.py").write_text(f'VERSION = "{OLD}"\n')
        for file, name, was, now in changes:
            path = folder / "sign" / file
            text = path.read_text()
            assert f"{name} = const({was})" in text
            path.write_text(text.replace(f"{name} = const({was})", f"{name} = const({now})"))
        return folder

    return made


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def a_street(
    folder: Path, room: Room, ending: ExitStack, signs: list[SignId], firmware: Path, trusted: bytes = b""
) -> dict[SignId, Sign]:
    """All online."""
    street = {}
    for number, name in enumerate(signs, 1):
        street[name] = await asyncio.to_thread(a_sign, folder, room, name, number, SITE, firmware, trusted)
        ending.callback(street[name].end)
    await room.online(signs)
    return street


async def seen(room: Room, number: int, is_so: Callable[[Rollout], object], what: str) -> Rollout:
    rollout = await room.rollouts.get(number)
    try:
        async with asyncio.timeout(UPDATED_S):
            while not is_so(rollout):
                await asyncio.sleep(0.1)
                rollout = await room.rollouts.get(number)
    except TimeoutError:
        entries = [f"{one.sign} {one.state.value} {one.reason}" for one in rollout.entries.values()]
        pytest.fail("\n".join([f"{what}: it is {rollout.state.value}: {rollout.reason}", *entries]))
    return rollout


def has_confirmed(count: int, rollout: Rollout) -> bool:
    return rollout.count({SignState.CONFIRMED}) == count


@pytest.mark.soak
@pytest.mark.timeout(2400)
async def test_an_update_goes_from_a_canary_to_all_and_pauses_where_a_sign_returns_by_itself(
    tmp_path: Path, keys: UpdateKeys, artifact: bytes, firmware: Callable[..., Path], ending: ExitStack
) -> None:
    async with a_room(tmp_path, keys.trusted()) as room:
        street = await a_street(tmp_path, room, ending, PAIRS, firmware(), keys.trusted())
        number = (await room.artifacts.upload(artifact, "kari")).artifact.id
        groups = (GroupSpec("canary", None, ("drammen/storgata",)), GroupSpec("all", 100))
        rules = Rules(soak_min=0, error_pct=50)
        planned = await room.rollouts.add(Wanted(NEW, ("drammen",), (number,), (), groups, rules), "kari")
        first, second = (one.sign for one in sorted(planned.of_group(1), key=lambda one: one.step))
        await room.rollouts.start(planned.id, 4, "kari")
        for count in (1, 2):  # one after the other, each by its own word
            is_so = partial(has_confirmed, count)
            took = await seen(room, planned.id, is_so, f"{count} took it")
            for entry in took.of_group(0):
                assert (room.firmware(entry.sign) == NEW) == (entry.state is SignState.CONFIRMED)
        await until(lambda: room.firmware(first) == NEW, UPDATED_S, f"the trial of {first}")
        street[first].unplug()
        for _ in range(STARTS):  # its power goes and comes before it has proved itself
            await asyncio.to_thread(street[first].rig.power_cycle)
            await asyncio.to_thread(street[first].rig.expect, "armed ", 60)
        paused = await seen(room, planned.id, lambda one: one.state is RolloutState.PAUSED, "the pause")
        assert paused.reason == f"1 of 2 signs of all failed, as {first}"
        assert room.rollouts.has_paused_itself(paused)
        assert [paused.entries[sign].state for sign in (first, second)] == [
            SignState.FAILED,
            SignState.SKIPPED,
        ]
        await until(
            lambda: {room.firmware(sign) for sign in (first, second)} == {OLD}, 60, "the version before"
        )
        assert {room.firmware(sign) for sign in PAIRS[:2]} == {NEW}


async def test_a_plan_that_would_cost_signs_their_broker_is_stopped_by_the_trial_of_the_first(
    tmp_path: Path, firmware: Callable[..., Path], ending: ExitStack
) -> None:
    signs = PAIRS[::2]  # of two crossings
    async with a_room(tmp_path) as room:
        street = await a_street(tmp_path, room, ending, signs, firmware(*TENFOLD))
        plan = await room.plans.make(WantedPlan("48 V", BATTERY, Selection("drammen"), 1, 5, 60, "anna"))
        tried, spared = (stage[0] for stage in plan.stages)
        await room.plans.step(plan, Event.SCHEDULE, "anna")
        async with asyncio.timeout(STOPPED_S):
            while (plan := await room.plans.get("drammen", plan.id)).state is not State.STOPPED:
                await asyncio.sleep(0.1)
        assert plan.stage == 0
        assert plan.why.startswith("stage 1: 1 lost, 0 open, roll-back restores the 1 told: ")
        assert "battery_" in plan.why
        await until(lambda: reported(room, tried) == CONFIG["version"], STOPPED_S, "the one before")
        await room.online(signs)
        assert reported(room, spared) == CONFIG["version"]
        assert "trial" not in street[spared].rig.printed()


def reported(room: Room, sign: SignId) -> int | None:
    """The version of the configuration that is in force there."""
    state = room.fleet.sign(sign)
    return state.config.version if state and state.config else None
