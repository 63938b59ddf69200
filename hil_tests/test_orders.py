"""What the controller orders, over the real broker: commands, and configurations on trial."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hil_tests.conftest import SIGN
from hil_tests.controller import Controller
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.fleet.look import Doing, Look
from gangvakt.ingest.topics import desired_topic
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.site_config import schema_hash

ONLINE_S = 40
SITE = {name: value for name, value in CONFIG.items() if name != "version"}
QUIET_S = 20
WATCHED_S = 20


@pytest.fixture
def hasty(tmp_path: Path) -> Path:
    """Firmware whose trials are over in seconds."""
    folder = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    probation = folder / "sign" / "core" / "probation.py"
    text = probation.read_text()
    for name, usual_s, hasty_s in (("SETTLED_S", 90, 8), ("DEADLINE_S", 600, 40)):
        assert f"{name} = const({usual_s})" in text
        text = text.replace(f"{name} = const({usual_s})", f"{name} = const({hasty_s})")
    probation.write_text(text)
    return folder


def online(controller: Controller, boot: int = 1) -> None:
    told = controller.on("/status")
    wait_until(
        lambda: any(one["online"] and one["boot"] == boot for one in controller.on("/status")),
        ONLINE_S,
        f"online with boot {boot}: {told[-1:]}",
    )


def want(controller: Controller, version: int, **values: object) -> None:
    message = {"v": 1, "version": version, "schema": schema_hash(), "values": {**SITE, **values}}
    controller.publish(desired_topic(SIGN), message, retain=True)


def reported(controller: Controller) -> dict:
    found = controller.on("/config/reported")
    return dict(found[-1]) if found else {}


def fate(controller: Controller) -> tuple[int | None, str | None]:
    told = reported(controller).get("desired") or {}
    return told.get("version"), told.get("state")


def test_commands_reach_the_lamps_and_are_answered(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes]
) -> None:
    rig.start(enrolled)
    online(controller)
    wait_until(lambda: bool(controller.on("/telemetry")), ONLINE_S, "telemetry")
    with Radar(rig.radar) as radar:
        assert controller.command(SIGN, "details")["ok"]
        assert controller.command(SIGN, "no-such")["field"] == "verb"
        wait_until(lambda: controller.command(SIGN, "force-on", 4)["ok"], ONLINE_S, "no backlog any more")
        wait_until(lambda: lit(rig), 2, "light by command")
        wait_until(lambda: not rig.lamps()[0] and not lit(rig), 10, "its end")
        wait_until(lambda: bool(controller.events("order_off")), ONLINE_S, "the end is told")
        assert controller.command(SIGN, "mute", 1)["ok"]
        wait_until(lambda: "order" in controller.on("/status")[-1], 10, "the mute in the status")
        radar.play(to_the_kerb())
        wait_until(lambda: bool(controller.events("activation_on")), ONLINE_S, "a muted warning is told")
        assert not lit(rig)
        assert controller.command(SIGN, "mute", 0)["ok"]
        wait_until(lambda: "order" not in controller.on("/status")[-1], 10, "the mute is over")
    ordered = [(event["code"], event["kind"]) for event in controller.events("order_on")]
    assert ordered == [("force", "order_on"), ("mute", "order_on")]


def test_a_sign_shows_what_it_sees_for_as_long_as_it_was_asked_to(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes]
) -> None:
    controller.telling_time = True
    rig.start(enrolled)
    online(controller)
    with Radar(rig.radar) as radar:
        wait_until(lambda: controller.command(SIGN, "watch", WATCHED_S)["ok"], ONLINE_S, "the clock")
        wait_until(lambda: bool(looks(controller)), ONLINE_S, "a picture")
        assert looks(controller)[0].tracks == ()
        radar.play(to_the_kerb())
        wait_until(lambda: Doing.STEPPING_OUT in doings(controller), WATCHED_S, "somebody who steps out")
        wait_until(lambda: looks(controller)[-1].left_s <= 2, 2 * WATCHED_S, "its end")
        assert controller.command(SIGN, "watch", 61)["allowed"] == "0..60"
    told = looks(controller)
    assert any(look.warns and look.lamps for look in told)
    assert min(after.sign_ms - before.sign_ms for before, after in pairwise(told[::4])) >= 1000


def looks(controller: Controller) -> list[Look]:
    return controller.on("/targets")


def doings(controller: Controller) -> set[Doing]:
    return {look.doing(one) for look in looks(controller) for one in look.tracks}


def test_a_configuration_is_tried_and_kept_or_comes_back(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes], hasty: Path
) -> None:
    rig.start(enrolled, hasty)
    online(controller)
    wait_until(lambda: bool(controller.on("/telemetry")), ONLINE_S, "telemetry")
    with Radar(rig.radar):
        want(controller, 8, lead_ms=1)
        wait_until(lambda: fate(controller) == (8, "refused"), ONLINE_S, "refused")
        assert [error["field"] for error in reported(controller)["desired"]["errors"]] == ["lead_ms"]
        want(controller, 9, lead_ms=3_000)
        wait_until(lambda: fate(controller) == (9, "trial"), ONLINE_S, "trial")
        wait_until(lambda: fate(controller) == (None, None), ONLINE_S, "kept")
        assert (reported(controller)["version"], reported(controller)["values"]["lead_ms"]) == (9, 3_000)
        want(controller, 10, lead_ms=2_500, second_kind="ld2450")
        wait_until(lambda: fate(controller) == (10, "rolled_back"), 2 * ONLINE_S, "rolled back")
        online(controller, boot=4)  # two starts for two trials, and one back
        wait_until(lambda: reported(controller)["version"] == 9, ONLINE_S, "the one before")
    assert "second_silent" in reported(controller)["desired"]["errors"][0]["why"]
    assert reported(controller)["values"]["lead_ms"] == 3_000


def test_a_sign_hears_garbage_and_stays(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes]
) -> None:
    rig.start(enrolled)
    online(controller)
    wait_until(lambda: bool(controller.on("/telemetry")), ONLINE_S, "telemetry")
    base = desired_topic(SIGN).removesuffix("config/desired")
    answered = 0
    for payload in (b"\xff" * 200, b"[" * 512, b"{" * 1024, b"x" * 5_000, json.dumps({"v": 1}).encode()):
        controller.publish(base + "command", payload)
        controller.publish(base + "config/desired", payload)
        controller.publish(base + "event/ack", payload)
        answered += len(payload) < 5_000  # a longer one is passed over
        wait_until(
            lambda told=answered: len(controller.on("/response")) == told, 10, f"{payload[:9]!r} refused"
        )
    assert controller.command(SIGN, "details")["answer"]["closed_reasons"].keys() <= {"paused"}

    def refused_field() -> str | None:
        errors = (reported(controller).get("desired") or {}).get("errors") or [{}]
        return errors[0].get("field")

    wait_until(lambda: refused_field() == "version", 10, "the last configuration refused")
