"""What each class of alarm means, and what to do about it, in plain words. (English, Norwegian bokmål).

`alarm_CODE` names a class that is no fault of a sign, whose names are `fault_CODE`; `advice_CODE` is of all.
"""

from __future__ import annotations

Said = tuple[str, str]

_RADAR: Said = (
    "Go there and look: is the radar clean, whole and plugged in? Wipe off snow and dirt, press the plug "
    "home, then run the self-test. Exchange the radar if the fault stays.",
    "Dra ut og se: er radaren ren, hel og plugget i? Tørk av snø og smuss, trykk pluggen helt inn, og kjør "
    "selvtesten. Bytt radaren hvis feilen blir stående.",
)
_SECOND: Said = (
    "The first radar still sees people. Look whether the second one is clean, whole and plugged in, then run "
    "the self-test; exchange it if the fault stays.",
    "Den første radaren ser fortsatt folk. Se om den andre er ren, hel og plugget i, og kjør selvtesten; "
    "bytt den hvis feilen blir stående.",
)
_PIR: Said = (
    "Look at the PIR's window: clean it, cut plants before it, and see that no warm air blows at it. "
    "Exchange it if it does not recover.",
    "Se på vinduet til PIR-sensoren: rengjør det, klipp planter foran det, og se at ingen varm luft blåser "
    "mot det. Bytt den hvis den ikke kommer seg.",
)
_LAMP: Said = (
    "Measure the lamp's cable and fuse first; exchange the lamp head if they are right. Then run the lamp "
    "test.",
    "Mål lampens kabel og sikring først; bytt lampehodet hvis de er i orden. Kjør så lampetesten.",
)
_SITE: Said = (
    "Play back a recording of an activation from that time: something stands or moves before the sensor, "
    "such as branches, a flag or a parked lorry. Go there if the recording does not explain it.",
    "Spill av et opptak av en aktivering fra den tiden: noe står eller beveger seg foran sensoren, som "
    "greiner, et flagg eller en parkert lastebil. Dra ut hvis opptaket ikke forklarer det.",
)
_BOARD: Said = (
    "Restart the sign. If the fault comes back, exchange the board: swap the sign and take this one to the "
    "workshop.",
    "Start skiltet på nytt. Kommer feilen tilbake, bytt kortet: sett opp et annet skilt og ta dette med til "
    "verkstedet.",
)
_BUTTON: Said = (
    "Go there and free the button; look for ice, water or damage, and exchange it if need be.",
    "Dra ut og frigjør knappen; se etter is, vann eller skade, og bytt den om nødvendig.",
)
_PANEL: Said = (
    "Clean the solar panel of snow and dirt, and see that nothing shades it.",
    "Rengjør solcellepanelet for snø og smuss, og se at ingenting skygger for det.",
)

# By the code of the class.
TITLES: dict[str, Said] = {
    "sign_offline": ("The sign is offline", "Skiltet er frakoblet"),
    "sign_silent": ("The sign is silent", "Skiltet er taust"),
    "events_missing": ("Events of the sign did not arrive", "Hendelser fra skiltet kom ikke fram"),
    "feeder_dead": (
        "A street-lighting feeder is dead: its signs went together",
        "En gatelyskurs er død: skiltene på den falt ut samtidig",
    ),
    "broker_lost": (
        "The controller does not reach the broker: nothing is known of any sign",
        "Kontrolleren når ikke megleren: ingenting er kjent om noe skilt",
    ),
    "no_activations": (
        "No activation where there always are some",
        "Ingen aktivering der det alltid er noen",
    ),
    "many_activations": ("Far more activations than usual", "Langt flere aktiveringer enn vanlig"),
    "battery_trend": ("The battery runs down day by day", "Batteriet tappes dag for dag"),
    "clock_drift": ("The sign's clock is wrong", "Skiltets klokke går feil"),
    "mixed_patterns": (
        "The poles of one crossing flash differently or differ in mode",
        "Stolpene ved ett gangfelt blinker ulikt eller er i ulik modus",
    ),
    "mixed_config": (
        "The poles of one crossing know different settings",
        "Stolpene ved ett gangfelt kjenner ulike innstillinger",
    ),
    "pole_out_of_sync": (
        "A pole flashes out of step with the others",
        "En stolpe blinker i utakt med de andre",
    ),
    "certificate_ending": ("A certificate ends soon", "Et sertifikat utløper snart"),
    "public_report": ("Somebody in the street has reported a fault", "Noen har meldt feil fra gata"),
    "rollout_paused": (
        "A rollout has paused by itself: too many signs failed, or too few took it",
        "En utrulling har stanset av seg selv: for mange skilt feilet, eller for få tok den",
    ),
    "config_plan_stopped": (
        "A plan of a configuration has stopped by itself: a sign did not keep it",
        "En plan for innstillinger har stanset av seg selv: et skilt beholdt dem ikke",
    ),
}

