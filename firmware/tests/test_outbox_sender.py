import json
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from plain_flash import Flash

from sign.core import events, ring_mount, ring_room
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.services.outbox_sender import ACK_TIMEOUT_MS, BATCH_MAX, OutboxSender

NOW_MS = 1_800_000_000_000
INCARNATION = "9f3ac01b"
BOOT = 3


class Clock:
    """Stands in for hal.clock."""

    def __init__(self):
        self.now_ms = None
        self.heard = []

    def utc_ms(self):
        return self.now_ms

    def hear(self, ms, more_ms):
        self.heard.append((ms, more_ms))


def made(count):
    uptime = Uptime(0)
    uptime.update(5000)
    outbox = Outbox(64, BOOT)
    for _ in range(count):
        outbox.add(events.ACTIVATION_OFF, uptime, 0, 7000)
    clock = Clock()
    sender = OutboxSender(outbox, uptime, INCARNATION, BOOT, clock.utc_ms, clock.hear)
    sender.clock = clock
    return outbox, sender


def batch(sender, now_ms):
    """The batch with its events described."""
    assert sender.due(now_ms)
    made = sender.batch(now_ms)
    made["events"] = list(made["events"])
    return made


def ack(seq, **changed):
    document = {"v": 1, "incarnation": INCARNATION, "boot": BOOT, "seq": seq}
    document.update(changed)
    return json.dumps(document).encode()


def test_a_batch_is_what_the_contract_says():
    _, sender = made(1)
    assert batch(sender, 0) == {
        "v": 1,
        "incarnation": INCARNATION,
        "boot": BOOT,
        "over": False,
        "uptime_ms": 5000,
        "t": None,
        "events": [{"seq": 1, "kind": "activation_off", "up": 5000, "cause": "hold", "on_ms": 7000}],
    }


def test_one_batch_at_a_time_is_under_way():
    outbox, sender = made(BATCH_MAX + 4)
    assert sender.due(0)
    assert len(batch(sender, 0)["events"]) == BATCH_MAX
    assert not sender.due(1)
    sender.on_ack(ack(BATCH_MAX), 1)
    assert outbox.held == 4
    assert sender.due(2)
    assert batch(sender, 2)["events"][0]["seq"] == BATCH_MAX + 1


def test_without_an_acknowledgement_it_is_sent_again():
    outbox, sender = made(2)
    first = batch(sender, 0)
    assert not sender.due(ACK_TIMEOUT_MS - 1)
    assert sender.due(ACK_TIMEOUT_MS)
    assert batch(sender, ACK_TIMEOUT_MS) == first
    assert outbox.held == 2


def test_a_new_connection_sends_again_at_once():
    _, sender = made(2)
    batch(sender, 0)
    sender.restart()
    assert sender.due(1)


def test_an_empty_outbox_has_nothing_to_send():
    _, sender = made(0)
    assert not sender.due(0)


def test_acknowledgements_for_another_life_let_nothing_go():
    outbox, sender = made(2)
    batch(sender, 0)
    for payload in (
        ack(2, incarnation="00000000"),
        ack(2, boot=BOOT + 1),
        ack(2, v=2),
        ack("2"),
        ack(-1),
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
    ):
        sender.on_ack(payload, 1)
    assert outbox.held == 2
    assert sender.bad_acks == 10


def test_an_acknowledgement_beyond_what_was_sent_is_ignored():
    outbox, sender = made(2)
    batch(sender, 0)
    sender.on_ack(ack(99), 1)
    assert outbox.held == 2


def test_events_of_an_earlier_boot_say_so_and_are_acknowledged_by_it():
    flash = Flash()
    before = Outbox(8, BOOT - 1)
    before.flash = ring_mount.mount(flash, b"abcd")
    ring_room.make_room(before.flash)
    before.add(events.BOOT, Uptime(0))
    before.move_all()
    outbox, sender = made(1)
    outbox.flash = ring_mount.mount(flash, b"abcd")
    sent = batch(sender, 0)
    assert (sent["boot"], sent["over"], sent["uptime_ms"]) == (BOOT - 1, True, 5000)
    sender.on_ack(ack(1), 1)
    assert sender.bad_acks == 1
    sender.on_ack(ack(1, boot=BOOT - 1), 1)
    assert outbox.held == 1
    assert batch(sender, 2)["boot"] == BOOT


def test_nothing_is_due_while_all_that_flash_holds_is_damaged():
    flash = Flash()
    outbox, sender = made(1)
    outbox.flash = ring_mount.mount(flash, b"abcd")
    ring_room.make_room(outbox.flash)
    outbox.move_all()
    flash.bytes[70] ^= 1
    assert outbox.held == 1
    assert not sender.due(0)
    assert (outbox.held, outbox.flash.damaged) == (0, 1)


def test_the_controllers_time_comes_with_a_prompt_answer_to_what_was_sent_last():
    _, sender = made(2)
    clock = sender.clock
    clock.now_ms = NOW_MS
    assert batch(sender, 0)["t"] == NOW_MS
    sender.on_ack(ack(1, t=NOW_MS + 7, up=4999), 300)  # the answer to another sending, kept by the broker
    sender.on_ack(ack(1, t=NOW_MS + 7), 300)
    assert clock.heard == []
    sender.on_ack(ack(1, t=NOW_MS + 7, up=5000), 300)
    assert clock.heard == [(NOW_MS + 7, 150)]
    sender.on_ack(ack(2, t=NOW_MS + 7, up=5000), 4001)  # it took too long to tell anything
    assert len(clock.heard) == 1
