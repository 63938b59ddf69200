"""Light, power and link of a sign. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "sense_light": ("Light around", "Lys rundt"),
    "sense_supply": ("Supply", "Forsyning"),
    "sense_battery": ("Battery", "Batteri"),
    "sense_signal": ("Signal", "Signal"),
    "sense_power": ("Fed by", "Strøm fra"),
    "sense_day": ("day", "dag"),
    "sense_dark": ("dark", "mørkt"),
    "sense_not_measured": ("not measured", "måles ikke"),
    "sense_not_told": ("not told", "ikke oppgitt"),
    "sense_no_battery": ("none", "uten"),
    "sense_battery_full": ("well", "i orden"),
    "sense_battery_saving": ("saving: less brightness", "sparer: mindre lysstyrke"),
    "sense_battery_low": ("low: speaks some minutes an hour", "lavt: sier fra noen minutter i timen"),
    "sense_battery_empty": ("nearly empty: the lamps are dark", "nesten tomt: lampene er mørke"),
    "sense_by_cable": ("by cable", "med kabel"),
    "sense_signal_value": ("{word}, {dbm} dBm ({link})", "{word}, {dbm} dBm ({link})"),
    "sense_signal_good": ("good", "godt"),
    "sense_signal_fair": ("fair", "brukbart"),
    "sense_signal_weak": ("weak", "svakt"),
    "sense_link_wifi": ("Wi-Fi", "Wi-Fi"),
    "sense_link_ppp": ("mobile", "mobilnett"),
    "sense_fed_mains": ("mains", "nett"),
    "sense_fed_lighting": ("street lighting, none by day", "veilys, ingen om dagen"),
    "sense_fed_lighting_battery": ("street lighting and a battery", "veilys og batteri"),
    "sense_fed_solar": ("sun and a battery", "sol og batteri"),
    "sense_feeder": ("feeder {feeder}", "kurs {feeder}"),
    "sense_lit": ("lit {lit} to {until} UTC", "tent {lit} til {until} UTC"),
}
