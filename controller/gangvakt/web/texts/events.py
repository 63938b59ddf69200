"""Events, one sentence each. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
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
    "vehicles_passed": (
        "Vehicles counted: {vehicles}, at {lowest} to {highest} km/h",
        "Kjøretøy talt: {vehicles}, i {lowest} til {highest} km/t",
    ),
    "resumed": (
        "Events in flash looked through: {dropped} ever dropped, {damaged} damaged",
        "Hendelser i flash gjennomgått: {dropped} noensinne tapt, {damaged} skadet",
    ),
}
