"""The planning sheet and the reports. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "plan_sheet": ("Planning sheet", "Planleggingsark"),
    "plan_crossings": ("Crossings", "Gangfelt"),
    "plan_none": ("There is no crossing yet.", "Det finnes ingen gangfelt ennå."),
    "plan_none_hint": (
        "Add one with “gangvakt site add”, and its speed limit with “gangvakt site file”.",
        "Legg til ett med «gangvakt site add», og fartsgrensen med «gangvakt site file».",
    ),
    "plan_unknown": ("There is no crossing called {site}.", "Det finnes ikke noe gangfelt som heter {site}."),
    "plan_all": ("All crossings", "Alle gangfelt"),
    "plan_what_if": ("What if", "Hva om"),
    "plan_speed": ("Speed limit", "Fartsgrense"),
    "plan_sensor": ("Sensor and its reach", "Sensor og rekkevidde"),
    "plan_offset": ("From the sensor to where people step out", "Fra sensoren til der folk går ut"),
    "plan_sight": ("Drivers see the lamps from", "Førere ser lampene fra"),
    "plan_kmh": ("{speed} km/h", "{speed} km/t"),
    "plan_lead": ("Lead", "Forvarsel"),
    "plan_lead_s": ("Lead, s", "Forvarsel, s"),
    "plan_work_out": ("Work it out", "Regn ut"),
    "plan_as_pdf": ("As PDF", "Som PDF"),
    "plan_as_csv": ("As CSV", "Som CSV"),
    "plan_lead_and_stopping": ("Lead against stopping distance", "Forvarsel mot stopplengde"),
    "plan_surface": ("Surface", "Føre"),
    "plan_dry": ("Dry", "Tørt"),
    "plan_wet": ("Wet", "Vått"),
    "plan_snow": ("Snow", "Snø"),
    "plan_stopping_m": ("Stopping distance, m", "Stopplengde, m"),
    "plan_stopping_s": ("Until the car stands, s", "Til bilen står, s"),
    "plan_least_s": ("Least lead, s", "Minste forvarsel, s"),
    "plan_verdict": ("Verdict", "Vurdering"),
    "plan_stands": ("Cars stand in time", "Bilene står i tide"),
    "plan_passes": ("Suffices", "Tilstrekkelig"),
    "plan_short": ("Too short", "For kort"),
    "plan_below_target": (
        "The lead of {lead} s is below the 2.5 s that the sign is built for: move the sensor nearer to where"
        " people come from, or take one that reaches further.",
        "Forvarselet på {lead} s er under de 2,5 s som skiltet er laget for: flytt sensoren nærmere der folk"
        " kommer fra, eller velg en med lengre rekkevidde.",
    ),
    "plan_short_on": (
        "Too short on: {surfaces}. A driver who cannot stop any more may reach the crossing together with the"
        " person.",
        "For kort på: {surfaces}. En fører som ikke lenger kan stoppe, kan nå gangfeltet samtidig med"
        " fotgjengeren.",
    ),
    "plan_unseen_on": (
        "The lamps are seen from {sight} m only, which is less than the stopping distance on: {surfaces}.",
        "Lampene ses bare fra {sight} m, som er mindre enn stopplengden på: {surfaces}.",
    ),
    "plan_how": ("How this is worked out", "Slik er dette regnet ut"),
    "plan_method": (
        "A driver reacts for 1.5 s, then brakes with 6 m/s² on dry, 4 m/s² on wet road and 2 m/s² on"
        " snow. People walk at 1.4 m/s and are believed 0.5 s after they are seen. The least lead is the"
        " time in which a car that cannot stop any more has passed the crossing; with a lead of the time"
        " until the car stands, every car stands before the person steps out. Flat road, good tyres; the"
        " sensor's reach is that of its data sheet.",
        "Føreren reagerer i 1,5 s og bremser så med 6 m/s² på tørr, 4 m/s² på våt vei og 2 m/s² på snø."
        " Folk går 1,4 m/s og blir trodd 0,5 s etter at de er sett. Minste forvarsel er tiden det tar før"
        " en bil som ikke lenger kan stoppe, har passert gangfeltet; med et forvarsel like langt som tiden"
        " til bilen står, står alle biler før fotgjengeren går ut. Flat vei, gode dekk; sensorens"
        " rekkevidde er den i databladet.",
    ),
    "rep_month": ("Month's report", "Månedsrapport"),
    "rep_figures": ("Figures", "Tall"),
    "rep_people": ("People", "Folk"),
    "rep_people_hint": ("for whom it lit", "som det lyste for"),
    "rep_peak": ("Peak hour", "Travleste time"),
    "rep_peak_when": ("people on {when}", "folk {when}"),
    "rep_lead_share": ("Lead of 2.5 s or more", "Forvarsel på 2,5 s eller mer"),
    "rep_lead_hint": ("of those whose way was known", "av dem som ble sett underveis"),
    "rep_median_lead": ("Median lead", "Median forvarsel"),
    "rep_uptime": ("Uptime", "Oppetid"),
    "rep_uptime_hint": ("of the time heard", "av tiden hørt"),
    "rep_activations": ("Activations", "Aktiveringer"),
    "rep_activations_hint": ("of both poles", "av begge stolper"),
    "rep_lit": ("Lamps lit for", "Lampene lyste i"),
    "rep_starts": ("Starts", "Oppstarter"),
    "rep_by_hour": ("By hour of the day", "Etter time på døgnet"),
    "rep_by_weekday": ("By weekday", "Etter ukedag"),
    "rep_people_an_hour": ("People an hour, mean of the month", "Folk per time, snitt for måneden"),
    "rep_people_a_day": ("People a day, mean of the month", "Folk per dag, snitt for måneden"),
    "rep_day_0": ("Mon", "man"),
    "rep_day_1": ("Tue", "tir"),
    "rep_day_2": ("Wed", "ons"),
    "rep_day_3": ("Thu", "tor"),
    "rep_day_4": ("Fri", "fre"),
    "rep_day_5": ("Sat", "lør"),
    "rep_day_6": ("Sun", "søn"),
    "rep_fault": ("Fault", "Feil"),
    "rep_sign": ("Sign", "Skilt"),
    "rep_from": ("From", "Fra"),
    "rep_until": ("Until", "Til"),
    "rep_goes_on": ("goes on", "varer ved"),
    "rep_method": (
        "People are those whom a radar followed and for whom lamps were lit; who is seen by both poles"
        " within 3 s counts once. Who never came near the kerb is not counted, and groups are often"
        " counted as one: compare months, do not add them to a traffic census. Lead is the time to the"
        " kerb at the moment when the lamps were lit. Uptime is the share of the time in which the signs"
        " were heard. Hours are those of the clock in Norway. No pictures are taken and nobody is"
        " recognised.",
        "Folk er de som en radar fulgte og som lampene ble tent for; den som ses fra begge stolper"
        " innen 3 s, telles én gang. Den som aldri kom nær kantsteinen, telles ikke, og grupper telles"
        " ofte som én: sammenlign måneder, ikke bruk tallene som trafikktelling. Forvarsel er tiden til"
        " kantsteinen da lampene ble tent. Oppetid er andelen av tiden da skiltene ble hørt. Timer"
        " følger norsk tid. Det tas ingen bilder, og ingen gjenkjennes.",
    ),
    "rep_month_1": ("January {year}", "januar {year}"),
    "rep_month_2": ("February {year}", "februar {year}"),
    "rep_month_3": ("March {year}", "mars {year}"),
    "rep_month_4": ("April {year}", "april {year}"),
    "rep_month_5": ("May {year}", "mai {year}"),
    "rep_month_6": ("June {year}", "juni {year}"),
    "rep_month_7": ("July {year}", "juli {year}"),
    "rep_month_8": ("August {year}", "august {year}"),
    "rep_month_9": ("September {year}", "september {year}"),
    "rep_month_10": ("October {year}", "oktober {year}"),
    "rep_month_11": ("November {year}", "november {year}"),
    "rep_month_12": ("December {year}", "desember {year}"),
    "rep_council": ("For the council", "Til kommunestyret"),
    "rep_crossing": ("Crossing", "Gangfelt"),
    "rep_total": ("Together", "Til sammen"),
    "rep_compare": ("Before and after", "Før og etter"),
    "rep_compare_hint": (
        "Put a month in shadow mode beside one in service: who came and how early the sign knew are counted"
        " the same way in both, lit or dark.",
        "Sett en måned i skyggemodus ved siden av en i drift: hvem som kom og hvor tidlig skiltet visste det,"
        " telles likt i begge, lyst eller mørkt.",
    ),
    "speed_title": ("Vehicles and their speed", "Kjøretøy og fart"),
    "speed_by_class": (
        "Vehicles by speed: from so many km/h on, in steps of 5",
        "Kjøretøy etter fart: fra så mange km/t, i trinn på 5",
    ),
    "speed_bar": ("{lowest} to {highest} km/h: {vehicles}", "{lowest} til {highest} km/t: {vehicles}"),
    "speed_bar_fastest": ("{lowest} km/h or more: {vehicles}", "{lowest} km/t eller mer: {vehicles}"),
    "speed_line_limit": ("Limit {speed}", "Grense {speed}"),
    "speed_line_p85": ("85 % drive at most {speed}", "85 % kjører høyst {speed}"),
    "speed_no_radar": (
        "No radar here sees vehicles. A sign with an LD2451 as its second radar counts them.",
        "Ingen radar her ser kjøretøy. Et skilt med en LD2451 som andre radar teller dem.",
    ),
    "speed_nobody": ("No vehicle was counted then.", "Det ble ikke talt noe kjøretøy da."),
    "speed_approach": ("Towards", "Mot"),
    "speed_vehicles": ("Vehicles", "Kjøretøy"),
    "speed_mean": ("Mean speed", "Snittfart"),
    "speed_p85": ("85-percentile", "85-prosentil"),
    "speed_p85_hint": ("85 of 100 drive no faster", "85 av 100 kjører ikke fortere"),
    "speed_above": ("Above the limit", "Over fartsgrensen"),
    "speed_together": ("Together", "Til sammen"),
    "speed_a_day": ("Vehicles a day", "Kjøretøy i døgnet"),
    "speed_assessment": (
        "For the assessment of the crossing (handbook V127)",
        "Til vurdering av gangfeltet (håndbok V127)",
    ),
    "speed_asked": ("Asked for", "Det spørres etter"),
    "speed_answer": ("Counted", "Talt"),
    "speed_asked_peak": ("People in the peak hour", "Kryssende i makstimen"),
    "speed_asked_vehicles_peak": ("Vehicles in their peak hour", "Kjøretøy i deres makstime"),
    "speed_asked_a_day": ("Vehicles a day, mean", "Kjøretøy i døgnet, snitt"),
    "speed_asked_p85": ("85-percentile of the speed", "85-prosentil av farten"),
    "speed_asked_limit": ("Speed limit", "Fartsgrense"),
    "speed_asked_above": ("Share above the limit", "Andel over fartsgrensen"),
    "speed_method": (
        "A radar on the pole counts each vehicle that comes towards it once, 15 m away, by classes of 5 km/h;"
        " within a class speeds are taken as evenly spread. It reads some 2 % less than the vehicle drives,"
        " takes a cyclist for a vehicle, and sees one way only: the other way is in the figures where another"
        " pole has such a radar. People are those for whom the sign lit.",
        "En radar på stolpen teller hvert kjøretøy som kommer mot den én gang, 15 m unna, i klasser på"
        " 5 km/t; innenfor en klasse regnes farten som jevnt fordelt. Den viser om lag 2 % mindre enn"
        " kjøretøyet kjører, tar en syklist for et kjøretøy og ser bare én retning: den andre veien er med"
        " der en annen stolpe har en slik radar. Kryssende er de som skiltet lyste for.",
    ),
    "case": ("Complaint", "Klage"),
    "case_when": ("When", "Når"),
    "case_moment": ("Moment", "Tidspunkt"),
    "case_look": ("Look", "Se"),
    "case_happened": (
        "What happened, a quarter of an hour before and after",
        "Hva som skjedde, et kvarter før og etter",
    ),
    "case_nothing": (
        "No event is stored of that time: the lamps were dark.",
        "Det er ikke lagret noen hendelse fra da: lampene var mørke.",
    ),
    "case_replay": ("Replay", "Spill av"),
    "case_changed": (
        "Pattern, brightness and mode that were changed",
        "Mønster, lysstyrke og modus som er endret",
    ),
    "case_unchanged": ("They were never changed.", "De er aldri endret."),
    "case_after": ("after it", "etterpå"),
    "case_who": ("Who", "Hvem"),
    "case_what": ("What", "Hva"),
}
