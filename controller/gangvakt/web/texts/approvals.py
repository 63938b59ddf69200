"""What takes two people, and commands to many signs. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "approvals": ("Second person", "Andre person"),
    "approvals_hint": (
        "What darkens or lights many crossings, signs updates or renews keys waits here for another person.",
        "Det som slokker eller tenner mange gangfelt, signerer oppdateringer eller fornyer nøkler, "
        "venter her på "
        "en annen person.",
    ),
    "approvals_none": ("Nothing waits for a second person.", "Ingenting venter på en andre person."),
    "approvals_none_hint": ("It appears here by itself.", "Det kommer hit av seg selv."),
    "approvals_decided": ("Decided", "Avgjort"),
    "approvals_none_decided": ("Nothing was decided yet.", "Ingenting er avgjort ennå."),
    "approvals_rule": ("When a second person is asked", "Når en andre person blir spurt"),
    "approvals_rule_hint": (
        "A change of this rule takes two people itself.",
        "En endring av denne regelen krever selv to personer.",
    ),
    "pair": ("What", "Hva"),
    "pair_bulk_mute": ("Darken many signs", "Slokk mange skilt"),
    "pair_bulk_force": ("Light many signs", "Tenn mange skilt"),
    "pair_update_sign": ("Sign an update", "Signer en oppdatering"),
    "pair_update_keys": ("Renew the keys of updates", "Forny oppdateringsnøklene"),
    "pair_ca_renew": ("Renew the certificate authority", "Forny sertifikatutstederen"),
    "pair_ca_passphrase": ("Change the authority's passphrase", "Endre utstederens passfrase"),
    "pair_rule_two_persons": ("Change when two people are needed", "Endre når to personer trengs"),
    "pair_state_asked": ("waits", "venter"),
    "pair_state_approved": ("approved", "godkjent"),
    "pair_state_done": ("done", "utført"),
    "pair_state_failed": ("failed", "mislyktes"),
    "pair_state_refused": ("refused", "avslått"),
    "pair_state_expired": ("expired", "utløpt"),
    "pair_asked": (
        "Asked for by {who}, {at}. It ends by itself {until}.",
        "Bedt om av {who}, {at}. Det utløper {until}.",
    ),
    "pair_asked_by": ("Asked by", "Bedt om av"),
    "pair_decided_by": ("Decided by", "Avgjort av"),
    "pair_result": ("Result", "Resultat"),
    "pair_to": (
        "It reaches {signs} signs at {crossings} crossings in {place}.",
        "Det når {signs} skilt ved {crossings} gangfelt i {place}.",
    ),
    "pair_signs": ("The {n} signs", "De {n} skiltene"),
    "pair_by_hand": (
        "Whoever asked carries it out himself, once, for {subject}.",
        "Den som ba om det, utfører det selv, én gang, for {subject}.",
    ),
    "pair_own": (
        "You have asked for this: another person decides.",
        "Du har bedt om dette: en annen person avgjør.",
    ),
    "pair_approve": ("Approve", "Godkjenn"),
    "pair_refuse": ("Refuse", "Avslå"),
    "pair_take_back": ("Take it back", "Trekk tilbake"),
    "pair_at_once": ("It is carried out at once.", "Det utføres straks."),
    "pair_ends": (
        "Nothing is done. It must be asked for anew.",
        "Ingenting blir gjort. Det må bes om på nytt.",
    ),
    "pair_rule_auto": ("wherever two people could do it", "der to personer kan gjøre det"),
    "pair_rule_always": ("always", "alltid"),
    "pair_rule_never": ("never", "aldri"),
    "pair_rule_does": ("A second person is asked: {rule}.", "En andre person blir spurt: {rule}."),
    "pair_rule_set": ("The rule holds from now on.", "Regelen gjelder fra nå av."),
    "pair_rule_waits": ("It waits for a second administrator.", "Det venter på en annen administrator."),
    # Commands to many
    "commands": ("Commands", "Kommandoer"),
    "command_many": ("Command to many signs", "Kommando til mange skilt"),
    "command": ("Command", "Kommando"),
    "command_whom": ("To which signs", "Til hvilke skilt"),
    "command_what": ("What they shall do", "Hva de skal gjøre"),
    "command_for": ("For (0 ends it)", "I (0 avslutter)"),
    "command_no_places_hint": (
        "It takes a technician in a municipality with signs.",
        "Det krever en tekniker i en kommune med skilt.",
    ),
    "command_reaches": (
        "Signs: {signs}, at crossings: {crossings}. Online now: {online}.",
        "Skilt: {signs}, ved gangfelt: {crossings}. Tilkoblet nå: {online}.",
    ),
    "command_count": ("Look what it would do", "Se hva det ville gjøre"),
    "command_to": (
        "It reaches {signs} signs at {crossings} crossings, of which {online} are online.",
        "Det når {signs} skilt ved {crossings} gangfelt, der {online} er tilkoblet.",
    ),
    "command_second": (
        "It waits for a second person before anything is sent.",
        "Det venter på en andre person før noe sendes.",
    ),
    "command_go": ("Tell {n} signs", "Si det til {n} skilt"),
    "command_answers": ("Answers to “{verb}”", "Svar på «{verb}»"),
    "command_waits": (
        "Nothing is sent yet: it waits for a second person under number {number}.",
        "Ingenting er sendt ennå: det venter på en andre person under nummer {number}.",
    ),
    "command_goes_on": ("{done} of {total} signs have answered.", "{done} av {total} skilt har svart."),
    "command_done": (
        "Done: {done} of {total} signs have answered, or had their time.",
        "Ferdig: {done} av {total} skilt har svart, eller brukt opp tida.",
    ),
    "command_word_ok": ("have done it", "har gjort det"),
    "command_word_refused": ("refused", "nektet"),
    "command_word_silent": ("said nothing", "svarte ikke"),
    "command_word_away": ("are not connected", "er ikke tilkoblet"),
    "command_word_failed": ("were not told", "fikk ikke beskjed"),
    "command_mute": ("Darken (mute)", "Slokk (mute)"),
    "command_mute_does": (
        "The lamps stay dark for {n} min, whoever wants to cross. 0 ends it.",
        "Lampene er mørke i {n} min, uansett hvem som vil over. 0 avslutter.",
    ),
    "command_force_on": ("Light (force-on)", "Tenn (force-on)"),
    "command_force_on_does": (
        "The lamps flash for {n} s, whoever is there. 0 ends it.",
        "Lampene blinker i {n} s, uansett hvem som er der. 0 avslutter.",
    ),
    "command_flash": ("Test the lamps (flash)", "Prøv lampene (flash)"),
    "command_flash_does": (
        "The lamps flash for {n} s where nobody is in view; others refuse.",
        "Lampene blinker i {n} s der ingen er i sikte; andre nekter.",
    ),
    "command_shadow_on": ("Shadow mode on", "Skyggemodus på"),
    "command_shadow_on_does": (
        "The signs decide and log, but stay dark from now on. Nobody is warned there.",
        "Skiltene avgjør og logger, men er mørke fra nå av. Ingen varsles der.",
    ),
    "command_shadow_off": ("Shadow mode off", "Skyggemodus av"),
    "command_shadow_off_does": (
        "The signs warn again from now on, with lamps.",
        "Skiltene varsler igjen fra nå av, med lamper.",
    ),
    "command_identify": ("Show which one it is (identify)", "Vis hvilket det er (identify)"),
    "command_identify_does": (
        "The little light on the board blinks for {n} s.",
        "Det lille lyset på kortet blinker i {n} s.",
    ),
    "command_selftest": ("Self-test", "Selvtest"),
    "command_selftest_does": (
        "Each sign tests itself and answers; lamps stay as they are.",
        "Hvert skilt prøver seg selv og svarer; lampene er som de er.",
    ),
    "command_restart": ("Restart", "Start på nytt"),
    "command_restart_does": (
        "Each sign restarts at once and is dark meanwhile.",
        "Hvert skilt starter på nytt straks og er mørkt imens.",
    ),
}
