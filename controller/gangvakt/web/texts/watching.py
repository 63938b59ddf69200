"""What the signs of a crossing see, live. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "watch_title": ("What the signs see", "Hva skiltene ser"),
    "watch_hint": (
        "For one minute each sign tells what it sees and decides. Nothing of it is kept, and the sign warns"
        " as always.",
        "I ett minutt forteller hvert skilt hva det ser og avgjør. Ingenting av det blir lagret, og skiltet"
        " varsler som alltid.",
    ),
    "watch_go": ("Show what the signs see (1 minute)", "Vis hva skiltene ser (1 minutt)"),
    "watch_again": ("Show another minute", "Vis ett minutt til"),
    "watch_picture": ("{sign} seen from above: {state}", "{sign} sett ovenfra: {state}"),
    "watch_left": ("{n} s left", "{n} s igjen"),
    "watch_nobody": ("Nobody there.", "Ingen der."),
    "watch_people": ("Followed: {n}", "Følges: {n}"),
    "watch_on": ("Warns: {why}", "Varsler: {why}"),
    "watch_would": ("Would warn, in shadow mode: {why}", "Ville varslet, i skyggemodus: {why}"),
    "watch_still": ("Still warning", "Varsler fortsatt"),
    "watch_state_idle": ("Not shown.", "Vises ikke."),
    "watch_state_asked": ("Asking the sign …", "Spør skiltet …"),
    "watch_state_silent": ("The sign does not answer.", "Skiltet svarer ikke."),
    "watch_state_refused": ("The sign refused; allowed: {why}", "Skiltet avslo; tillatt: {why}"),
    "watch_state_over": ("The minute is over. Once more?", "Minuttet er over. En gang til?"),
    "watch_no_kerb": (
        "No kerb line is known: drawn along the sensor's axis.",
        "Ingen kantlinje er kjent: tegnet langs sensorens akse.",
    ),
    "watch_road": ("Road", "Vei"),
    "watch_zone": ("Waiting zone", "Ventesone"),
    "watch_range": ("somebody {m} m away", "noen {m} m unna"),
    "watch_before_kerb": ("{m} m before the kerb, {v} m/s", "{m} m før kantsteinen, {v} m/s"),
    "watch_on_road": ("{m} m out on the road, {v} m/s", "{m} m ute i veien, {v} m/s"),
    "watch_is_stepping_out": ("stepping out", "på vei ut"),
    "watch_is_waiting": ("waiting at the kerb", "venter ved kantsteinen"),
    "watch_is_crossing": ("on the crossing", "i gangfeltet"),
    "watch_is_heading": ("heading for the road", "på vei mot veien"),
    "watch_is_passing": ("not heading for the road", "ikke på vei mot veien"),
    "watch_is_on_road": ("on the road", "i veien"),
    "watch_is_vehicle": ("vehicle", "kjøretøy"),
    "watch_is_not_sure": ("just seen", "nettopp sett"),
}
