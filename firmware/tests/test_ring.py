import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from plain_flash import SECTOR, Flash

from sign.core import ring_mount, ring_room
from sign.proto import record

INCARNATION = b"\x9f\x3a\xc0\x1b"
SLOTS = 126
BOOT = 3


def packed(seq, boot=BOOT):
    data = bytearray(record.SIZE)
    record.pack_into(data, 0, 2, boot, seq, seq * 9, 0, 1, seq, 0, 0)
    return bytes(data)


def filled(ring, first, last, boot=BOOT):
    for seq in range(first, last + 1):
        while True:
            if not ring.has_place():
                ring_room.make_room(ring)
            if ring.append(packed(seq, boot)):
                break
    return ring


def made(last, sectors=4):
    flash = Flash(sectors)
    return flash, filled(ring_mount.mount(flash, INCARNATION), 1, last)


def again(flash):
    return ring_mount.mount(flash, INCARNATION)


def seqs(ring):
    return [kept[2] for kept in (ring.read(at) for at in range(ring.tail, ring.head)) if kept]


def test_records_come_back_after_a_reset_in_their_order():
    flash, ring = made(300)
    assert seqs(ring) == seqs(again(flash)) == list(range(1, 301))
    assert [kept[2] for kept in again(flash).peek(3)] == [1, 2, 3]


def test_what_is_acknowledged_stays_so_after_a_reset():
    for seq in (1, 7, 8, 9, 125, 126, 127, 133, 252, 300):
        flash, ring = made(300)
        ring.ack(BOOT, seq)
        assert seqs(ring) == seqs(again(flash)) == list(range(seq + 1, 301)), seq


def test_an_acknowledgement_is_one_short_program_in_a_sector():
    flash, ring = made(20)
    before = flash.programs
    ring.ack(BOOT, 8)
    assert flash.programs == before + 1
    ring.ack(BOOT, 8)
    assert flash.programs == before + 1


def test_an_acknowledgement_of_another_boot_lets_nothing_go():
    _flash, ring = made(5)
    filled(ring, 1, 5, BOOT + 1)
    ring.ack(BOOT + 1, 5)
    assert ring.head - ring.tail == 10
    ring.ack(BOOT, 99)
    assert seqs(ring) == [1, 2, 3, 4, 5]
    assert [kept[1] for kept in ring.peek(9)] == [BOOT + 1] * 5


def test_a_batch_is_of_one_boot():
    _, ring = made(3)
    filled(ring, 1, 5, 900)
    assert [kept[1:3] for kept in ring.peek(8)] == [(BOOT, 1), (BOOT, 2), (BOOT, 3)]


def test_full_it_drops_the_oldest_sector_and_counts_it_for_ever():
    flash, ring = made(4 * SLOTS)
    assert ring.dropped == 0
    filled(ring, 4 * SLOTS + 1, 4 * SLOTS + 1)
    assert ring.dropped == again(flash).dropped == SLOTS
    assert seqs(ring) == seqs(again(flash)) == list(range(SLOTS + 1, 4 * SLOTS + 2))
    ring.ack(BOOT, 2 * SLOTS + 6)
    filled(ring, 4 * SLOTS + 2, 6 * SLOTS + 1)
    assert ring.dropped == again(flash).dropped == SLOTS + SLOTS - 6


def test_it_goes_round_and_wears_all_sectors_alike():
    flash = Flash()
    ring = again(flash)
    for lap in range(100):
        filled(ring, lap * 100 + 1, lap * 100 + 100)
        ring.ack(BOOT, lap * 100 + 97)
        if lap % 7 == 0:
            ring = again(flash)
    assert ring.dropped == 0
    assert max(flash.erased) - min(flash.erased) <= 1
    assert seqs(again(flash)) == [9998, 9999, 10000]


def test_a_damaged_record_is_passed_and_counted():
    flash, ring = made(9)
    flash.bytes[64 + 3 * 32 + 9] ^= 4
    ring = again(flash)
    assert [kept[2] for kept in ring.peek(8)] == [1, 2, 3, 5, 6, 7, 8, 9]
    assert ring.damaged == 0
    ring.ack(BOOT, 9)
    assert (ring.tail, ring.damaged) == (ring.head, 1)


def test_damaged_records_at_the_tail_do_not_stop_it():
    flash, ring = made(4)
    for slot in range(4):
        flash.bytes[64 + slot * 32] ^= 0x80
    assert ring.peek(8) == []
    assert (ring.tail, ring.damaged) == (ring.head, 4)


def test_a_damaged_head_costs_nothing_for_there_is_a_copy():
    for sector in range(3):
        for at in (0, 3, 8, 12, 15, 52, 60):
            flash, _ = made(3 * SLOTS - 50)
            flash.bytes[sector * SECTOR + at] ^= 1
            assert seqs(again(flash)) == list(range(1, 3 * SLOTS - 49)), (sector, at)


def test_records_between_two_sectors_are_found_even_where_head_and_copy_are_damaged():
    flash, _ = made(3 * SLOTS - 50)
    flash.bytes[SECTOR + 8] ^= 1
    flash.bytes[SECTOR + 53] ^= 1
    assert seqs(again(flash)) == list(range(1, 3 * SLOTS - 49))


def test_sectors_of_another_incarnation_are_no_ones():
    flash, _ring = made(200)
    other = ring_mount.mount(flash, b"abcd")
    assert (other.tail, other.head) == (0, 0)
    filled(other, 1, 2)
    assert seqs(ring_mount.mount(flash, b"abcd")) == [1, 2]


def test_any_content_of_the_flash_can_be_mounted():
    seed = 1
    for _ in range(20):
        flash, ring = made(200)
        for _ in range(300):
            seed = (seed * 69069 + 12345) & 0x3FFFFFF
            flash.bytes[seed % (3 * SECTOR)] = seed >> 11 & 0xFF
        ring = again(flash)
        filled(ring, 1000, 1100)
        assert seqs(again(flash))[-101:] == list(range(1000, 1101))


def test_a_head_that_was_torn_before_its_number_is_none():
    """Else it would be the highest there can be, where its place fits."""
    flash = Flash(3)
    flash.bytes[:6] = b"GO" + INCARNATION
    ring = again(flash)
    assert (ring.tail, ring.head) == (0, 0)
    filled(ring, 1, 200)
    assert seqs(again(flash)) == list(range(1, 201))


def test_marks_that_acknowledge_more_than_was_written_leave_an_empty_ring():
    flash, _ = made(20)
    flash.bytes[32:36] = bytes(4)
    ring = again(flash)
    assert (ring.tail, ring.head) == (20, 20)
    filled(ring, 21, 30)
    assert seqs(ring) == list(range(21, 31))


def test_a_head_with_a_number_that_nobody_ever_counted_to_is_none():
    """The next one would not fit into a head, and no record could be kept any more."""
    flash = Flash(3)
    numbers = b"\xff\xff\xff\xff\x05\x00\x00\x00"
    flash.bytes[:14] = b"GO" + INCARNATION + numbers
    flash.bytes[52:60] = numbers
    ring = again(flash)
    assert (ring.tail, ring.head, ring.dropped) == (0, 0, 0)
    filled(ring, 1, 200)
    assert seqs(again(flash)) == list(range(1, 201))
