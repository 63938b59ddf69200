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
    "typed_back": (
        "The page had to be made anew. What you had typed is back, and not sent yet.",
        "Siden måtte lages på nytt. Det du hadde skrevet, er tilbake, og ikke sendt ennå.",
    ),
    "typed_homeless": (
        "This was typed in a part of the page that is not open now:",
        "Dette ble skrevet i en del av siden som ikke er åpen nå:",
    ),
    "typed_seen": ("I have seen it", "Jeg har sett det"),
    "raced": ("{who} changed it at {at}, while you were looking.", "{who} endret det {at}, mens du så på."),
    "raced_unknown": ("{who} has changed it while you were looking.", "{who} har endret det mens du så på."),
    "raced_somebody": ("Somebody", "Noen"),
    "raced_removed": (
        "Somebody has removed it while you were looking.",
        "Noen har fjernet det mens du så på.",
    ),
    "raced_yours": (
        "Yours still stands in the form. Do it again, and it takes the place of theirs.",
        "Ditt står fortsatt i skjemaet. Gjør det en gang til, så trer det i stedet for deres.",
    ),
    "menu": ("Menu", "Meny"),
    "more": ("More", "Mer"),
    "pages": ("Pages", "Sider"),
    "alarms_open_n": ("Open alarms: {n}", "Åpne alarmer: {n}"),
    "lost_missing": ("There is no such page", "Denne siden finnes ikke"),
    "lost_missing_hint": (
        "The sign, the crossing or the page may have another name now. The overview has all of them.",
        "Skiltet, gangfeltet eller siden kan ha fått et annet navn. Oversikten har alle.",
    ),
    "lost_no_right": ("Your role does not open this page", "Rollen din åpner ikke denne siden"),
    "lost_no_right_hint": (
        "It takes the role {role}; yours is {held}. These can give it to you: {who}.",
        "Det krever rollen {role}; din er {held}. Disse kan gi deg den: {who}.",
    ),
    "lost_no_role": ("none", "ingen"),
    "lost_nobody": ("whoever runs the controller", "den som driver kontrolleren"),
    "lost_to_overview": ("To the overview", "Til oversikten"),
    "cancel": ("Cancel", "Avbryt"),
    "yes": ("Yes", "Ja"),
    "save": ("Save", "Lagre"),
}
