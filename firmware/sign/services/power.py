"""What a battery that runs down costs: brightness, telemetry, the radio, at last the lamps."""

from sign.compat import const
from sign.core import battery as stages
from sign.core.battery import Battery

# Places in faults.names(), by stage; nothing is wrong on FULL.
_FAULTS = (None, 37, 38, 39)
_DARK_PCT = const(0)


class Power:
    """`dim_max_pct`: no brighter than that. `status` is the Status, whose link may rest."""

    def __init__(self, status):
        self._status = status
        self._battery = Battery(status.armed.config)
        self.dim_max_pct = 100

    def sample(self, mv, now_ms):
        """Take a voltage, once a second, and let follow what follows."""
        armed = self._status.armed
        up_s = armed.uptime.s
        if self._battery.sample(mv, now_ms, up_s):
            self._change(armed, self._battery.stage)
        link = self._status.link
        silent = self._battery.is_silent(up_s)
        if link and silent != link.network.asleep:
            link.network.asleep = silent
            if silent:
                link.pause()

    def stage(self):
        """That of `core.battery`, FULL to LAST."""
        return self._battery.stage

    def _change(self, armed, stage):
        config = armed.config
        for place in (stages.SAVING, stages.LOW, stages.LAST):
            armed.settle_fault(_FAULTS[place], place == stage)
        armed.telemetry_s = config.saving_telemetry_s if stage else config.telemetry_s
        self.dim_max_pct = config.saving_dim_pct if stage else 100
        if stage == stages.LAST:
            self.dim_max_pct = _DARK_PCT
