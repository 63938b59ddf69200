"""Serial ports by URL that answer at once, for programs that open theirs through pyserial.

    python -m gangvakt.provision.serial_urls esptool --port rfc2217://127.0.0.1:4000 flash-id

runs a module as `python -m` does, after telling pyserial to look here first for the handler of a URL
(`serial.protocol_handler_packages`, its documented way to add some).
"""

from __future__ import annotations

import serial

SCHEME = "rfc2217://"


def use() -> None:
    """Let this process open rfc2217:// with the handler of this package."""
    if __name__ not in serial.protocol_handler_packages:
        serial.protocol_handler_packages.insert(0, __name__)
