"""What RTC memory holds after a reset, or after a brown-out that garbled it."""

import json

import ladder
import rungs
from fuzz import chip
from fuzz.parser import Parser

ladder._asked = lambda name: False
ladder.print = lambda *words: None
TOLD = b'{"cause": "crash", "boot": 7, "text": "app.run: ValueError", "rung": "normal"}'
CAUSES = (1, 2, 3, 4, 5)


class Memory(Parser):
    """The start goes on: on a rung that exists, after a pause that ends, with a text to be told or none."""

    is_portable = False  # what is JSON

    def seeds(self):
        found = []
        for rung in range(4):
            for state in (rungs.IDLE, rungs.RUNNING, rungs.FAILED):
                found.append(ladder.MARK + bytes((rung, 1, 1, 0, rung == 3, 2, state, 1)) + TOLD)
        return found + [ladder.SERVICE + found[0], ladder.MARK + bytes(8), b"", b"\xff" * 64]

    def make(self, dice):
        """With the mark, mostly: without it there is nothing to believe."""
        data = super().make(dice)
        return ladder.MARK + data[4:] if dice.below(4) else data

    def take(self, data):
        chip.RTC.held = data
        chip.Machine.cause = CAUSES[len(data) % len(CAUSES)]
        seconds, rung, for_service = ladder.begin()
        assert 0 <= seconds <= rungs.LAST_MAX_S, seconds
        assert rung & 7 <= rungs.LAST and type(for_service) is bool
        kept = chip.RTC.held
        assert kept[:4] == ladder.MARK and len(kept) <= len(data) + 600
        told = kept[12:]
        assert not told or isinstance(json.loads(told), dict)
        ladder.rested()
        ladder.failed(ValueError("x"))
        ladder.stopped()
        return None if ladder.MARK in data[:8] and told else "fresh"

    def goes_on(self):
        chip.RTC.held, chip.Machine.cause = b"", 1
        assert ladder.begin() == (0, rungs.NORMAL, False)
