"""The pages that everybody may see. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "public_title": ("Crossings with warning signs", "Gangfelt med varselskilt"),
    "public_short": ("warning sign at a crossing", "varselskilt ved gangfelt"),
    "public_intro": (
        "These signs flash at drivers when somebody is about to cross. Choose a crossing to see how it is, "
        "or to report a fault.",
        "Disse skiltene blinker mot bilførere når noen er på vei over. Velg et gangfelt for å se hvordan det "
        "står til, eller for å melde feil.",
    ),
    "public_none": ("No crossing is open to everybody yet.", "Ingen gangfelt er åpne for alle ennå."),
    "public_staff": ("Staff: log in here", "Ansatte: logg inn her"),
    "public_all": ("All crossings", "Alle gangfelt"),
    "public_data": ("Open data", "Åpne data"),
    "public_licence": ("Licence", "Lisens"),
    "public_is_works": ("The sign works", "Skiltet virker"),
    "public_is_partly": ("Part of the sign has a fault", "En del av skiltet har en feil"),
    "public_is_fault": ("The sign has a fault", "Skiltet har en feil"),
    "public_is_trial": ("The sign is being tried out", "Skiltet er under utprøving"),
    "public_is_unknown": ("We do not hear from the sign", "Vi hører ikke fra skiltet"),
    "public_is_none": ("No sign is there yet", "Det er ikke noe skilt der ennå"),
    "public_means_works": (
        "It watches the pavement and warns by itself. Look both ways all the same.",
        "Det følger med på fortauet og varsler av seg selv. Se deg likevel for til begge sider.",
    ),
    "public_means_partly": (
        "It may warn on one side of the road only. We know of it.",
        "Det varsler kanskje bare på den ene siden av veien. Vi vet om det.",
    ),
    "public_means_fault": (
        "It may not warn. We know of it; please take special care.",
        "Det varsler kanskje ikke. Vi vet om det; vær ekstra forsiktig.",
    ),
    "public_means_trial": (
        "It counts and decides, but its lamps stay dark.",
        "Det teller og avgjør, men lampene er mørke.",
    ),
    "public_means_unknown": (
        "It warns without a connection as well, so it may work all the same.",
        "Det varsler også uten forbindelse, så det kan virke likevel.",
    ),
    "public_means_none": ("It is planned.", "Det er planlagt."),
    "public_what": ("What the sign does", "Hva skiltet gjør"),
    "public_what_1": (
        "Radar and a heat sensor see that somebody is heading for the kerb. Then yellow lamps flash at the "
        "drivers, some seconds before the first step onto the road.",
        "Radar og en varmesensor ser at noen er på vei mot kantsteinen. Da blinker gule lamper mot "
        "bilførerne, noen sekunder før første skritt ut i veien.",
    ),
    "public_what_2": (
        "There is no camera. The sign does not know who you are, and keeps no trace of anybody.",
        "Det er ikke noe kamera. Skiltet vet ikke hvem du er, og lagrer ingenting om enkeltpersoner.",
    ),
    "public_counts": ("How often it warned", "Hvor ofte det varslet"),
    "public_counts_hint": (
        "Warnings a day (UTC). Fewer than {fewest} are not told, so that nobody can be recognised.",
        "Varsler per døgn (UTC). Færre enn {fewest} oppgis ikke, så ingen kan kjennes igjen.",
    ),
    "public_day": ("Day", "Døgn"),
    "public_activations": ("Warnings", "Varsler"),
    "public_fewer": ("fewer than {fewest}", "færre enn {fewest}"),
    "public_total": (
        "The days that are told add up to {total}.",
        "Døgnene som er oppgitt, blir til sammen {total}.",
    ),
    "public_privacy": (
        "One warning may be for several people. A day is told once it has been over for a day.",
        "Ett varsel kan gjelde flere personer. Et døgn oppgis når det har vært over i et døgn.",
    ),
    "public_report": ("Report a fault", "Meld feil"),
    "public_report_hint": (
        "Tell us what you saw. You need no log-in, and nothing is asked about you.",
        "Fortell hva du så. Du trenger ikke logge inn, og vi spør ikke om hvem du er.",
    ),
    "public_kind": ("What is wrong?", "Hva er galt?"),
    "public_kind_dark": ("It does not flash", "Det blinker ikke"),
    "public_kind_always_lit": ("It flashes all the time", "Det blinker hele tiden"),
    "public_kind_late": ("It flashes too late", "Det blinker for sent"),
    "public_kind_damaged": ("It is damaged", "Det er skadet"),
    "public_kind_other": ("Something else", "Noe annet"),
    "public_text": ("What did you see, and when?", "Hva så du, og når?"),
    "public_your_contact": (
        "Telephone or e-mail, if we may ask back (not necessary)",
        "Telefon eller e-post, hvis vi kan spørre (ikke nødvendig)",
    ),
    "public_kept": (
        "How to reach you is deleted when the fault is mended, at the latest after 30 days; what you write "
        "after 90 days.",
        "Telefon eller e-post slettes når feilen er rettet, senest etter 30 dager; det du skriver, etter 90 "
        "dager.",
    ),
    "public_send": ("Send the report", "Send meldingen"),
    "public_wrong": ("Please look at this again:", "Se på dette igjen:"),
    "public_wrong_kind": ("choose what is wrong.", "velg hva som er galt."),
    "public_wrong_text": (
        "write what you saw, at most {longest} characters.",
        "skriv hva du så, høyst {longest} tegn.",
    ),
    "public_wrong_contact": (
        "one line of at most {longest} characters for how to reach you.",
        "én linje på høyst {longest} tegn om hvordan vi når deg.",
    ),
    "public_wrong_sign": (
        "the sign in the address is none; open this page without it.",
        "skiltet i adressen finnes ikke; åpne siden uten det.",
    ),
    "public_wait": (
        "Many reports came from here just now. What you wrote is still below: send it in {minutes} min.",
        "Det kom mange meldinger herfra nå nettopp. Det du skrev, står under: send det om {minutes} min.",
    ),
    "public_thanks": ("Thank you", "Takk"),
    "public_taken": (
        "Your report has reached those who look after the sign.",
        "Meldingen er kommet fram til dem som passer på skiltet.",
    ),
    "public_known": (
        "Others have reported the same; it is being looked at. Your words were not kept.",
        "Andre har meldt det samme; noen ser på det. Det du skrev, ble ikke lagret.",
    ),
    "public_back": ("Back to the crossing", "Tilbake til gangfeltet"),
    "public_contact": ("A person to talk to", "Et menneske å snakke med"),
    "public_no_contact": ("Ask at {publisher}.", "Spør hos {publisher}."),
    "public_urgent": (
        "Is somebody in danger? Call 112.",
        "Er noen i fare? Ring 112.",
    ),
    "public_nothing": ("There is no page for this", "Det finnes ingen side for dette"),
    "public_nothing_hint": (
        "The address may be mistyped, or the municipality has not opened a page for this crossing.",
        "Adressen kan være feil, eller kommunen har ikke åpnet noen side for dette gangfeltet.",
    ),
}
