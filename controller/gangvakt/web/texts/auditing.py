"""The audit. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "audit_none": ("No audit is kept here.", "Her føres ingen revisjonslogg."),
    "audit_everywhere": (
        "The audit is for administrators of all municipalities.",
        "Revisjonsloggen er for administratorer av alle kommuner.",
    ),
    "audit_hint": (
        "Every row carries the hash of the one before: none can be changed, taken out or put in "
        "without a trace.",
        "Hver rad bærer hashen til den forrige: ingen kan endres, tas ut eller settes inn uten spor.",
    ),
    "audit_filter": ("Look for", "Let etter"),
    "audit_who": ("Who (a user, or “person 7”)", "Hvem (en bruker, eller «person 7»)"),
    "audit_action": ("What (site.* for all that begin so)", "Hva (site.* for alt som begynner slik)"),
    "audit_subject": ("To what (drammen/*)", "Med hva (drammen/*)"),
    "audit_since": ("From the day", "Fra og med dagen"),
    "audit_until": ("To the day", "Til og med dagen"),
    "audit_look": ("Look", "Let"),
    "audit_all": ("Show all", "Vis alle"),
    "audit_rows": ("Newest first", "Nyeste først"),
    "audit_empty": ("Nothing was found.", "Ingenting ble funnet."),
    "audit_empty_hint": (
        "Ask for less: a longer time, or part of a subject with * behind it.",
        "Spør etter mindre: en lengre tid, eller en del av emnet med * bak.",
    ),
    "audit_no_values": ("Nothing was written down beside it.", "Ingenting ble skrevet ned ved siden av."),
    "audit_verify": ("Check the chain", "Kontroller kjeden"),
    "audit_whole": (
        "The chain is whole: {rows} rows, {sealed} sealed heads among them. It ends with {hash}…",
        "Kjeden er hel: {rows} rader, {sealed} forseglede hoder blant dem. Den slutter med {hash}…",
    ),
    "audit_broken": ("The chain is broken. {why}", "Kjeden er brutt. {why}"),
    "audit_export": ("Export (JSON lines)", "Eksporter (JSON-linjer)"),
    "audit_exported": ("{rows} rows exported.", "{rows} rader eksportert."),
    "audit_exported_part": (
        "The newest {rows} rows are exported; “gangvakt audit export” writes all.",
        "De nyeste {rows} radene er eksportert; «gangvakt audit export» skriver alle.",
    ),
}
