from sign.core import events
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime

BOOT = 3


def filled(capacity, n):
    outbox = Outbox(capacity, BOOT)
    uptime = Uptime(0)
    for i in range(n):
        outbox.add(events.ACTIVATION_ON, uptime, 1, 1000 + i, 2000, 5)
    return outbox


def seqs(outbox, n=100):
    return [r[2] for r in outbox.peek(n)]


def test_events_come_out_oldest_first_and_stay_until_acknowledged():
    outbox = filled(8, 3)
    assert seqs(outbox) == [1, 2, 3]
    assert seqs(outbox, 2) == [1, 2]
    assert outbox.held == 3


def test_a_full_outbox_drops_the_oldest_and_counts_it():
    outbox = filled(4, 6)
    assert seqs(outbox) == [3, 4, 5, 6]
    assert (outbox.held, outbox.dropped) == (4, 2)


def test_an_acknowledgement_lets_go_all_up_to_it():
    outbox = filled(8, 5)
    assert outbox.ack(BOOT, 3) == 3
    assert seqs(outbox) == [4, 5]
    assert outbox.ack(BOOT, 3) == 0
    assert outbox.ack(BOOT, 5) == 2
    assert outbox.held == 0


def test_an_acknowledgement_of_another_boot_or_of_the_future_is_ignored():
    outbox = filled(8, 5)
    assert outbox.ack(BOOT - 1, 99) == 0
    assert outbox.ack(BOOT + 1, 1) == 0
    assert outbox.ack(BOOT, 6) == 0
    assert outbox.held == 5


def test_room_made_by_an_acknowledgement_is_used_again():
    outbox = filled(4, 4)
    outbox.ack(BOOT, 2)
    uptime = Uptime(0)
    for _ in range(3):
        outbox.add(events.BOOT, uptime)
    assert seqs(outbox) == [4, 5, 6, 7]
    assert outbox.dropped == 1
