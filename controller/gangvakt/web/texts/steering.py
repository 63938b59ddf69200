"""What pages that steer have in common. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "steer_reason": ("Why (is kept in the history)", "Hvorfor (står i historikken)"),
    "steer_missing": (
        "There is no {what}, or it is not yours to see.",
        "Det finnes ikke noe som heter {what}, eller du har ikke tilgang til det.",
    ),
    "steer_back": ("Back to the list", "Tilbake til lista"),
    "steer_controller": ("the controller", "kontrolleren"),
    "steer_crossing": ("Crossing", "Gangfelt"),
    "steer_group": ("Group", "Gruppe"),
    "steer_more": ("{n} more are not shown.", "{n} til vises ikke."),
    "steer_when": ("When", "Når"),
    "steer_who": ("Who", "Hvem"),
    "steer_why": ("Why", "Hvorfor"),
    "steer_older": ("Older", "Eldre"),
    "steer_newest": ("Newest", "Nyeste"),
    "steer_machine": ("States", "Tilstander"),
    "steer_machine_hint": (
        "What may follow what, in the words of the log",
        "Hva som kan følge hva, med loggens ord",
    ),
    "steer_allowed": ("Allowed: {allowed}", "Tillatt: {allowed}"),
    "steer_no_right": (
        "This takes the role {role}. Ask an administrator.",
        "Dette krever rollen {role}. Spør en administrator.",
    ),
    "steer_no_places": ("There is no municipality here yet.", "Det finnes ingen kommune her ennå."),
    "steer_no_places_hint": (
        "It appears as soon as one of its signs has reported.",
        "Den kommer når et av skiltene dens har meldt seg.",
    ),
    "steer_none_here": (
        "No broker runs here, so nothing can be told to signs.",
        "Det kjører ingen megler her, så ingenting kan sies til skilt.",
    ),
    "steer_nothing_yet": ("Nothing has happened yet.", "Ingenting har skjedd ennå."),
    "steer_remove": ("Remove", "Fjern"),
    "steer_add": ("Add", "Legg til"),
    "steer_name": ("Name", "Navn"),
    "steer_edit": ("Change", "Endre"),
    "steer_changed_by": ("Changed", "Endret"),
}
