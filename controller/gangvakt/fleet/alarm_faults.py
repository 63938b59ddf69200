"""What each fault of a sign means to those who look after it: priority, text, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """Priority 1 (the sign may not warn), 2 (it warns, but worse or not for long), 3 (mend it by the way)."""

    priority: int
    text: str
    advice: str


_RADAR = "Look whether the radar is clean, undamaged and plugged in; exchange it if that does not help."
_SECOND = "Look whether the second radar is clean, undamaged and plugged in; exchange it if need be."
_PIR = "Look whether the PIR's window is clean and free of plants and warm air; exchange it if need be."
_LAMP = "Exchange the lamp head; measure its cable and fuse first."
_SITE = "Look at the site by the recording of an activation, and go there if it does not explain it."

# By the name on the wire; a test holds this against the firmware's own list.
FAULTS: Mapping[str, Meaning] = {
    "config": Meaning(
        2,
        "A setting was refused; its default stands in",
        "Correct the field that the sign names with `gangvakt sign config`.",
    ),
    "radar_silent": Meaning(1, "The radar says nothing", _RADAR),
    "radar_garbled": Meaning(2, "Most of what the radar says is garbled", _RADAR),
    "pir_stuck_on": Meaning(2, "The PIR reports somebody all the time", _PIR),
    "stuck_on": Meaning(
        1, "Demand never ended, so the lamps went dark at the longest time", f"Something holds it on. {_SITE}"
    ),
    "lamps": Meaning(
        1, "The flash pattern could not be started", "Restart the sign; exchange the board if it comes back."
    ),
    "outbox_full": Meaning(
        3,
        "Events were lost because the sign was away too long",
        "Mend its connection; the events are gone, the sign warned all the same.",
    ),
    "identity": Meaning(
        2,
        "The sign has no usable identity and works alone",
        "Flash it anew with `gangvakt flash --again`.",
    ),
    "clock": Meaning(
        3, "The sign's clock is not set", "It sets it from the controller; see that it connects."
    ),
    "store": Meaning(
        2,
        "The sign's data partition cannot be used",
        "Restart the sign; exchange the board if it comes back: its flash is worn.",
    ),
    "tick_late": Meaning(
        2,
        "The detection misses its time, so warnings may come late",
        "Restart the sign; send its recording to the maker if it comes back.",
    ),
    "radar_stuck_on": Meaning(2, "The radar follows somebody whom no other sensor sees", _SITE),
    "radar_stuck_off": Meaning(1, "The radar sees nobody while others do", _RADAR),
    "radar_flutter": Meaning(2, "What the radar follows comes and goes", _RADAR),
    "radar_blocked": Meaning(
        2, "The radar sees far fewer people than usual", "Clear snow from it; look for a parked lorry."
    ),
    "radar_moved": Meaning(
        2,
        "People walk where there is no pavement: the radar was turned",
        "Align the radar and walk the kerb line again with `gangvakt walk`.",
    ),
    "pir_stuck_off": Meaning(3, "The PIR sees nobody while the radar does", _PIR),
    "pir_flutter": Meaning(3, "The PIR comes and goes", _PIR),
    "button_stuck_on": Meaning(2, "The button is held down", "Free the button, or exchange it."),
    "button_flutter": Meaning(
        3, "The button comes and goes", "Look for water in the button, or exchange it."
    ),
    "second_silent": Meaning(2, "The second radar says nothing", _SECOND),
    "second_garbled": Meaning(2, "Most of what the second radar says is garbled", _SECOND),
    "second_stuck_on": Meaning(2, "The second radar follows somebody whom no other sensor sees", _SITE),
    "second_stuck_off": Meaning(2, "The second radar sees nobody while others do", _SECOND),
    "second_flutter": Meaning(3, "What the second radar follows comes and goes", _SECOND),
    "one_sensor": Meaning(
        2, "Only one sensor can be believed", "See the sign's other faults, and mend those sensors."
    ),
    "no_sensor": Meaning(
        1,
        "No sensor can be believed: the lamps do what `fail_mode` says",
        "Go there today; see the sign's other faults for what to bring.",
    ),
    "supply_low": Meaning(1, "The supply voltage is too low", "Measure the supply, its cable and its fuse."),
    "supply_high": Meaning(1, "The supply voltage is too high", "Switch it off and exchange the supply."),
    "supply_unread": Meaning(3, "The supply voltage cannot be measured", "Exchange the board by the way."),
    "light_stuck": Meaning(
        3,
        "The light sensor shows no day and night, so the lamps shine at full brightness",
        "Clean the light sensor, or exchange it.",
    ),
    "lamp_left_dead": Meaning(1, "The left lamp draws too little current", _LAMP),
    "lamp_right_dead": Meaning(1, "The right lamp draws too little current", _LAMP),
    "lamp_left_shorted": Meaning(1, "The left lamp draws too much current", _LAMP),
    "lamp_right_shorted": Meaning(1, "The right lamp draws too much current", _LAMP),
    "thermometer": Meaning(
        3, "The thermometer does not answer: winter goes by the calendar", "Exchange it by the way."
    ),
    "radar_setup": Meaning(2, "A radar did not take its settings", f"Restart the sign. {_RADAR}"),
    "battery_saving": Meaning(
        3, "The battery is low: less brightness, seldom telemetry", "Clean the panel of snow and dirt."
    ),
    "battery_low": Meaning(
        2,
        "The battery is very low: the radio is off most of the time",
        "Go there this week; clean the panel.",
    ),
    "battery_last": Meaning(
        1, "The battery is empty: the lamps are dark", "Go there today and exchange the battery."
    ),
    "pole_lost": Meaning(
        2,
        "Another pole of the crossing is not heard any more",
        "See whether that pole has power; look for what shields its radio.",
    ),
}
