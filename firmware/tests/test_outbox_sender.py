import json

from sign.core import events
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.services.outbox_sender import ACK_TIMEOUT_MS, BATCH_MAX, OutboxSender

INCARNATION = "9f3ac01b"
BOOT = 3


def made(count):
    uptime = Uptime(0)
    uptime.update(5000)
    outbox = Outbox(64, BOOT)
    for _ in range(count):
        outbox.add(events.ACTIVATION_OFF, uptime, 0, 7000)
    return outbox, OutboxSender(outbox, uptime, INCARNATION, BOOT)


def batch(sender, now_ms):
    """The batch with its events described."""
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
        "uptime_ms": 5000,
        "t": None,
        "events": [{"seq": 1, "kind": "activation_off", "up": 5000, "cause": "hold", "on_ms": 7000}],
    }


def test_one_batch_at_a_time_is_under_way():
    outbox, sender = made(BATCH_MAX + 4)
    assert sender.due(0)
    assert len(batch(sender, 0)["events"]) == BATCH_MAX
    assert not sender.due(1)
    sender.on_ack(ack(BATCH_MAX))
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
    sender.batch(0)
    sender.restart()
    assert sender.due(1)


def test_an_empty_outbox_has_nothing_to_send():
    _, sender = made(0)
    assert not sender.due(0)


def test_acknowledgements_for_another_life_let_nothing_go():
    outbox, sender = made(2)
    sender.batch(0)
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
        sender.on_ack(payload)
    assert outbox.held == 2
    assert sender.bad_acks == 10


def test_an_acknowledgement_beyond_what_was_sent_is_ignored():
    outbox, sender = made(2)
    sender.batch(0)
    sender.on_ack(ack(99))
    assert outbox.held == 2
