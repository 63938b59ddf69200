"""What becomes of a JSON document in the hands of somebody who knows the grammar, and stretches it.

It is changed token by token, not as an object: so names stand twice, and there is what no library writes.
"""

from fuzz.mutation import mutated

# Numbers at limits of the chip's small ints, of 32 and 64 bits, of floats; texts that libraries stumble over.
VALUES = (
    b"null true false 0 1 -1 -0 0.5 1e3 1e999 -1e999 NaN Infinity 65536 1073741823 1073741824 -1073741825 "
    b"2147483648 4294967296 9223372036854775808 100000000000000000000000000 1.0 00 "
    b'"" "a" "1" "true" "\\u0000" "\\ud800" "\\u00e6" "\xc3\xa6" "\xff" "__class__" "constructor" '
    b'[] {} [[]] [0] [null] {"":0} {"a":{"a":{}}} [[[[[[[[[[]]]]]]]]]] '
    b'"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"'
).split(b" ")
MARKS = (b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b'"', b"\\")
_DEEPEST = 300


def tokens(text):
    """The pieces of a JSON text: marks, texts with their quotes, and everything else by the word."""
    found, at = [], 0
    while at < len(text):
        end = _end(text, at)
        found.append(text[at:end])
        at = end
    return found


def _end(text, at):
    if text[at] == 34:
        end = at + 1
        while end < len(text) and text[end] != 34:
            end += 2 if text[end] == 92 else 1
        return min(end + 1, len(text))
    end = at + 1
    if text[at : at + 1] in MARKS:
        return end
    while end < len(text) and text[end : end + 1] not in MARKS:
        end += 1
    return end


def mutated_json(dice, corpus, documents):
    """One of the documents, lists of tokens; now and then the bytes of one in the corpus are hurt instead."""
    if not dice.below(8):
        return mutated(dice, corpus)
    found = list(dice.one_of(documents))
    for _ in range(dice.below(4)):
        if not found:
            break
        found = dice.one_of(_CHANGES)(dice, found, documents)
    return b"".join(found)


def _is_name(found, at):
    return found[at][:1] == b'"' and found[at + 1 : at + 2] == [b":"]


def _values(found):
    """Places of the values, names among them."""
    return [at for at in range(len(found)) if found[at] not in MARKS]


def _put_a_value(dice, found, documents):
    """In the place of another one; seldom of a name."""
    places = _values(found)
    at = dice.one_of(places) if places else 0
    if not _is_name(found, at) or not dice.below(4):
        found[at] = dice.one_of(VALUES)
    return found


def _put_what_another_has(dice, found, documents):
    """A name for a name, a value for a value."""
    other = dice.one_of(documents)
    places, others = _values(found), _values(other)
    if places and others:
        at, start = dice.one_of(places), dice.one_of(others)
        if _is_name(found, at) == _is_name(other, start):
            found[at] = other[start]
    return found


def _say_again(dice, found, documents):
    """A name with its value, so that it stands twice; or whatever some tokens are."""
    at = dice.below(len(found))
    for _ in range(len(found)):
        if _is_name(found, at):
            break
        at = (at + 1) % len(found)
    other = dice.one_of(documents)
    value = [dice.one_of(other)] if dice.below(2) else [dice.one_of(VALUES)]
    return found[:at] + ([found[at], b":"] + value + [b","]) * (1 + dice.below(4)) + found[at:]


def _leave_out(dice, found, documents):
    at = dice.below(len(found))
    return found[:at] + found[at + 1 + dice.below(4) :]


def _splice(dice, found, documents):
    other = dice.one_of(documents)
    return found[: dice.below(len(found))] + other[dice.below(len(other)) :]


def _nest(dice, found, documents):
    """A value, so deep that who reads it may run out of stack."""
    places = _values(found)
    at = dice.one_of(places) if places else 0
    depth = 1 + dice.below(dice.one_of((3, 3, 40, _DEEPEST)))
    opening, closing = dice.one_of(((b"[", b"]"), (b'{"a":', b"}")))
    found[at] = opening * depth + found[at] + closing * dice.one_of((depth, depth, depth - 1, 0))
    return found


def _mark(dice, found, documents):
    found[dice.below(len(found))] = dice.one_of(MARKS)
    return found


_CHANGES = (_put_a_value,) * 8 + (_put_what_another_has,) * 6 + (_say_again,) * 2
_CHANGES += (_leave_out, _splice, _nest, _mark)
