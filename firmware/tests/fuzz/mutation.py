"""What becomes of good bytes on their way: each mutation takes (dice, data, corpus) and gives other bytes."""

LONGEST = 2_048  # of a mutated input; longer ones are made by repetition in places that say so
_INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000)
_INTERESTING_4 = (0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_SLICE = 24  # bytes that one mutation moves, at most
_MUTATIONS_MAX = 4


def flip_a_bit(dice, data, corpus):
    at = dice.below(len(data))
    return data[:at] + bytes((data[at] ^ 1 << dice.below(8),)) + data[at + 1 :]


def set_a_byte(dice, data, corpus):
    at = dice.below(len(data))
    return data[:at] + bytes((dice.one_of(_INTERESTING) & 0xFF,)) + data[at + 1 :]


def cut_the_end(dice, data, corpus):
    return data[: dice.below(len(data))]


def cut_out(dice, data, corpus):
    at = dice.below(len(data))
    return data[:at] + data[at + 1 + dice.below(_SLICE) :]


def insert(dice, data, corpus):
    at = dice.below(len(data) + 1)
    return data[:at] + dice.bytes(1 + dice.below(8)) + data[at:]


def repeat(dice, data, corpus):
    at = dice.below(len(data))
    piece = data[at : at + 1 + dice.below(_SLICE)]
    return data[:at] + piece * (2 + dice.below(8)) + data[at + len(piece) :]


def swap(dice, data, corpus):
    a, b = sorted((dice.below(len(data)), dice.below(len(data))))
    n = 1 + dice.below(_SLICE)
    return data[:a] + data[b : b + n] + data[a + n : b] + data[a : a + n] + data[b + n :]


def splice(dice, data, corpus):
    """The beginning of this and the end of another."""
    other = dice.one_of(corpus)
    return data[: dice.below(len(data) + 1)] + other[dice.below(len(other) + 1) :]


def overwrite(dice, data, corpus):
    other = dice.one_of(corpus)
    at, start = dice.below(len(data)), dice.below(len(other))
    piece = other[start : start + 1 + dice.below(_SLICE)]
    return data[:at] + piece + data[at + len(piece) :]


def put_an_integer(dice, data, corpus):
    """One that stands at some limit, of one to four bytes, either way round."""
    size = dice.one_of((1, 2, 4))
    value = dice.one_of(_INTERESTING_4) if size == 4 and dice.below(2) else dice.one_of(_INTERESTING)
    at = dice.below(len(data))
    return data[:at] + _packed(dice, value, size) + data[at + size :]


def tamper_with_a_length(dice, data, corpus):
    """Take some bytes for a length: a little more or less than it says, or about what really follows."""
    size = dice.one_of((1, 1, 2, 2, 4))
    at = dice.below(len(data))
    order = dice.one_of(("little", "big"))
    value = int.from_bytes(data[at : at + size], order)
    told = dice.one_of((value, len(data) - at - size, len(data)))
    told = (told + dice.below(5) - 2) & (1 << 8 * size) - 1
    return data[:at] + told.to_bytes(size, order) + data[at + size :]


def _packed(dice, value, size):
    return (value & (1 << 8 * size) - 1).to_bytes(size, dice.one_of(("little", "big")))


MUTATIONS = (
    flip_a_bit,
    flip_a_bit,
    set_a_byte,
    cut_the_end,
    cut_out,
    insert,
    repeat,
    swap,
    splice,
    overwrite,
    put_an_integer,
    tamper_with_a_length,
)


def mutated(dice, corpus):
    """One of the corpus, as it is now and then, else with some mutations; or nothing but chance."""
    kind = dice.below(24)
    if kind == 0:
        return dice.bytes(dice.below(64))
    data = dice.one_of(corpus)
    if kind < 3:
        return data
    for _ in range(1 + dice.below(_MUTATIONS_MAX)):
        data = dice.one_of(MUTATIONS)(dice, data, corpus) if data else dice.bytes(1)
    return data[:LONGEST]
