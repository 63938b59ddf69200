"""Lets mutated bytes come to one parser, on either interpreter.

    worker.py NAME                  serves: reads lines "SEED COUNT", answers each with one of JSON
    worker.py NAME SEED COUNT       the same once
    worker.py NAME --bytes HEX      one input, with its traceback
    worker.py NAME --show SEED N    the bytes of input number N

A failure tells the input as hexadecimal digits, and the shortest one that still fails in that way.
"""

import binascii
import gc
import json
import sys

HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
sys.path.insert(0, HERE + "/../..")
sys.path.insert(0, HERE + "/..")

from fuzz import chip
from fuzz.dice import Dice
from fuzz.table import made

_TRIES = 300  # to find a shorter input


def run(parser, seed, count):
    """What became of `count` inputs: a dict for the one who asked."""
    dice = Dice(seed)
    refused, accepted, crc = {}, 0, 0
    for number in range(count):
        data = parser.make(dice)
        try:
            reason = parser.take(data)
            parser.goes_on()
        except Exception as error:
            return _broken(parser, data, number, error)
        if reason is None:
            accepted += 1
        else:
            refused[reason] = refused.get(reason, 0) + 1
        if parser.is_portable:
            crc = binascii.crc32((reason or "").encode(), crc)
    return {"accepted": accepted, "refused": refused, "digest": crc, "alive": alive()}


def alive():
    """Bytes on the heap that are in use, after a collection; 0 where that cannot be told."""
    if not chip.IS_CHIP:
        return 0
    gc.collect()
    return gc.mem_alloc()


def _broken(parser, data, number, error):
    what = _kind(error)
    return {
        "error": "%s: %s" % (what, str(error)[:200]),
        "number": number,
        "hex": binascii.hexlify(data).decode(),
        "short": binascii.hexlify(_shortened(parser.name, data, what)).decode(),
    }


def _shortened(name, data, what):
    """Leave out what is not needed for the same kind of failure, in a parser that has seen nothing else."""
    if not _fails(name, data, what):
        return b""  # it takes what came before
    tries, size = 0, len(data) // 2
    while size and tries < _TRIES:
        at = 0
        while at < len(data) and tries < _TRIES:
            tries += 1
            shorter = data[:at] + data[at + size :]
            if _fails(name, shorter, what):
                data = shorter
            else:
                at += size
        size //= 2
    return data


def _fails(name, data, what):
    parser = made(name)
    try:
        parser.take(data)
        parser.goes_on()
    except Exception as error:
        return _kind(error) == what
    return False


def _kind(error):
    return type(error).__name__


def _serve(name):
    """Each seed has a parser of its own: so whoever repeats it sees the same."""
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        seed, count = [int(word) for word in line.split()]
        print(json.dumps(run(made(name), seed, count)))
        if not chip.IS_CHIP:
            sys.stdout.flush()


def main(name, *how):
    if not how:
        _serve(name)
        return
    parser = made(name)
    if how[0] == "--bytes":
        print(parser.take(binascii.unhexlify(how[1])))
        parser.goes_on()
    elif how[0] == "--show":
        dice = Dice(int(how[1]))
        found = [parser.make(dice) for _ in range(int(how[2]) + 1)]
        print(binascii.hexlify(found[-1]).decode())
    else:
        print(json.dumps(run(parser, int(how[0]), int(how[1]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
