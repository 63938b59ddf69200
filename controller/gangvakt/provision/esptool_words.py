"""What esptool says, and what a technician can do about it. The words are those of esptool 5.6."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt.errors import (
    BoardSilent,
    BoardTrouble,
    ConnectionLost,
    FlashWorn,
    LineNoisy,
    PortRefused,
    PowerWeak,
    ToolFailed,
    WrongChip,
)

AGAIN = "then run the command again"
CABLE = f"check the plug and the cable, {AGAIN}"
ONE_LINE_CHARS_MAX = 200


@dataclass(frozen=True)
class Meaning:
    """`words` found in the output stand for `what`; the first meaning that fits counts."""

    words: re.Pattern[str]
    error: type[BoardTrouble]
    what: str
    advice: str


def _meaning(words: str, error: type[BoardTrouble], what: str, advice: str) -> Meaning:
    return Meaning(re.compile(words, re.IGNORECASE), error, what, advice)


# From the particular to the general: esptool often says what it saw and, after it, what came of that.
MEANINGS = (
    _meaning(
        r"brown-?out",
        PowerWeak,
        "the supply broke down (brown-out)",
        f"use another USB port or a powered hub, unplug lamps and radars, {AGAIN}",
    ),
    # Its own words are lost: esptool resets the chip at the end.
    _meaning(
        r"Writing [\s\S]*(No more data to read|chip stopped responding)",
        PowerWeak,
        "the chip fell silent while it was written, most often for a weak supply (brown-out)",
        f"use another USB port or a powered hub and a short cable, unplug lamps and radars, {AGAIN}",
    ),
    _meaning(
        r"Permission denied|Errno 13\b",
        PortRefused,
        "the port may not be used by you",
        "join the group dialout or uucp, log in again, and run the command again",
    ),
    _meaning(
        r"(Could not exclusively lock|Resource temporarily unavailable|Access is denied|Errno 16\b"
        r"|resource busy)",
        PortRefused,
        "another program has the port open",
        "close the serial monitor or the other command, and run the command again",
    ),
    _meaning(
        r"(No such file or directory|FileNotFoundError|cannot find the file|Connection refused)",
        PortRefused,
        "there is no such port",
        "check the plug and the name, and run the command again",
    ),
    _meaning(
        r"(Could not open|could not open port|failed to access)",
        PortRefused,
        "the port cannot be opened: it is busy or not there",
        "check the cable and that no other program uses it, and run the command again",
    ),
    _meaning(
        r"This chip is (?P<found>\S+), not (?P<wanted>\S+?)\. ",
        WrongChip,
        "the board has another chip ({found}, not {wanted})",
        "choose the board file with --board that fits, gangvakt boards lists them",
    ),
    _meaning(
        r"will not fit in (?P<bytes>\d+) bytes of flash",
        WrongChip,
        "the flash is too small ({bytes} bytes)",
        "choose the board file with --board that fits, gangvakt boards lists them",
    ),
    _meaning(
        r"(Unexpected chip (ID|magic) value|Failed to autodetect chip)",
        WrongChip,
        "the chip is none that is known",
        "choose a board that gangvakt boards lists",
    ),
    _meaning(
        r"(MD5 of file does not match|Verification failed|Flash write error|Failed SPI operation)",
        FlashWorn,
        "the flash does not hold what was written",
        "run the command again; if it happens twice the flash is worn, take another board",
    ),
    # The simulator's chip with a real board's file, or a line that lost the stub on its way.
    _meaning(
        r"Failed to start stub",
        WrongChip,
        "the chip answers, but does not run esptool's own loader (the stub)",
        f"choose the board file with --board that fits (virtual for a simulated board), "
        f"else check cable and supply, {AGAIN}",
    ),
    _meaning(
        r"No serial data received",
        BoardSilent,
        "no serial data received",
        f"hold the BOOT button while it connects, check that the cable has data lines, {AGAIN}",
    ),
    _meaning(
        r"Wrong boot mode detected",
        BoardSilent,
        "the chip starts its program instead of its loader",
        f"hold the BOOT button while it connects, {AGAIN}",
    ),
    _meaning(
        r"(Invalid head of packet|No more data to read"
        r"|Packet content transfer stopped|Serial data stream stopped|serial noise"
        r"|Checksum error|format of the received message|Deflate|Inflate|Bad data|Response doesn't match"
        r"|serial TX path|Invalid SLIP)",
        LineNoisy,
        "what arrives is garbled",
        f"use a shorter cable or a lower --baud (115200), {AGAIN}",
    ),
    _meaning(
        r"(Lost connection|Device not configured|device reports readiness|ClearCommError|Input/output error"
        r"|write failed|Broken pipe|Connection reset|connection lost|thread died|socket disconnected"
        r"|serial exception|Write timeout|remote rejected|No such device)",
        ConnectionLost,
        "the connection was lost",
        CABLE,
    ),
    _meaning(
        r"(chip stopped responding|Timed out|Failed to connect|No response)",
        BoardSilent,
        "the board does not answer",
        f"hold the BOOT button while it connects, check cable and supply, {AGAIN}",
    ),
    _meaning(
        r"Failed to set baud rate",
        LineNoisy,
        "the adapter does not take this speed",
        "use a lower --baud (115200)",
    ),
    _meaning(
        r"(No space left|Errno 28\b)",
        ToolFailed,
        "the disk is full",
        f"make room, {AGAIN}",
    ),
)


def trouble(port: str, tool: str, lines: Sequence[str]) -> BoardTrouble:
    """The error that stands for what a tool printed before it failed."""
    text = "\n".join(lines)
    for meaning in MEANINGS:
        found = meaning.words.search(text)
        if found:
            return meaning.error(port, meaning.what.format(**found.groupdict()), meaning.advice)
    return ToolFailed(port, f"{tool} failed ({last_word(lines)})", f"check cable and supply, {AGAIN}")


def last_word(lines: Sequence[str]) -> str:
    """The line that tells most of a failure: esptool's own, else the last one."""
    for line in reversed(lines):
        if "error occurred" in line:
            return line.split("error occurred:", 1)[-1].strip()[:ONE_LINE_CHARS_MAX] or line
    return lines[-1].strip()[:ONE_LINE_CHARS_MAX] if lines else "without a word"
