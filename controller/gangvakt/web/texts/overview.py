"""The overview and the street of a simulated crossing. (English, Norwegian bokmål)."""

from __future__ import annotations

# What is counted, in this order.
COUNTS = ("in_service", "silent", "alarm", "unproved", "shadow", "updating", "off_by_day")

TEXTS: dict[str, tuple[str, str]] = {
    "ov_title": ("All signs", "Alle skilt"),
    "ov_signs_n": ("{n} signs", "{n} skilt"),
    "ov_of": ("of {n}", "av {n}"),
    "ov_show": ("Show only", "Vis bare"),
    "ov_all": ("All", "Alle"),
    "ov_count_in_service": ("In service", "I drift"),
    "ov_count_silent": ("Silent", "Tause"),
    "ov_count_alarm": ("With an alarm", "Med alarm"),
    "ov_count_unproved": ("Current not proved", "Strøm ikke påvist"),
    "ov_count_shadow": ("Shadow mode", "Skyggemodus"),
    "ov_count_updating": ("Updating", "Oppdateres"),
    "ov_count_off_by_day": ("Feeder off by day", "Uten strøm om dagen"),
    "ov_search": ("Search", "Søk"),
    "ov_search_hint": ("crossing, place or sign", "gangfelt, sted eller skilt"),
    "ov_municipality": ("Municipality", "Kommune"),
    "ov_everywhere": ("All municipalities", "Alle kommuner"),
    "ov_none_fit": ("No sign fits.", "Ingen skilt passer."),
    "ov_clear": ("Show all signs", "Vis alle skilt"),
    "ov_list": ("List of signs", "Liste over skilt"),
    "ov_map": ("Map with {n} signs.", "Kart med {n} skilt."),
    "ov_map_hint": (
        "The list tells the same. Arrow keys move it, plus and minus zoom.",
        "Listen sier det samme. Piltaster flytter det, pluss og minus zoomer.",
    ),
    "ov_no_places": (
        "Nobody has told where these crossings are.",
        "Ingen har sagt hvor disse gangfeltene er.",
    ),
    "ov_no_places_hint": (
        "Describe them with “gangvakt site describe”, or take in a list with their positions.",
        "Beskriv dem med «gangvakt site describe», eller les inn en liste med posisjonene.",
    ),
    "ov_no_ground": (
        "No map data yet: “gangvakt map import FILE” puts a map below.",
        "Ingen kartdata ennå: «gangvakt map import FIL» legger et kart under.",
    ),
    "ov_places_missing": ("{n} without a position", "{n} uten posisjon"),
    "ov_zoom_in": ("Zoom in", "Zoom inn"),
    "ov_zoom_out": ("Zoom out", "Zoom ut"),
    "ov_fit": ("Show all on the map", "Vis alle på kartet"),
    "ov_alarms": ("Alarms: {n}", "Alarmer: {n}"),
    "ov_faulty": ("fault", "feil"),
    "ov_loading": ("Loading ...", "Laster ..."),
    "ov_failed": ("The signs could not be fetched.", "Skiltene kunne ikke hentes."),
    "ov_again": ("Try again", "Prøv igjen"),
    "ov_never": ("never heard", "aldri hørt"),
    "ov_now": ("now", "nå"),
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
