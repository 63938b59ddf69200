"""What the pages say, in English and Norwegian bokmål, and which of the two a request gets."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "nb": "Norsk"}
NORWEGIAN_CODES = ("nb", "nn", "no")

language_of_request: ContextVar[Language] = ContextVar("language_of_request", default="en")

# key: (English, Norwegian bokmål)
TABLE: Mapping[str, tuple[str, str]] = {
    "overview": ("Overview", "Oversikt"),
    "signs": ("Signs", "Skilt"),
    "events": ("Events", "Hendelser"),
    "log_in": ("Log in", "Logg inn"),
    "log_out": ("Log out", "Logg ut"),
    "user": ("User", "Bruker"),
    "password": ("Password", "Passord"),
    "log_in_hint": (
        "The first time, use the one-time password that “gangvakt serve” printed.",
        "Første gang: bruk engangspassordet som «gangvakt serve» skrev ut.",
    ),
    "login_refused": ("Wrong user or password.", "Feil bruker eller passord."),
    "login_locked": (
        "Too many wrong passwords. Try again in {seconds} s.",
        "For mange feil passord. Prøv igjen om {seconds} s.",
    ),
    "new_password": ("New password", "Nytt passord"),
    "new_password_again": ("New password again", "Nytt passord en gang til"),
    "choose_password": ("Choose a password", "Velg et passord"),
    "choose_password_hint": (
        "The one-time password ends here. Choose your own, with at least 12 characters.",
        "Engangspassordet slutter å gjelde nå. Velg ditt eget, med minst 12 tegn.",
    ),
    "save": ("Save", "Lagre"),
    "passwords_differ": ("The two passwords differ.", "De to passordene er ulike."),
    "password_refused": (
        "Choose {shortest} to {longest} characters that are hard to guess, not the password you have now.",
        "Velg {shortest} til {longest} tegn som er vanskelige å gjette, ikke passordet du har nå.",
    ),
    "code": ("Code", "Kode"),
    "code_hint": (
        "{user}, type the six figures of your authenticator, or one of your recovery codes.",
        "{user}, skriv de seks sifrene fra kodeappen, eller en av gjenopprettingskodene.",
    ),
    "code_refused": (
        "The code is wrong, or was used already. Wait for the next one.",
        "Koden er feil, eller allerede brukt. Vent på den neste.",
    ),
    "other_user": ("Somebody else", "En annen bruker"),
    "log_in_at": ("Log in with {title}", "Logg inn med {title}"),
    "log_in_again": ("Back to the log-in", "Tilbake til innloggingen"),
    "no_role": (
        "You have no role here. Ask an administrator of your municipality.",
        "Du har ingen rolle her. Spør en administrator i kommunen din.",
    ),
    "elsewhere_failed": (
        "The log-in there did not work, or took too long. The controller's log says why.",
        "Innloggingen der virket ikke, eller tok for lang tid. Kontrollerens logg sier hvorfor.",
    ),
    "change_password": ("Change the password", "Bytt passord"),
    "password_now": ("Your password now", "Passordet ditt nå"),
    "change_password_hint": (
        "At least 12 characters. All your other sessions end.",
        "Minst 12 tegn. Alle de andre øktene dine avsluttes.",
    ),
    "back_to_account": ("Back to your account", "Tilbake til kontoen din"),
    "set_up_factor": ("Set up a second factor", "Sett opp totrinnsinnlogging"),
    "factor_must": (
        "Administrators need a second factor before they can go on.",
        "Administratorer må ha totrinnsinnlogging før de kan gå videre.",
    ),
    "factor_hint": (
        "At log-in a code of an authenticator app is asked for besides your password.",
        "Ved innlogging spørres det etter en kode fra en kodeapp i tillegg til passordet.",
    ),
    "factor_scan": (
        "Scan this with an authenticator app, then type the six figures that it shows.",
        "Skann dette med en kodeapp, og skriv så de seks sifrene den viser.",
    ),
    "factor_qr": ("QR code for an authenticator app", "QR-kode for en kodeapp"),
    "factor_by_hand": ("Without a camera:", "Uten kamera:"),
    "codes_kept": ("I have kept them", "Jeg har tatt vare på dem"),
    "codes_hint": (
        "Your second factor counts from now on. Keep these recovery codes where your telephone is not: each"
        " opens once, and they are not shown again.",
        "Totrinnsinnlogging gjelder fra nå av. Ta vare på disse gjenopprettingskodene et annet sted enn"
        " telefonen: hver virker én gang, og de vises ikke igjen.",
    ),
    "people": ("People", "Brukere"),
    "account": ("Your account", "Kontoen din"),
    "roles": ("Roles", "Roller"),
    "role": ("Role", "Rolle"),
    "where": ("Where", "Hvor"),
    "viewer": ("Viewer", "Leser"),
    "operator": ("Operator", "Operatør"),
    "technician": ("Technician", "Tekniker"),
    "administrator": ("Administrator", "Administrator"),
    "everywhere": ("all municipalities", "alle kommuner"),
    "no_roles": ("No role anywhere", "Ingen rolle noe sted"),
    "municipality": ("Municipality", "Kommune"),
    "protection": ("Password and second factor", "Passord og totrinnsinnlogging"),
    "factor_on": (
        "A code is asked for at log-in. Recovery codes left: {count}.",
        "Det spørres etter kode ved innlogging. Gjenopprettingskoder igjen: {count}.",
    ),
    "factor_off": ("No code is asked for at log-in.", "Det spørres ikke etter kode ved innlogging."),
    "new_codes": ("New recovery codes", "Nye gjenopprettingskoder"),
    "remove_factor": ("Remove the second factor", "Fjern totrinnsinnlogging"),
    "sessions": ("Sessions", "Økter"),
    "begun": ("Begun", "Startet"),
    "last_used": ("Last used", "Sist brukt"),
    "from_address": ("From", "Fra"),
    "program": ("Program", "Program"),
    "this_session": ("this one", "denne"),
    "end_session": ("End", "Avslutt"),
    "end_others": ("End all others", "Avslutt alle andre"),
    "tokens": ("Tokens for programs", "Nøkler for programmer"),
    "tokens_hint": (
        "A token lets a program in with at most your rights. It is shown once.",
        "En nøkkel slipper et program inn med høyst dine rettigheter. Den vises én gang.",
    ),
    "token_name": ("What for", "Til hva"),
    "where_i_have_a_role": ("wherever you have a role", "der du har en rolle"),
    "ends": ("Ends", "Utløper"),
    "days": ("Days", "Dager"),
    "make_token": ("Make a token", "Lag en nøkkel"),
    "revoke": ("Revoke", "Trekk tilbake"),
    "ask_revoke": (
        "Revoke the token “{name}”? Programs that use it are shut out at once.",
        "Trekke tilbake nøkkelen «{name}»? Programmer som bruker den, stenges ute straks.",
    ),
    "shown_once": ("It is not shown again.", "Den vises ikke igjen."),
    "cancel": ("Cancel", "Avbryt"),
    "yes": ("Yes", "Ja"),
    "state": ("State", "Tilstand"),
    "locked": ("locked", "sperret"),
    "one_time": ("one-time password", "engangspassord"),
    "with_factor": ("second factor", "totrinnsinnlogging"),
    "logs_in_at": ("logs in at {place}", "logger inn hos {place}"),
    "add_person": ("Add somebody", "Legg til bruker"),
    "one_time_of": ("One-time password of {user}", "Engangspassordet til {user}"),
    "new_one_time": ("New password", "Nytt passord"),
    "change_roles": ("Roles", "Roller"),
    "roles_of": ("Roles of {user}", "Rollene til {user}"),
    "roles_hint": (
        "* stands for all municipalities. A line without a municipality takes its role away.",
        "* står for alle kommuner. En linje uten kommune tar rollen bort.",
    ),
    "lock": ("Lock", "Sperr"),
    "unlock": ("Unlock", "Åpne"),
    "remove": ("Remove", "Fjern"),
    "ask_reset": (
        "A new one-time password for {user}? The sessions of {user} end.",
        "Nytt engangspassord for {user}? Øktene til {user} avsluttes.",
    ),
    "ask_factor": (
        "Remove the second factor of {user}? Make sure that it is {user} who asks.",
        "Fjerne totrinnsinnlogging for {user}? Forsikre deg om at det er {user} som ber om det.",
    ),
    "ask_lock": (
        "Lock {user}? Sessions and tokens open nothing until you unlock.",
        "Sperre {user}? Økter og nøkler åpner ingenting før du åpner igjen.",
    ),
    "ask_unlock": ("Let {user} in again?", "Slippe inn {user} igjen?"),
    "ask_remove": (
        "Remove {user}? What {user} did stays in every history.",
        "Fjerne {user}? Det {user} har gjort, blir stående i all historikk.",
    ),
    "rules": ("Rules", "Regler"),
    "rule_factor": (
        "Administrators need a second factor",
        "Administratorer må ha totrinnsinnlogging",
    ),
    "tagline": ("Pedestrian-warning signs, live", "Gangfeltskilt, direkte"),
    "skip": ("Skip to the content", "Gå til innholdet"),
    "language": ("Language", "Språk"),
    "link_live": ("Live", "Direkte"),
    "link_lost": (
        "No connection to the controller. What you see is old. Trying again ...",
        "Ingen forbindelse med kontrolleren. Det du ser, er gammelt. Prøver igjen ...",
    ),
    "flashing": ("Flashing", "Blinker"),
    "dark": ("Dark", "Mørkt"),
    "shadow": ("Shadow", "Skygge"),
    "silent": ("Silent", "Taust"),
    "mode": ("Mode", "Modus"),
    "mode_active": ("Active", "Aktiv"),
    "mode_shadow": ("Shadow: decides, stays dark", "Skygge: avgjør, men er mørkt"),
    "pattern": ("Pattern", "Blinkmønster"),
    "pattern_alternating": ("Alternating", "Vekselvis"),
    "pattern_steady": ("Steady", "Fast lys"),
    "pattern_beacon": ("Beacon", "Enkelt blink"),
    "pattern_ww-s": ("WW+S (RRFB)", "WW+S (RRFB)"),
    "pattern_user": ("The site's own", "Stedets eget"),
    "current_proved": ("current proved", "strøm påvist"),
    "current_not_proved": ("current not proved", "strøm ikke påvist"),
    "firmware": ("Firmware", "Fastvare"),
    "configuration": ("Configuration", "Konfigurasjon"),
    "version_n": ("version {n}", "versjon {n}"),
    "armed": ("Armed after start", "Klar etter start"),
    "last_failure": ("Last failure", "Siste svikt"),
    "last_seen": ("Last seen", "Sist hørt"),
    "seconds_ago": ("{n} s ago", "for {n} s siden"),
    "minutes_ago": ("{n} min ago", "for {n} min siden"),
    "hours_ago": ("{n} h ago", "for {n} t siden"),
    "never": ("never", "aldri"),
    "no_faults": ("No faults", "Ingen feil"),
    "faults": ("Faults", "Feil"),
    "open_street": ("Street view", "Gatebilde"),
    "all_signs": ("All signs", "Alle skilt"),
    "show_sign": ("Show", "Vis"),
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
    "boot": ("Started: {cause}", "Startet: {cause}"),
    "boot_power": ("power came on", "strømmen kom på"),
    "boot_hard": ("reset", "omstart"),
    "boot_watchdog": ("the watchdog restarted it", "vakthunden startet det på nytt"),
    "boot_brown_out": ("its supply had sagged", "spenningen hadde falt"),
    "boot_deepsleep": ("woke from sleep", "våknet fra dvale"),
    "boot_soft": ("restarted by its program", "startet på nytt av programmet"),
    "boot_unknown": ("cause unknown", "ukjent årsak"),
    "activated": ("Activated: {reason}", "Aktivert: {reason}"),
    "on_approach": ("person heading for the kerb", "person på vei mot kantsteinen"),
    "on_at_kerb": ("person waiting at the kerb", "person venter ved kantsteinen"),
    "on_on_road": ("person on the roadway", "person i kjørebanen"),
    "on_pir": ("movement beside the sign (PIR)", "bevegelse ved skiltet (PIR)"),
    "on_button": ("button pressed", "knappen ble trykket"),
    "before_kerb": ("{seconds} s before the kerb", "{seconds} s før kantsteinen"),
    "metres_away": ("{metres} m away", "{metres} m unna"),
    "lamps_off": ("Lamps off after {seconds} s", "Lampene av etter {seconds} s"),
    "off_stuck_cap": (
        "longest time reached, check the sensors",
        "lengste tid er nådd, kontroller sensorene",
    ),
    "fault_on": ("Fault: {fault}", "Feil: {fault}"),
    "fault_off": ("Fault gone: {fault}", "Feil borte: {fault}"),
    "config_error": ("Configuration value refused: {field}", "Konfigurasjonsverdi avvist: {field}"),
    "order_on": ("By command: {order}, for {seconds} s", "På kommando: {order}, i {seconds} s"),
    "order_off": ("Command over: {order}, after {seconds} s", "Kommando slutt: {order}, etter {seconds} s"),
    "order_flash": ("test flash", "prøveblink"),
    "order_force": ("lamps on", "lampene på"),
    "order_mute": ("muted", "dempet"),
    "clock_set": ("The clock was set", "Klokken ble stilt"),
    "resumed": (
        "Events in flash looked through: {dropped} ever dropped, {damaged} damaged",
        "Hendelser i flash gjennomgått: {dropped} noensinne tapt, {damaged} skadet",
    ),
    "fault_config": ("configuration value refused", "konfigurasjonsverdi avvist"),
    "fault_radar_silent": ("the radar says nothing", "radaren svarer ikke"),
    "fault_radar_garbled": ("the radar sends garbage", "radaren sender uleselige data"),
    "fault_pir_stuck_on": (
        "the PIR is stuck: it sees somebody all the time",
        "PIR-sensoren ser noen hele tiden",
    ),
    "fault_pir_stuck_off": ("the PIR sees nobody any more", "PIR-sensoren ser ingen lenger"),
    "fault_pir_flutter": (
        "the PIR goes on and off all the time",
        "PIR-sensoren skrur seg av og på hele tiden",
    ),
    "fault_radar_stuck_on": (
        "the radar sees somebody all the time whom no other sensor sees",
        "radaren ser hele tiden noen som ingen annen sensor ser",
    ),
    "fault_radar_stuck_off": ("the radar sees nobody any more", "radaren ser ingen lenger"),
    "fault_radar_flutter": (
        "people come and go in the radar's view all the time",
        "folk dukker opp og forsvinner hele tiden i radarens bilde",
    ),
    "fault_radar_blocked": (
        "the radar sees far fewer people than usual: snow, or something before it?",
        "radaren ser langt færre folk enn vanlig: snø, eller noe foran den?",
    ),
    "fault_radar_moved": (
        "people walk where no pavement is: was the radar turned?",
        "folk går der det ikke er fortau: er radaren vridd?",
    ),
    "fault_second_silent": ("the second radar says nothing", "radar nummer to svarer ikke"),
    "fault_second_garbled": ("the second radar sends garbage", "radar nummer to sender uleselige data"),
    "fault_second_stuck_on": (
        "the second radar sees somebody all the time whom no other sensor sees",
        "radar nummer to ser hele tiden noen som ingen annen sensor ser",
    ),
    "fault_second_stuck_off": ("the second radar sees nobody any more", "radar nummer to ser ingen lenger"),
    "fault_second_flutter": (
        "the second radar goes on and off all the time",
        "radar nummer to skrur seg av og på hele tiden",
    ),
    "fault_button_stuck_on": ("the button is stuck", "knappen henger"),
    "fault_button_flutter": (
        "the button goes on and off all the time",
        "knappen skrur seg av og på hele tiden",
    ),
    "fault_one_sensor": (
        "only one sensor is left that can be believed",
        "bare én sensor er igjen å stole på",
    ),
    "fault_no_sensor": (
        "no sensor can be believed: the sign does not see people",
        "ingen sensor er å stole på: skiltet ser ikke folk",
    ),
    "fault_stuck_on": ("lamps on too long", "lampene har vært på for lenge"),
    "fault_lamps": ("the lamps do not work", "lampene virker ikke"),
    "fault_outbox_full": ("memory for events is full", "minnet for hendelser er fullt"),
    "fault_identity": ("identity missing or damaged", "identiteten mangler eller er skadet"),
    "fault_clock": ("clock not set", "klokka er ikke stilt"),
    "fault_store": ("memory cannot be written", "minnet kan ikke skrives"),
    "fault_tick_late": ("detection runs late", "deteksjonen er forsinket"),
    "fault_supply_low": ("supply voltage too low", "for lav forsyningsspenning"),
    "fault_supply_high": ("supply voltage too high", "for høy forsyningsspenning"),
    "fault_supply_unread": ("supply voltage cannot be measured", "forsyningsspenningen kan ikke måles"),
    "fault_light_stuck": ("the light sensor is stuck", "lyssensoren henger"),
    "fault_lamp_left_dead": ("no current in the left lamp", "ingen strøm i venstre lampe"),
    "fault_lamp_right_dead": ("no current in the right lamp", "ingen strøm i høyre lampe"),
    "fault_lamp_left_shorted": ("too much current in the left lamp", "for mye strøm i venstre lampe"),
    "fault_lamp_right_shorted": ("too much current in the right lamp", "for mye strøm i høyre lampe"),
    "fault_thermometer": ("the thermometer does not answer", "termometeret svarer ikke"),
    "fault_radar_setup": ("a radar did not take its settings", "en radar tok ikke imot innstillingene"),
    "fault_battery_saving": ("battery low: saves light", "lavt batteri: sparer lys"),
    "fault_battery_low": (
        "battery low: radio most of the time off",
        "lavt batteri: radioen er stort sett av",
    ),
    "fault_battery_last": ("battery empty: dark", "tomt batteri: mørkt"),
    "fault_pole_lost": (
        "another pole of the crossing is not heard any more",
        "en annen stolpe ved gangfeltet høres ikke lenger",
    ),
    "fault_value": ("{field} is {value}, allowed: {why}", "{field} er {value}, tillatt: {why}"),
}


class Texts:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def say(self, key: str, **values: object) -> str:
        """The text of `key` with its {values} filled in; KeyError for a key that is not in the table."""
        return TABLE[key][self._column].format(**values)

    def say_or(self, key: str, otherwise: str) -> str:
        """The text of `key`; `otherwise` for what a newer sign says and this controller does not know."""
        return TABLE[key][self._column] if key in TABLE else otherwise

    def some(self, *keys: str) -> dict[str, str]:
        """The raw texts, for a script that fills them in itself."""
        return {key: TABLE[key][self._column] for key in keys}

    def number(self, value: float, decimals: int = 1) -> str:
        """With the language's decimal mark."""
        text = f"{value:.{decimals}f}"
        return text.replace(".", ",") if self.language == "nb" else text


def choose_language(cookie: str | None, accept_language: str) -> Language:
    """The chosen language, else the first of the browser's languages that we have, else English."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    for part in accept_language.lower().split(","):
        code = part.split(";")[0].strip().split("-")[0]
        if code in NORWEGIAN_CODES:
            return "nb"
        if code == "en":
            return "en"
    return "en"
