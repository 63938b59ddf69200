"""The certificate that the next session uses, and the way to the one after it.

A new one is on trial until the broker lets it in; if the broker lets only the old one in, the new one goes.
What is done with them stands in `credentials`, which is loaded only while it is needed, and never beside a
session.
"""

from sign import loading
from sign.compat import const

_ERROR_CHARS = const(100)


class Keyring:
    """`found` is what `credentials.first` found."""

    def __init__(self, found):
        self.context, self.fingerprint, self.on_trial = found
        self.is_spare = False  # the old one, because the one on trial was not let in
        self.let_in = None  # by the broker, at the last try; None when it was not asked
        self.error = None  # why the last renewal was not taken
        self.pieces = None

    def take(self, payload):
        """A piece of a renewal came; True for what is none."""
        if self.pieces is None:
            from sign.services.renewal import Pieces

            self.pieces = Pieces()
        return self.pieces.take(payload)

    def is_renewed(self):
        """Whether all pieces are here: the session must end, so that there is room to look at them."""
        return self.pieces is not None and self.pieces.are_whole()

    def settle(self):
        """Before the next try, where a stall is allowed: what follows from the last; whether it stalled."""
        if self.pieces is not None and not self.is_renewed():
            self.pieces = None  # the rest does not come; what is here may have cost the session its memory
            self.error = "pieces are missing"
            loading.leave(loading.RENEWAL)
        stalls = self.is_renewed() or (self.on_trial and self.let_in is not None)
        if stalls:
            self._change()
        return stalls

    def _change(self):
        try:
            loading.load(loading.CREDENTIALS)
            from sign.services import credentials

            credentials.settle(self)
        except Exception as error:  # none of it may keep the sign from connecting as before
            self.error = str(error)[:_ERROR_CHARS]
        self.pieces = credentials = None
        loading.leave(loading.CREDENTIALS + " " + loading.RENEWAL)
