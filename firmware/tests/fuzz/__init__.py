"""Foreign bytes for every parser of the sign, on CPython and on MicroPython; README.md says how."""
