"""The technician's line protocol as this side speaks it; `firmware/sign/proto/service.py` describes it.

`@<id> <verb>[ <json>]~<crc>`: framed lines beside whatever else the sign prints.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LARGEST_ID = 65_535
LONGEST_LINE = 65_536  # far beyond any answer: a board that prints without line ends must not fill the memory
_CRC_START = 0xFFFF  # CRC-16/CCITT-FALSE
_FRAME = re.compile(rb"([0-9]{1,5}) ([a-z0-9_-]{1,16})(?: (.+))?~([0-9a-f]{4})", re.DOTALL)


@dataclass(frozen=True)
class Frame:
    """A request, an answer (`verb` ok or err), or what a request goes on to tell (under its own verb)."""

    id: int
    verb: str
    obj: Any = None


def encode(frame: Frame) -> bytes:
    """The line that carries it."""
    text = f"{frame.id} {frame.verb}"
    if frame.obj is not None:
        text += " " + json.dumps(frame.obj, ensure_ascii=False)
    data = text.encode()
    return b"@%b~%04x\n" % (data, _crc(data))


def parse(line: bytes) -> Frame | None:
    """The frame in a line without its end; what came before its @ without a line end of its own is noise."""
    for at in dict.fromkeys((line.find(b"@"), line.rfind(b"@"))):
        if at >= 0 and (frame := _parse(line[at + 1 :])):
            return frame
    return None


class Lines:
    """Takes bytes as they come; hands out frames, and as text the lines that are none.

    `bad` counts lines that began as a frame and are none.
    """

    def __init__(self) -> None:
        self._rest = b""
        self.bad = 0

    def feed(self, data: bytes) -> Iterator[Frame | str]:
        """What was completed by `data`."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-LONGEST_LINE:]
        for line in lines:
            text = line.removesuffix(b"\r")
            frame = parse(text)
            if frame is not None:
                yield frame
                continue
            self.bad += text.startswith(b"@")
            if text:
                yield text.decode("utf-8", "replace")


def _parse(text: bytes) -> Frame | None:
    found = _FRAME.fullmatch(text)
    if found is None or int(found[4], 16) != _crc(text[:-5]) or not 1 <= int(found[1]) <= LARGEST_ID:
        return None
    try:
        obj = None if found[3] is None else json.loads(found[3])
    except (ValueError, RecursionError):
        return None
    return Frame(int(found[1]), found[2].decode(), obj)


def _crc(data: bytes) -> int:
    return binascii.crc_hqx(data, _CRC_START)
