"""The buttons of a simulated street. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "street_do_title": ("Try it out", "Prøv selv"),
    "street_do_hint": (
        "Send somebody onto the street, or let something fail, and see the sign cope. Nothing here reaches a "
        "real street.",
        "Send noen ut i gata, eller la noe svikte, og se skiltet klare seg. Ingenting her når en virkelig "
        "gate.",
    ),
    "street_do_people": ("People", "Folk"),
    "street_do_walk": ("Let somebody walk", "La noen gå"),
    "street_do_run": ("Let somebody run", "La noen løpe"),
    "street_do_stop": ("Stop", "Stopp"),
    "street_do_go": ("Go on", "Gå videre"),
    "street_do_sign": ("Sign {sign}", "Skilt {sign}"),
    "street_do_mend": ("Mend all", "Reparer alt"),
    "street_do_done": ("Done.", "Utført."),
    "street_do_away": (
        "The broker is not reached. Try again when the street moves.",
        "Megleren nås ikke. Prøv igjen når gata beveger seg.",
    ),
    "street_do_mute": (
        "The simulation did not answer. Does it still run?",
        "Simuleringen svarte ikke. Kjører den fortsatt?",
    ),
    "street_do_refused_people": (
        "Send somebody first; at most eight can be sent at a time.",
        "Send noen først; høyst åtte kan sendes om gangen.",
    ),
    "street_is_ap-gone": ("network cut", "nettet er kuttet"),
    "street_is_feeder-off": ("power cut", "strømmen er kuttet"),
    "street_is_brown-out": ("supply dipped", "spenningen falt"),
    "street_is_radar-silent": ("radar silent", "radaren er taus"),
    "street_is_radar-garbled": ("radar garbled", "radaren er forvrengt"),
    "street_is_radar-stuck": ("radar frozen", "radaren er fryst"),
    "street_is_pir-stuck": ("PIR jammed", "PIR-sensoren er låst"),
    "street_is_button-stuck": ("button held", "knappen holdes"),
    "street_is_stuck-task": ("program hangs", "programmet henger"),
    "street_do_fault_ap-gone": ("Cut the network", "Kutt nettet"),
    "street_do_fault_feeder-off": ("Cut the power", "Kutt strømmen"),
    "street_do_fault_brown-out": ("Let the supply dip", "La spenningen falle"),
    "street_do_fault_radar-silent": ("Silence the radar", "Gjør radaren taus"),
    "street_do_fault_radar-garbled": ("Garble the radar", "Forvreng radaren"),
    "street_do_fault_radar-stuck": ("Freeze the radar", "Frys radaren"),
    "street_do_fault_pir-stuck": ("Jam the PIR", "Lås PIR-sensoren"),
    "street_do_fault_button-stuck": ("Hold the button", "Hold knappen"),
    "street_do_fault_stuck-task": ("Hang the program", "Heng programmet"),
}
