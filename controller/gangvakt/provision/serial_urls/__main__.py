"""Runs another module, whose rfc2217:// ports are those of this package."""

from __future__ import annotations

import runpy
import sys

from gangvakt.provision.serial_urls import use


def main() -> None:
    """The first argument names the module; the others are its own."""
    if len(sys.argv) < 2:
        sys.exit("serial_urls: name a module to run, such as esptool")
    use()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
