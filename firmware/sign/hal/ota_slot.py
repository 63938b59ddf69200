"""The two slots of the interpreter, for an update: as `app_slot`, but for what belongs to the boot loader.

An image begins where its slot does, so that the header lies in the last sector. Which slot starts stands in
`otadata`: a new image has one start to be marked valid, else the boot loader returns to the one before. The
slot that runs cannot be written to.
"""

from esp32 import Partition
from sign.compat import const
from sign.hal import app_slot

_SECTOR = const(4096)
_VALID = const(512)
_FAULTS = const(736)
_SECTORS_MAX = const(768)  # that the header has marks for
_SET = b"\0\0\0\0"


class OtaSlot(app_slot.AppSlot):
    """OSError on a board with one slot."""

    def __init__(self):
        runs = Partition(Partition.RUNNING)
        part = runs.get_next_update()
        self._place(runs, part, part.info()[3] // _SECTOR - 1, 0)
        self.room = min(self.room, _SECTORS_MAX * _SECTOR)

    def is_on_trial(self):
        return app_slot.is_tried()

    def seal(self, faults):
        """OSError where the image is none that the boot loader starts: reading all of it is a stall, too.

        VALID comes last: without it there was no trial.
        """
        self._note(faults.to_bytes(8, "little"), _FAULTS)
        self._part.set_boot()
        self._note(_SET, _VALID)

    def confirm(self):
        Partition.mark_app_valid_cancel_rollback()
