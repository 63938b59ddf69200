"""What is around each page. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "alarms": ("Alarms", "Alarmer"),
    "live": ("Events", "Hendelser"),
    "rollouts": ("Rollouts", "Utrullinger"),
    "config": ("Configuration", "Konfigurasjon"),
    "planning": ("Planning and reports", "Planlegging og rapporter"),
    "audit": ("Audit", "Revisjonslogg"),
    "settings": ("Settings", "Innstillinger"),
    "overview": ("Overview", "Oversikt"),
    "tagline": ("Pedestrian-warning signs, live", "Gangfeltskilt, direkte"),
    "skip": ("Skip to the content", "Gå til innholdet"),
    "language": ("Language", "Språk"),
    "link_live": ("Live", "Direkte"),
    "link_lost": (
        "No connection to the controller. What you see is old. Trying again ...",
        "Ingen forbindelse med kontrolleren. Det du ser, er gammelt. Prøver igjen ...",
    ),
    "cancel": ("Cancel", "Avbryt"),
    "yes": ("Yes", "Ja"),
    "save": ("Save", "Lagre"),
}
