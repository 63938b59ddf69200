"""What esptool and mpremote said in real failures, and the one line that a technician gets instead."""

from __future__ import annotations

import fcntl
import os
import pty
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from gangvakt.provision.esptool_run import Esptool
from gangvakt.provision.esptool_words import trouble
from gangvakt.provision.mpremote_run import inspect

TROUBLESHOOTING = "For troubleshooting steps visit: (an address)"
# Recorded from esptool 5.6.0 and mpremote 1.29.0; only ports and addresses were changed.
SAID = {
    "missing": (
        """Serial port /dev/ttyUSB7:

ERROR: A fatal error occurred: Could not open /dev/ttyUSB7, the port is busy or doesn't exist.
([Errno 2] could not open port /dev/ttyUSB7: [Errno 2] No such file or directory: '/dev/ttyUSB7')

Hint: Check if the port is correct and ESP connected
""",
        PortRefused,
        "there is no such port",
    ),
    "nobody listens": (
        """Serial port rfc2217://10.0.0.2:1:

ERROR: A fatal error occurred: Could not open rfc2217://10.0.0.2:1, the port is busy or doesn't exist.
(Could not open port rfc2217://10.0.0.2:1: [Errno 111] Connection refused)
""",
        PortRefused,
        "there is no such port",
    ),
    "busy": (
        """Serial port /dev/ttyUSB0:

ERROR: A fatal error occurred: Could not open /dev/ttyUSB0, the port is busy or doesn't exist.
([Errno 11] Could not exclusively lock port /dev/ttyUSB0: [Errno 11] Resource temporarily unavailable)
""",
        PortRefused,
        "another program has the port open",
    ),
    "busy for mpremote": (
        "mpremote: failed to access /dev/ttyUSB0 (it may be in use by another program)",
        PortRefused,
        "busy or not there",
    ),
    "silent": (
        f"""Serial port /dev/ttyUSB0:
Connecting......................................

ERROR: A fatal error occurred: Failed to connect to Espressif device: No serial data received.
{TROUBLESHOOTING}
""",
        BoardSilent,
        "no serial data received",
    ),
    "noise": (
        f"""Serial port /dev/ttyUSB0:
Connecting......................................

ERROR: A fatal error occurred: Failed to connect to Espressif device: Invalid head of packet (0xCB): Possible serial noise or corruption.
{TROUBLESHOOTING}
""",  # noqa: E501
        LineNoisy,
        "garbled",
    ),
    "gone": (
        f"""Serial port /dev/ttyUSB0:
Connecting......

ERROR: A serial exception error occurred: Could not configure port: (5, 'Input/output error')
Note: This error originates from pySerial. It is likely not a problem with esptool, but with the hardware connection or drivers.
{TROUBLESHOOTING}
""",  # noqa: E501
        ConnectionLost,
        "the connection was lost",
    ),
}
# From esptool's sources: what needs a chip to be heard.
WORDS = {
    "A fatal error occurred: This chip is ESP32-S3, not ESP32. Wrong chip argument?": (WrongChip, "ESP32-S3"),
    "A fatal error occurred: File 'vfs.bin' (length 4096) at offset 0x00200000 will not fit in "
    "2097152 bytes of flash. Change the flash_size argument or flashing address.": (
        WrongChip,
        "2097152 bytes",
    ),
    "A fatal error occurred: Failed to start stub flasher. There was no response.": (WrongChip, "--board"),
    "A fatal error occurred: MD5 of file does not match data in flash!": (FlashWorn, "does not hold"),
    "A fatal error occurred: Failed to write compressed data to flash after seq 3 "
    "(result was 0108: Flash write error)": (FlashWorn, "does not hold"),
    "Writing at 0x00011000 ━ 9.1%\nA fatal error occurred: The chip stopped responding.": (
        PowerWeak,
        "brown-out",
    ),
    "A fatal error occurred: The chip stopped responding.": (BoardSilent, "does not answer"),
    "A fatal error occurred: No more data to read from the serial port.": (LineNoisy, "garbled"),
    "A fatal error occurred: Timed out waiting for packet header": (BoardSilent, "does not answer"),
    "A fatal error occurred: Failed to connect to ESP32: Wrong boot mode detected (0x13)! "
    "The chip needs to be in download mode.": (BoardSilent, "instead of its loader"),
    "E BOD: Brownout detector was triggered": (PowerWeak, "brown-out"),
    "A fatal error occurred: Failed to set baud rate 2000000. The driver may not support this rate.": (
        LineNoisy,
        "does not take this speed",
    ),
    "[Errno 13] could not open port /dev/ttyUSB0: [Errno 13] Permission denied: '/dev/ttyUSB0'": (
        PortRefused,
        "may not be used by you",
    ),
    "could not open port 'COM7': PermissionError(13, 'Access is denied.', None, 5)": (
        PortRefused,
        "another program",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_each_real_failure_becomes_a_line_that_says_what_to_do(name: str):
    text, error, what = SAID[name]
    found = trouble("COM7", "esptool", text.splitlines())
    assert type(found) is error
    assert what in str(found)
    assert len(str(found).splitlines()) == 1
    assert found.advice


@pytest.mark.parametrize("words", WORDS)
def test_each_word_of_a_chip_is_understood(words: str):
    error, what = WORDS[words]
    found = trouble("COM7", "esptool", [words])
    assert type(found) is error
    assert what in str(found)


def test_unknown_words_are_quoted():
    found = trouble("COM7", "esptool", ["Connecting...", "ERROR: A fatal error occurred: The moon is full."])
    assert isinstance(found, ToolFailed)
    assert "The moon is full." in str(found)


@given(st.lists(st.text()))
def test_whatever_a_tool_says_one_line_comes_of_it(lines: list[str]):
    found = trouble("COM7", "esptool", lines)
    assert isinstance(found, BoardTrouble)


@pytest.fixture
def taken() -> Iterator[str]:
    """A serial port that another program has open."""
    master, slave = pty.openpty()
    other = os.open(os.ttyname(slave), os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield os.ttyname(slave)
    for descriptor in (other, slave, master):
        os.close(descriptor)


def test_the_real_esptool_at_a_port_that_is_taken(taken: str):
    with pytest.raises(PortRefused, match="another program has the port open"):
        Esptool(taken, stub=False).identify()


def test_the_real_mpremote_at_a_port_that_is_taken(taken: str):
    with pytest.raises(PortRefused, match="busy or not there"):
        inspect(taken)


def test_the_real_tools_at_a_port_that_is_not_there():
    with pytest.raises(PortRefused, match="no such port"):
        Esptool("/dev/ttyNONE", stub=False).identify()
    with pytest.raises(PortRefused):
        inspect("/dev/ttyNONE")
