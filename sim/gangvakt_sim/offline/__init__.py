"""The real decision code on the real interpreter in virtual time: recorded bytes in, lit intervals out.

`stream` is the wire to the driver on the interpreter (`device/drive.py`), `drive` runs it, `render` makes the
bytes of simulated sensors, `recording` reads recorded ones, `outcome` says what a decision means to a person.
"""
