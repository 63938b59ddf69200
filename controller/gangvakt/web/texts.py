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
        "Start a simulated crossing with “make run”, or give a board its identity with “gangvakt enroll”.",
        "Start et simulert gangfelt med «make run», eller gi et kort sin identitet med «gangvakt enroll».",
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
