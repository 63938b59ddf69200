"""The overview and the street of a simulated crossing. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "no_signs": ("No sign has reported yet.", "Ingen skilt har meldt seg ennå."),
    "no_signs_hint": (
        "Start a simulated crossing with “make run”, or make a sign of a board with “gangvakt flash”.",
        "Start et simulert gangfelt med «make run», eller lag et skilt av et kort med «gangvakt flash».",
    ),
    "no_events": ("No events yet.", "Ingen hendelser ennå."),
    "no_events_hint": (
        "They appear here as soon as a sign starts, warns or finds a fault.",
        "De vises her så snart et skilt starter, varsler eller finner en feil.",
    ),
    "simulated": ("Simulated crossing", "Simulert gangfelt"),
    "street_of": ("Street seen from above: {name}", "Gata sett ovenfra: {name}"),
    "no_street": (
        "There is no simulated crossing called {name}.",
        "Det finnes ikke noe simulert gangfelt som heter {name}.",
    ),
    "no_street_hint": (
        "Start one with “make run”. The picture appears by itself.",
        "Start et med «make run». Bildet kommer av seg selv.",
    ),
    "street_waiting": ("Waiting for the simulation ...", "Venter på simuleringen ..."),
    "street_stale": (
        "No data from the simulation for {n} s. The picture is old.",
        "Ingen data fra simuleringen på {n} s. Bildet er gammelt.",
    ),
    "people_n": ("People: {n}", "Folk: {n}"),
    "cars_n": ("Cars: {n}", "Biler: {n}"),
    "legend_person": ("Person and the way walked", "Person og veien hen har gått"),
    "legend_car": ("Car", "Bil"),
    "legend_fan": ("What the radar can see", "Det radaren kan se"),
    "legend_lamp": ("Lamps, as captured from the sign's pins", "Lampene, målt på skiltets utganger"),
}
