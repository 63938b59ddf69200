"""Alarms of a running fleet on a real store: what is watched, stored, told, restored and done by staff."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.alarms import Alarms
from gangvakt.alarms.patrol import reported_power
from gangvakt.alarms.watching import PROFILES_MS, Watcher
from gangvakt.errors import AlarmMissing, AlarmsMoved, AlarmStepRefused, AlarmTaken, StoreError
from gangvakt.fleet import LiveFleet, ReportedConfig, SignEvent, SignId, SiteId, Telemetry
from gangvakt.fleet.alarm import Alarm, Condition, Step, replay
from gangvakt.fleet.alarm_classes import ABSENCE_MS, FEEDER, OFFLINE, PATCHY, SILENT
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.fleet.power import MAINS, Feed, FeederHours, PowerProfile
from gangvakt.fleet.presence import SHORTEST_SILENCE_MS, Presence, Proof
from gangvakt.fleet.sequence import PATIENCE_MS
from gangvakt.ingest.messages import parse_status, parse_telemetry
from gangvakt.store import Store
from gangvakt.store.alarms import AlarmFilter

from .migrated import a_store
from .support import NORTH, SOUTH
from .wire import INCARNATION, NOW_MS, status

NIGHT = PowerProfile(Feed.LIGHTING, "F12", FeederHours(0, 1439))
POLES = [SiteId("drammen", f"site{number}").sign("north") for number in range(5)]
RADAR = Condition("radar_silent", str(NORTH))


@dataclass
class Town:
    """A fleet whose clock the test sets."""

    store: Store
    clock: list[int]
    fleet: LiveFleet
    alarms: Alarms
    watcher: Watcher
    power: dict[SignId, PowerProfile]
    lives: dict[str, LifeCycle]
    told: list[tuple[str, str, dict[str, Any]]]
    connected: list[bool] = field(default_factory=lambda: [True])

    @property
    def now_ms(self) -> int:
        return self.clock[0]

    def hear(self, *signs: SignId, faults: tuple[str, ...] = (), **more: object) -> None:
        known = parse_status(status(faults=[{"code": code} for code in faults], **more))
        assert known is not None
        for sign in signs:
            self.fleet.put_status(sign, known, self.now_ms)

    def lose(self, *signs: SignId) -> None:
        for sign in signs:
            self.fleet.put_offline(sign, self.now_ms)

    def event(self, seq: int, kind: str = "boot", sign: SignId = NORTH) -> None:
        now_ms = self.now_ms
        stored = SignEvent(seq, sign, INCARNATION, 3, seq, kind, now_ms, "utc", 1, now_ms, {})
        self.fleet.put_events([stored])

    async def pass_(self, later_ms: int = 0) -> None:
        """Time, and then a look at everything."""
        self.clock[0] += later_ms
        await self.alarms.report_all(self.watcher.round())
        await self.alarms.tick()

    async def open(self) -> dict[str, list[str]]:
        """Objects of the open alarms by code, sorted."""
        found: dict[str, list[str]] = {}
        for alarm in await self.store.alarms.page(AlarmFilter(), None, 1000):
            if alarm.is_open:
                found.setdefault(alarm.code, []).append(alarm.object)
        return {code: sorted(objects) for code, objects in found.items()}

    def steps(self) -> list[str]:
        return [kind.split(".")[3] for kind, _, _ in self.told]

    def presence(self, sign: SignId = NORTH) -> Presence:
        sight = self.watcher.sight(sign)
        assert sight is not None
        return sight.presence


@asynccontextmanager
async def a_town(folder: Path, now_ms: int = NOW_MS, fleet: LiveFleet | None = None) -> AsyncIterator[Town]:
    clock, told, power = [now_ms], [], {}  # type: ignore[var-annotated]
    lives: dict[str, LifeCycle] = {}

    def life_of(name: str) -> LifeCycle:
        return lives.get(name, LifeCycle.IN_SERVICE)

    async with a_store(folder / "x.db") as store:

        async def tell(connection: AsyncConnection, kind: str, subject: str, data: dict[str, Any]) -> None:
            assert connection.in_transaction()
            told.append((kind, subject, data))

        fleet = fleet or LiveFleet(lambda: clock[0])
        alarms = Alarms(store.alarms, tell, lambda: clock[0], life_of)
        await alarms.restore()
        connected = [True]
        watcher = Watcher(
            fleet,
            lambda sign: power.get(sign, MAINS),
            lambda: clock[0],
            lambda: connected[0],
            alarms.next_look_ms,
            life_of=life_of,
        )
        yield Town(store, clock, fleet, alarms, watcher, power, lives, told, connected)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(tmp_path) as town:
        yield town


async def replayed(store: Store, alarm: Alarm) -> Alarm:
    new = Alarm(alarm.code, alarm.object, alarm.source, alarm.id)
    return replay(new, await store.alarms.history(alarm.id))


async def test_a_fault_of_a_sign_is_an_alarm_until_the_sign_takes_it_back(town: Town) -> None:
    town.hear(NORTH, faults=("radar_silent", "a_word_of_a_newer_sign"))
    await town.pass_()
    assert await town.open() == {"radar_silent": [str(NORTH)]}
    town.hear(NORTH)
    await town.pass_(1000)
    assert await town.open() == {}
    assert town.steps() == ["raised", "cleared"]


async def test_a_sign_that_falls_silent_is_an_alarm_when_it_stays_so(town: Town) -> None:
    town.hear(NORTH)
    await town.pass_()
    await town.pass_(SHORTEST_SILENCE_MS + 1)
    assert (town.presence(), await town.open()) == (Presence.SILENT, {})
    await town.pass_(ABSENCE_MS)
    assert await town.open() == {SILENT: [str(NORTH)]}
    town.hear(NORTH)
    await town.pass_(1000)
    assert (town.presence(), await town.open()) == (Presence.FINE, {})


async def test_a_sign_that_is_heard_all_the_time_is_looked_at_again_when_it_stops(town: Town) -> None:
    for _ in range(30):
        town.hear(NORTH)
        await town.pass_(10_000)
    for _ in range(20):
        await town.pass_(10_000)
    assert await town.open() == {SILENT: [str(NORTH)]}


async def test_a_last_will_becomes_an_alarm_and_a_short_one_none(town: Town) -> None:
    town.hear(NORTH, SOUTH)
    await town.pass_()
    town.lose(NORTH, SOUTH)
    await town.pass_(1000)
    town.hear(SOUTH)
    await town.pass_(1000)
    await town.pass_(ABSENCE_MS)
    assert (await town.open()).get(OFFLINE) == [str(NORTH)]


async def test_events_that_stay_away_are_an_alarm_and_late_ones_clear_it(town: Town) -> None:
    for seq in (1, 2, 4):
        town.event(seq)
    town.hear(NORTH)
    await town.pass_()
    for _ in range(PATIENCE_MS // 30_000 + 1):
        town.hear(NORTH)
        await town.pass_(30_000)
    assert (town.presence(), await town.open()) == (Presence.PATCHY, {PATCHY: [str(NORTH)]})
    town.event(3)
    await town.pass_()
    assert await town.open() == {}


async def test_a_dead_feeder_is_one_alarm_that_names_its_signs_and_stands_for_theirs(town: Town) -> None:
    town.power |= dict.fromkeys(POLES, NIGHT)
    town.hear(*POLES)
    await town.pass_()
    for sign in POLES:
        town.lose(sign)
        await town.pass_(20_000)
    await town.pass_(ABSENCE_MS)
    assert await town.open() == {FEEDER: ["drammen/feeder F12"]}
    (alarm,) = town.alarms.standing("feeder:drammen/F12")
    assert alarm.data["signs"] == [str(sign) for sign in POLES]
    for _ in range(ABSENCE_MS // 20_000 + 2):
        town.hear(*POLES[:4])
        await town.pass_(20_000)
    assert await town.open() == {OFFLINE: [str(POLES[4])]}, "the one that did not come back has its own"


async def test_by_day_a_lighting_feeder_raises_nothing(town: Town) -> None:
    minute = NOW_MS // 60_000 % 1440
    by_day = PowerProfile(Feed.LIGHTING, "F12", FeederHours((minute + 300) % 1440, (minute - 300) % 1440))
    town.power |= dict.fromkeys(POLES, by_day)
    town.hear(*POLES)
    town.lose(*POLES)
    await town.pass_()
    await town.pass_(ABSENCE_MS * 2)
    assert (town.presence(POLES[0]), await town.open()) == (Presence.OFF_BY_DAY, {})


async def test_while_the_broker_is_away_nothing_new_is_said_of_signs(town: Town) -> None:
    town.hear(NORTH, faults=("radar_silent",))
    await town.pass_()
    town.connected[0] = False
    await town.pass_(3_600_000)
    assert (town.presence(), list(await town.open())) == (Presence.UNKNOWN, ["radar_silent"])
    town.connected[0] = True
    await town.pass_()
    assert (town.presence(), list(await town.open())) == (Presence.UNKNOWN, ["radar_silent"])
    await town.pass_(SHORTEST_SILENCE_MS + 1)
    assert town.presence() is Presence.SILENT


async def test_lamp_current_is_proved_by_an_activation_or_a_test(town: Town) -> None:
    town.hear(NORTH)
    await town.pass_()
    town.event(1, "activation_off")
    await town.pass_(1000)
    sight = town.watcher.sight(NORTH)
    assert sight is not None
    assert sight.proof == Proof(NOW_MS, "activation")
    for number in (4, 5):
        tested = parse_telemetry(
            {"v": 1, "uptime_ms": 1, "measured": {"current_proved": True, "self_tests": number}}
        )
        town.fleet.put_telemetry(NORTH, tested, town.now_ms)
        await town.pass_(1000)
    sight = town.watcher.sight(NORTH)
    assert sight is not None
    assert sight.proof == Proof(NOW_MS + 2000, "test")


async def test_neither_a_dead_lamp_nor_a_dark_one_in_shadow_proves_current(town: Town) -> None:
    lamps = {"on": False, "pattern": "x", "dim_pct": 1}
    for more in ({"mode": "shadow"}, {"lamps": {**lamps, "current_proved": False}}):
        town.hear(NORTH, **more)
        town.event(1, "activation_off")
        await town.pass_(1000)
        sight = town.watcher.sight(NORTH)
        assert sight is not None
        assert sight.proof is None, more


async def test_after_a_restart_nothing_is_raised_again(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        town.power |= dict.fromkeys(POLES, NIGHT)
        town.hear(NORTH, faults=("radar_silent",))
        town.hear(SOUTH, *POLES)
        await town.pass_()
        town.lose(SOUTH, *POLES)
        for _ in range(ABSENCE_MS // 20_000 + 1):
            town.hear(NORTH, faults=("radar_silent",))
            await town.pass_(20_000)
        stood = await town.open()
        states = [replace(state, telemetry=None) for state in town.fleet.signs()]
        now_ms = town.now_ms
    assert sorted(stood) == [FEEDER, "radar_silent", OFFLINE]
    fleet = LiveFleet(lambda: now_ms)
    fleet.restore(states)
    async with a_town(tmp_path, now_ms + 10_000, fleet) as town:
        town.power |= dict.fromkeys(POLES, NIGHT)
        await town.pass_()
        town.hear(NORTH, faults=("radar_silent",))
        town.lose(SOUTH, *POLES)
        for _ in range(5):
            await town.pass_(1000)
        assert (await town.open(), town.told) == (stood, [])


async def test_what_ended_while_the_controller_was_away_is_cleared(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        town.hear(NORTH, faults=("radar_silent",))
        await town.pass_()
    async with a_town(tmp_path, NOW_MS + 10_000) as town:
        town.hear(NORTH)
        await town.pass_()
        assert (await town.open(), town.steps()) == ({}, ["cleared"])


async def test_what_could_not_be_stored_is_neither_true_nor_forgotten(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StoreError("the disk is full")

    town.hear(NORTH, faults=("radar_silent",))
    with monkeypatch.context() as broken:
        broken.setattr(town.alarms, "_tell", refuse)
        with pytest.raises(StoreError):
            await town.pass_()
    town.watcher.look_again()
    assert await town.open() == {}
    await town.pass_()
    assert await town.open() == {"radar_silent": [str(NORTH)]}


async def test_every_step_is_in_the_history_that_makes_the_alarm(town: Town) -> None:
    await town.alarms.report("signs", {RADAR})
    number = town.alarms.standing("signs")[0].id
    for step in (
        Step(Kind.COMMENT, town.now_ms, "kari", "rang the contractor"),
        Step(Kind.ASSIGN, town.now_ms, "kari", data={"to": "ola"}),
        Step(Kind.ACKNOWLEDGE, town.now_ms, "ola"),
        Step(Kind.SUSPEND, town.now_ms, "ola", "spare part", {"until_ms": town.now_ms + 5000}),
    ):
        await town.alarms.act(number, step)
    await town.alarms.report("signs", set())
    await town.pass_(5000)
    alarm = await town.store.alarms.get(number)
    assert alarm is not None
    assert (alarm.state, alarm.assigned_to) == (State.CLEARED, "ola")
    assert await replayed(town.store, alarm) == alarm
    assert town.steps() == [
        "raised", "commented", "assigned", "acknowledged", "suspended", "cleared", "resumed"
    ]  # fmt: skip


async def test_staff_are_told_what_cannot_be(town: Town) -> None:
    with pytest.raises(AlarmMissing, match="there is no alarm 7"):
        await town.alarms.act(7, Step(Kind.ACKNOWLEDGE, 1, "kari"))
    await town.alarms.report("signs", {RADAR})
    with pytest.raises(AlarmStepRefused):
        await town.alarms.act(1, Step(Kind.RESUME, 1, "kari"))


async def test_who_saw_it_before_another_took_a_step_is_told_and_may_comment_all_the_same(town: Town) -> None:
    await town.alarms.report("signs", {RADAR})
    number, seen_ms = (town.alarms.standing("signs")[0].id, town.now_ms)
    await town.alarms.act(number, Step(Kind.COMMENT, seen_ms + 1, "ola", "rang them"))
    await town.alarms.act(number, Step(Kind.ASSIGN, seen_ms + 2, "kari", data={"to": "kari"}), seen_ms)
    with pytest.raises(AlarmTaken, match="kari was quicker, with 'assign'"):
        await town.alarms.act(number, Step(Kind.ACKNOWLEDGE, seen_ms + 3, "ola"), seen_ms)
    await town.alarms.act(number, Step(Kind.COMMENT, seen_ms + 4, "ola", "ok"), seen_ms)
    await town.alarms.act(number, Step(Kind.ACKNOWLEDGE, seen_ms + 5, "kari"), seen_ms)
    assert town.alarms.standing("signs")[0].acknowledged_by == "kari"


async def test_many_alarms_are_acknowledged_at_once_only_as_many_as_were_counted(town: Town) -> None:
    await town.alarms.report("signs", {RADAR, Condition("store", str(NORTH)), Condition("store", str(SOUTH))})
    wanted, step = AlarmFilter(sign="north"), Step(Kind.ACKNOWLEDGE, 1, "kari")
    with pytest.raises(AlarmsMoved, match="count is 3; allowed: 2"):
        await town.alarms.act_on_all(wanted, step, 3)
    assert len(await town.alarms.act_on_all(wanted, step, 2)) == 2
    states = [alarm.state.value for alarm in town.alarms.standing("signs")]
    assert sorted(states) == ["acknowledged", "acknowledged", "active"]


def test_telemetry_tells_of_supply_lamps_and_step() -> None:
    message = {"measured": {"supply_mv": 12_100, "current_proved": True, "self_tests": 3}}
    told = parse_telemetry({"v": 1, "uptime_ms": 1, **message, "poles": {"ahead_ms": -7}})
    assert told == Telemetry(1, supply_mv=12_100, current_proved=True, self_tests=3, ahead_ms=-7)


async def test_a_sign_that_is_moved_to_another_feeder_is_watched_by_its_hours(town: Town) -> None:
    town.hear(NORTH)
    town.lose(NORTH)
    await town.pass_()
    await town.pass_(ABSENCE_MS)
    assert await town.open() == {OFFLINE: [str(NORTH)]}
    town.power[NORTH] = PowerProfile(Feed.LIGHTING, "F12")
    await town.pass_(PROFILES_MS)
    assert (town.presence(), await town.open()) == (Presence.OFF_BY_DAY, {})


async def test_a_sign_that_leaves_the_workshop_dark_is_an_alarm_and_one_that_stays_there_none(
    town: Town,
) -> None:
    town.hear(NORTH, SOUTH, faults=("radar_silent",))
    await town.pass_()
    town.lives |= dict.fromkeys((str(NORTH), str(SOUTH)), LifeCycle.IN_REPAIR)
    town.lose(NORTH, SOUTH)
    await town.pass_(PROFILES_MS + ABSENCE_MS)
    assert await town.open() == {"radar_silent": [str(NORTH), str(SOUTH)]}
    assert {data["state"] for _, _, data in town.told} == {"active", "suspended"}
    town.lives |= {str(NORTH): LifeCycle.COMMISSIONED, str(SOUTH): LifeCycle.RETIRED}
    await town.pass_(PROFILES_MS)
    await town.pass_(ABSENCE_MS)
    assert await town.open() == {"radar_silent": [str(NORTH)], OFFLINE: [str(NORTH)]}


async def test_a_retired_sign_does_not_hide_that_its_old_feeder_died(town: Town) -> None:
    for sign in POLES:
        town.power[sign] = NIGHT
    town.lives |= dict.fromkeys(map(str, POLES[2:]), LifeCycle.RETIRED)
    town.hear(*POLES)
    await town.pass_()
    town.lose(*POLES[:2])
    await town.pass_(ABSENCE_MS)
    assert list(await town.open()) == [FEEDER]


@pytest.mark.parametrize(
    ("word", "feed"),
    [("solar", Feed.SOLAR), ("lighting_battery", Feed.LIGHTING_BATTERY), ("lighting", Feed.MAINS)],
)
def test_without_a_registry_a_sign_is_believed_where_its_word_is_enough(word: str, feed: Feed) -> None:
    fleet = LiveFleet()
    fleet.put_config(NORTH, ReportedConfig(1, "00", {"power_profile": word}, ()), NOW_MS)
    assert reported_power(fleet, NORTH).feed is feed
    assert reported_power(fleet, SOUTH) is MAINS
