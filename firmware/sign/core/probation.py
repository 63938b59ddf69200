"""Whether a configuration on trial has proved itself."""

from sign.compat import const

# Later than any radar that is silent is noticed (radar_silent_ms), and than the radars are set up.
SETTLED_S = const(90)
DEADLINE_S = const(600)
# Faults by which a sign loses sensors, lamps, or in a few minutes its radio: a battery that seems empty by
# the levels of another kind. Weather brings the last three too, but hardly in these seconds.
LOSSES = (
    "config radar_silent radar_garbled second_silent second_garbled no_sensor radar_setup lamps"
    " battery_saving battery_low battery_last"
)


def losses(standing):
    """Those of the standing faults that cost the sign its sensors, its lamps or its power."""
    told = LOSSES.split()
    return [name for name in standing if name in told]


def verdict(up_s, online, lost):
    """ "" when it is good, why it is not, or None while that is open; `lost` are losses that the change may
    have brought."""
    if up_s < SETTLED_S:
        return None
    if lost:
        return " ".join(lost)
    if online:
        return ""
    return "no broker in %d s" % DEADLINE_S if up_s >= DEADLINE_S else None
