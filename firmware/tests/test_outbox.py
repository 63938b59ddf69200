import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from plain_flash import Flash

from sign.core import events, ring_mount, ring_room
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
    outbox.ack(BOOT, 3)
    assert seqs(outbox) == [4, 5]
    outbox.ack(BOOT, 3)
    assert seqs(outbox) == [4, 5]
    outbox.ack(BOOT, 5)
    assert outbox.held == 0


def test_an_acknowledgement_of_another_boot_or_of_the_future_is_ignored():
    outbox = filled(8, 5)
    outbox.ack(BOOT - 1, 99)
    outbox.ack(BOOT + 1, 1)
    outbox.ack(BOOT, 6)
    assert outbox.held == 5


def test_room_made_by_an_acknowledgement_is_used_again():
    outbox = filled(4, 4)
    outbox.ack(BOOT, 2)
    uptime = Uptime(0)
    for _ in range(3):
        outbox.add(events.BOOT, uptime)
    assert seqs(outbox) == [4, 5, 6, 7]
    assert outbox.dropped == 1


def kept(flash, n, boot=BOOT, capacity=8):
    """An outbox with n records, each brought to flash but for the last two."""
    outbox = Outbox(capacity, boot)
    outbox.flash = ring_mount.mount(flash, b"abcd")
    uptime = Uptime(0)
    for i in range(n):
        outbox.add(events.ACTIVATION_ON, uptime, 1, 1000 + i)
        if not outbox.flash.has_place():
            ring_room.make_room(outbox.flash)
        if i < n - 2:
            assert outbox.move()
    return outbox


def keys(outbox):
    """All that it has to send, batch by batch, each acknowledged."""
    found = []
    while outbox.held:
        batch = outbox.peek(8)
        assert len({record[1] for record in batch}) == 1
        found += [record[1:3] for record in batch]
        outbox.ack(*found[-1])
    return found


def test_what_is_in_flash_goes_first_then_what_is_in_memory():
    outbox = kept(Flash(), 20)
    assert (outbox.held, outbox.waiting, outbox.dropped) == (20, 2, 0)
    assert keys(outbox) == [(BOOT, seq) for seq in range(1, 21)]


def test_records_of_earlier_boots_come_first_and_no_batch_mixes_two():
    flash = Flash()
    for boot in (7, 1_234_567, 8):
        kept(flash, 5, boot)
    expected = [(boot, seq) for boot in (7, 1_234_567, 8) for seq in (1, 2, 3)]
    assert keys(kept(flash, 4, 9)) == expected + [(9, 1), (9, 2), (9, 3), (9, 4)]


def test_an_acknowledgement_lets_go_in_flash_and_in_memory():
    outbox = kept(Flash(), 10)
    outbox.ack(BOOT, 9)
    assert seqs(outbox) == [10]
    assert outbox.flash.tail == outbox.flash.head


def test_a_record_that_is_acknowledged_is_not_written_any_more():
    outbox = kept(Flash(), 4)
    outbox.ack(BOOT, 4)
    before = outbox.flash.head
    assert not outbox.move()
    assert outbox.flash.head == before


def test_without_a_blank_sector_they_wait_in_memory():
    outbox = filled(8, 3)
    assert not outbox.move()
    outbox.flash = ring_mount.mount(Flash(), b"abcd")
    assert not outbox.move()
    ring_room.make_room(outbox.flash)
    outbox.move_all()
    assert (outbox.waiting, outbox.held) == (0, 3)


def test_all_are_brought_to_flash_before_a_reset_even_if_flash_fails():
    flash = Flash()
    outbox = kept(flash, 6)
    outbox.move_all()
    assert outbox.waiting == 0
    assert len(keys(kept(flash, 1, BOOT + 1))) == 7
    outbox = kept(flash, 6)

    def broken(*_):
        raise OSError(5)

    outbox.flash.device.writeblocks = broken
    outbox.move_all()
    assert outbox.waiting > 0
