"""The firmware's version, as the sign reports it in `status`."""

VERSION = "0.1.0"
