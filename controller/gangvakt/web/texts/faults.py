"""Faults of a sign, by their code. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
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