ADVICE: dict[str, Said] = {
    "public_report": (
        "Read below what was reported, look at the sign, and call whoever reported it where a number was "
        "left. Then say that it is dealt with: that ends the alarm.",
        "Les under hva som er meldt, se på skiltet, og ring den som meldte det hvis et nummer er oppgitt. Si "
        "så at det er ordnet: da er alarmen over.",
    ),
    "config": (
        "The sign uses its default for that one setting and works on. Open its configuration, correct the "
        "field that it names, and apply it again.",
        "Skiltet bruker standardverdien for den ene innstillingen og virker videre. Åpne konfigurasjonen, "
        "rett feltet som det nevner, og ta den i bruk igjen.",
    ),
    "radar_silent": _RADAR,
    "radar_garbled": _RADAR,
    "pir_stuck_on": _PIR,
    "stuck_on": _SITE,
    "lamps": _BOARD,
    "outbox_full": (
        "The sign warned all the same; only its oldest events are gone. See why it was away for so long, and "
        "mend its connection.",
        "Skiltet varslet likevel; bare de eldste hendelsene er borte. Finn ut hvorfor det var borte så "
        "lenge, og utbedre forbindelsen.",
    ),
    "identity": (
        "It warns, but alone and unknown to us. A technician must flash it anew, with the laptop at the pole "
        "or in the workshop.",
        "Det varsler, men alene og ukjent for oss. En tekniker må brenne det på nytt, med PC ved stolpen "
        "eller på verkstedet.",
    ),
    "clock": (
        "It takes the time from the controller as soon as it connects. See whether it is connected; there is "
        "nothing to do at the pole.",
        "Det får tiden fra kontrolleren så snart det kobler til. Se om det er tilkoblet; det er ingenting å "
        "gjøre ved stolpen.",
    ),
    "store": _BOARD,
    "tick_late": (
        "Restart the sign. If it comes back, fetch a recording and send it to the maker: warnings may come "
        "late.",
        "Start skiltet på nytt. Kommer feilen tilbake, hent et opptak og send det til produsenten: varsler "
        "kan komme for sent.",
    ),
    "radar_stuck_on": _SITE,
    "radar_stuck_off": _RADAR,
    "radar_flutter": _RADAR,
    "radar_blocked": (
        "Look for snow on the radar, or a lorry or container parked before it. It is over by itself once the "
        "view is free.",
        "Se etter snø på radaren, eller en lastebil eller container foran den. Det går over av seg selv når "
        "sikten er fri.",
    ),
    "radar_moved": (
        "Somebody or something turned the radar. Align it as on the photo of the site, and walk the kerb "
        "line again.",
        "Noen eller noe har vridd radaren. Rett den inn som på bildet fra stedet, og gå opp kantsteinslinjen "
        "på nytt.",
    ),
    "pir_stuck_off": _PIR,
    "pir_flutter": _PIR,
    "button_stuck_on": _BUTTON,
    "button_flutter": _BUTTON,
    "second_silent": _SECOND,
    "second_garbled": _SECOND,
    "second_stuck_on": _SITE,
    "second_stuck_off": _SECOND,
    "second_flutter": _SECOND,
    "one_sensor": (
        "It warns with what is left. See the sign's other alarms for the sensors that failed, and mend "
        "those.",
        "Det varsler med det som er igjen. Se skiltets andre alarmer for sensorene som sviktet, og utbedre "
        "dem.",
    ),
    "no_sensor": (
        "Go there today: the sign does not see people. Its other alarms say what failed and so what to "
        "bring.",
        "Dra ut i dag: skiltet ser ikke folk. De andre alarmene sier hva som sviktet, og dermed hva du må ha "
        "med.",
    ),
    "supply_low": (
        "Measure the supply, its cable and its fuse. A weak street-lighting feeder looks the same.",
        "Mål strømforsyningen, kabelen og sikringen. En svak gatelyskurs ser likedan ut.",
    ),
    "supply_high": (
        "Switch the sign off at its fuse before it is damaged, and exchange the supply.",
        "Slå av skiltet på sikringen før det tar skade, og bytt strømforsyningen.",
    ),
    "supply_unread": (
        "The sign works. Exchange the board when somebody is there anyway.",
        "Skiltet virker. Bytt kortet når noen likevel er der.",
    ),
    "light_stuck": (
        "The lamps shine at full brightness, at night as well: neighbours may complain. Clean the light "
        "sensor, or exchange it.",
        "Lampene lyser for fullt, også om natten: naboer kan klage. Rengjør lyssensoren, eller bytt den.",
    ),
    "lamp_left_dead": _LAMP,
    "lamp_right_dead": _LAMP,
    "lamp_left_shorted": _LAMP,
    "lamp_right_shorted": _LAMP,
    "thermometer": (
        "Winter mode goes by the calendar meanwhile. Exchange the thermometer when somebody is there anyway.",
        "Vintermodus følger kalenderen så lenge. Bytt termometeret når noen likevel er der.",
    ),
    "radar_setup": _RADAR,
    "battery_saving": _PANEL,
    "battery_low": (
        f"Go there this week. {_PANEL[0]} Until then it is heard from only now and then.",
        f"Dra ut denne uken. {_PANEL[1]} Til da hører vi fra det bare nå og da.",
    ),
    "battery_last": (
        "Go there today with a charged battery: the lamps are dark.",
        "Dra ut i dag med et ladet batteri: lampene er mørke.",
    ),
    "pole_lost": (
        "See whether the other pole has power. If it has, look for what shields the radio between the two: a "
        "lorry, scaffolding, a new fence.",
        "Se om den andre stolpen har strøm. Har den det, se etter noe som skjermer radioen mellom dem: en "
        "lastebil, et stillas, et nytt gjerde.",
    ),
    "sign_offline": (
        "It still warns as long as it has power. Look whether the pole has power, then at its network: "
        "router, SIM card, mast.",
        "Det varsler fortsatt så lenge det har strøm. Se om stolpen har strøm, og så på nettet: ruter, "
        "SIM-kort, mast.",
    ),
    "sign_silent": (
        "It may still warn: go there and look. See its power first, then its network.",
        "Det varsler kanskje fortsatt: dra ut og se. Sjekk strømmen først, så nettet.",
    ),
    "events_missing": (
        "It works, but its history has a hole. Look under dead letters whether the controller put messages "
        "aside; else look at the sign's connection.",
        "Det virker, men historikken har et hull. Se om kontrolleren har lagt meldinger til side; ellers se "
        "på skiltets forbindelse.",
    ),
    "feeder_dead": (
        "Call whoever runs the street lighting and name the feeder. The signs come back with the power; "
        "nobody needs to go to each of them.",
        "Ring den som driver gatelysene, og oppgi kursen. Skiltene kommer tilbake med strømmen; ingen "
        "trenger å dra til hvert av dem.",
    ),
    "broker_lost": (
        "The signs warn on. IT must see whether the broker runs, then look at the network between it and the "
        "controller.",
        "Skiltene varsler videre. IT må se om megleren kjører, og så på nettet mellom den og kontrolleren.",
    ),
    "no_activations": (
        "Is the crossing closed, or the road dug up? If not, go there and walk towards the kerb: the lamps "
        "must come on. The walk test shows what the sign sees.",
        "Er gangfeltet stengt, eller veien gravd opp? Hvis ikke, dra ut og gå mot kantsteinen: lampene må "
        "tennes. Gangtesten viser hva skiltet ser.",
    ),
    "many_activations": (
        "Was there an event in town? If not, play back a recording: a turned radar, branches or water before "
        "it.",
        "Var det et arrangement i byen? Hvis ikke, spill av et opptak: vridd radar, greiner eller vann foran "
        "den.",
    ),
    "battery_trend": (
        f"{_PANEL[0]} Exchange the battery before it is empty; the text of the alarm says when that will be.",
        f"{_PANEL[1]} Bytt batteriet før det er tomt; teksten i alarmen sier når det blir.",
    ),
    "clock_drift": (
        "Restart the sign. If it comes back, its connection is slow: look at the signal.",
        "Start skiltet på nytt. Kommer feilen tilbake, er forbindelsen treg: se på signalet.",
    ),
    "mixed_patterns": (
        "Drivers see two different signals at one crossing. Give all poles the same pattern and mode on the "
        "page of the crossing.",
        "Bilførere ser to ulike signaler ved ett gangfelt. Gi alle stolpene samme mønster og modus på siden "
        "til gangfeltet.",
    ),
    "mixed_config": (
        "Bring the poles to the same version of the firmware with a rollout.",
        "Gi stolpene samme versjon av fastvaren med en utrulling.",
    ),
    "pole_out_of_sync": (
        "See whether the poles hear each other, and restart the one that is out of step.",
        "Se om stolpene hører hverandre, og start den som er i utakt, på nytt.",
    ),
    "certificate_ending": (
        "A sign renews its own when it connects: see why this one does not. For all others tell whoever "
        "looks after the controller.",
        "Et skilt fornyer sitt eget når det kobler til: finn ut hvorfor dette ikke gjør det. For alle andre, "
        "si fra til den som drifter kontrolleren.",
    ),
    "rollout_paused": (
        "Open the rollout: it says which signs failed and why. Then resume it, stop it, or roll it back.",
        "Åpne utrullingen: den sier hvilke skilt som feilet, og hvorfor. Fortsett den så, stopp den, eller "
        "rull den tilbake.",
    ),
    "config_plan_stopped": (
        "Open the plan: it says which signs did not keep it and why. Then roll it back, or begin one that is "
        "corrected.",
        "Åpne planen: den sier hvilke skilt som ikke beholdt innstillingene, og hvorfor. Rull den så "
        "tilbake, eller begynn en som er rettet.",
    ),
}

TEXTS: dict[str, Said] = {
    **{f"alarm_{code}": said for code, said in TITLES.items()},
    **{f"advice_{code}": said for code, said in ADVICE.items()},
}
