"""What runs on the sign.

`proto` (byte formats) and `core` (decisions) are pure: no hardware, no clock of their own, and the same under
CPython and MicroPython. `hal` is thin hardware, `services` the tasks, `app` composes. Imports go downwards:
app > services > hal, core > proto.
"""

from sign.version import VERSION

__version__ = VERSION
