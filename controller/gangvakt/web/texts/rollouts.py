"""Rollouts. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "rollout": ("Rollout", "Utrulling"),
    "rollout_new": ("New rollout", "Ny utrulling"),
    "rollout_none_here": (
        "No updates are offered here: no broker runs.",
        "Her tilbys ingen oppdateringer: det kjører ingen megler.",
    ),
    "rollout_empty": ("Nothing was rolled out yet.", "Ingenting er rullet ut ennå."),
    "rollout_empty_hint": (
        "Upload an update below, then plan a rollout: first a few signs, then all.",
        "Last opp en oppdatering nedenfor og planlegg en utrulling: først noen få skilt, så alle.",
    ),
    "rollout_version": ("Version", "Versjon"),
    "rollout_by": ("By", "Av"),
    "rollout_several": ("several municipalities", "flere kommuner"),
    # Updates
    "rollout_updates": ("Updates", "Oppdateringer"),
    "rollout_updates_hint": (
        "Each was signed by the keys of this controller; anything else is refused.",
        "Hver er signert med nøklene til denne kontrolleren; alt annet avvises.",
    ),
    "rollout_no_updates": ("No update was uploaded yet.", "Ingen oppdatering er lastet opp ennå."),
    "rollout_no_updates_hint": (
        "“gangvakt firmware build” makes and signs a .gvu file.",
        "«gangvakt firmware build» lager og signerer en .gvu-fil.",
    ),
    "rollout_update": ("Update", "Oppdatering"),
    "rollout_board": ("Board", "Kort"),
    "rollout_kind": ("Kind", "Slag"),
    "rollout_size": ("Size", "Størrelse"),
    "rollout_app": ("program", "program"),
    "rollout_interpreter": ("interpreter", "tolk"),
    "rollout_goes_back": ("may replace a newer one", "kan erstatte en nyere"),
    "rollout_upload": ("Upload an update (.gvu)", "Last opp en oppdatering (.gvu)"),
    "rollout_taken": ("Taken: {version} for {board}", "Tatt imot: {version} for {board}"),
    "rollout_too_large": (
        "The file is no update: it is no .gvu, or larger than {most} KB.",
        "Fila er ingen oppdatering: den er ingen .gvu, eller større enn {most} KB.",
    ),
    # States of a rollout
    "rollout_draft": ("Draft", "Utkast"),
    "rollout_scheduled": ("Waits for its time", "Venter på sin tid"),
    "rollout_running": ("Running", "Pågår"),
    "rollout_soaking": ("Being watched", "Under oppsyn"),
    "rollout_paused": ("Paused", "Satt på pause"),
    "rollout_aborting": ("Ending", "Avsluttes"),
    "rollout_aborted": ("Aborted", "Avbrutt"),
    "rollout_rolling_back": ("Rolling back", "Rulles tilbake"),
    "rollout_back_paused": ("Way back paused", "Tilbakerulling på pause"),
    "rollout_rolled_back": ("Rolled back", "Rullet tilbake"),
    "rollout_done": ("Done", "Ferdig"),
    # States of a sign in it
    "rollout_sign_waiting": ("waiting", "venter"),
    "rollout_sign_offered": ("offered", "tilbudt"),
    "rollout_sign_fetching": ("fetching", "henter"),
    "rollout_sign_trial": ("on trial", "på prøve"),
    "rollout_sign_confirmed": ("confirmed", "bekreftet"),
    "rollout_sign_failed": ("failed", "mislyktes"),
    "rollout_sign_skipped": ("skipped", "hoppet over"),
    "rollout_sign_left": ("left as it is", "latt være"),
    "rollout_sign_recalled": ("shall go back", "skal tilbake"),
    "rollout_sign_returning": ("going back", "på vei tilbake"),
    "rollout_sign_rolled_back": ("back", "tilbake"),
    "rollout_sign_stranded": ("did not go back", "kom ikke tilbake"),
    # The page of one
    "rollout_summary": (
        "Version {version} for {signs} signs at {crossings} crossings",
        "Versjon {version} til {signs} skilt ved {crossings} gangfelt",
    ),
    "rollout_progress": ("Progress", "Framdrift"),
    "rollout_group_size": (
        "signs: {signs}, crossings: {crossings}, steps: {steps}",
        "skilt: {signs}, gangfelt: {crossings}, trinn: {steps}",
    ),
    "rollout_history": ("History", "Historikk"),
    "rollout_moved": ("From → to", "Fra → til"),
    "rollout_opens": ("It goes on at {at}.", "Den går videre {at}."),
    "rollout_any_time": ("at any time", "når som helst"),
    "rollout_paused_itself": (
        "It paused by itself: in the group “{group}”, {failed} of {total} signs failed; the limit "
        "is {limit} %. "
        "Log: {reason}",
        "Den satte seg selv på pause: i gruppa «{group}» mislyktes {failed} av {total} skilt; grensa er "
        "{limit} %. Logg: {reason}",
    ),
    "rollout_paused_by_hand": ("Paused: {reason}", "På pause: {reason}"),
    # Steps
    "rollout_start": ("Start", "Start"),
    "rollout_pause": ("Pause", "Pause"),
    "rollout_resume": ("Resume", "Fortsett"),
    "rollout_abort": ("Abort", "Avbryt utrullingen"),
    "rollout_roll_back": ("Roll back", "Rull tilbake"),
    "rollout_begin_at": ("Not before ({zone}); empty: at once", "Ikke før ({zone}); tomt: straks"),
    "rollout_retry": (
        "Offer it again to the {behind} signs that failed or were skipped",
        "Tilby den på nytt til de {behind} skiltene som mislyktes eller ble hoppet over",
    ),
    "rollout_back_to": (
        "Go back to (for boards without a way back)",
        "Tilbake til (for kort uten vei tilbake)",
    ),
    "rollout_start_all": (
        "{signs} signs at {crossings} crossings are offered version {version}, group after group.",
        "{signs} skilt ved {crossings} gangfelt får tilbud om versjon {version}, gruppe for gruppe.",
    ),
    "rollout_start_first": (
        "First comes the group “{group}” (signs: {signs}, crossings: {crossings}).",
        "Først kommer gruppa «{group}» (skilt: {signs}, gangfelt: {crossings}).",
    ),
    "rollout_start_dark": (
        "Each sign restarts and is dark meanwhile; the two of one crossing never at the same time.",
        "Hvert skilt starter på nytt og er mørkt imens; aldri to ved samme gangfelt samtidig.",
    ),
    "rollout_start_stop": (
        "It pauses by itself when {limit} % of a group have failed.",
        "Den setter seg selv på pause når {limit} % av en gruppe har mislyktes.",
    ),
    "rollout_pause_waits": (
        "{waiting} signs that wait are not begun with.",
        "{waiting} skilt som venter, blir ikke begynt på.",
    ),
    "rollout_pause_busy": (
        "{busy} signs are on their way: a crossing that is half done is ended first.",
        "{busy} skilt er på vei: et gangfelt som er halvferdig, gjøres ferdig først.",
    ),
    "rollout_resume_goes": (
        "{waiting} signs still wait and come next.",
        "{waiting} skilt venter og kommer nå.",
    ),
    "rollout_resume_behind": (
        "{behind} signs failed or were skipped. Unless you choose to offer it again, they are left "
        "as they are "
        "and not counted any more.",
        "{behind} skilt mislyktes eller ble hoppet over. Velger du ikke å tilby den på nytt, blir "
        "de latt være "
        "og teller ikke mer.",
    ),
    "rollout_abort_ends": (
        "{waiting} signs that wait will not get it. This ends the rollout for good.",
        "{waiting} skilt som venter, får den ikke. Dette avslutter utrullingen for godt.",
    ),
    "rollout_abort_keep": (
        "{kept} signs have the new version and keep it.",
        "{kept} skilt har den nye versjonen og beholder den.",
    ),
    "rollout_back_signs": (
        "{concerned} signs have version {version}, or may have it: each returns to the version before.",
        "{concerned} skilt har versjon {version}, eller kan ha den: hvert går tilbake til versjonen før.",
    ),
    "rollout_back_ends": (
        "Signs that wait are not offered anything any more.",
        "Skilt som venter, får ikke tilbud om noe mer.",
    ),
    # A new one
    "rollout_what": ("What", "Hva"),
    "rollout_whom": ("For whom, in which order", "Til hvem, i hvilken rekkefølge"),
    "rollout_how": ("How carefully", "Hvor forsiktig"),
    "rollout_title": ("Title", "Tittel"),
    "rollout_artifacts": ("Updates, one for each board", "Oppdateringer, én for hvert kort"),
    "rollout_back": ("Way back, in need", "Vei tilbake, om det trengs"),
    "rollout_back_hint": (
        "A way back is an older version that was signed with --replaces. Without one, a rollout "
        "cannot be rolled "
        "back until somebody uploads it.",
        "En vei tilbake er en eldre versjon som ble signert med --replaces. Uten den kan en utrulling ikke "
        "rulles tilbake før noen laster den opp.",
    ),
    "rollout_places": ("Municipalities and crossings", "Kommuner og gangfelt"),
    "rollout_place": ("{place} ({n} signs)", "{place} ({n} skilt)"),
    "rollout_group": ("Group", "Gruppe"),
    "rollout_groups_hint": (
        "Groups come one after the other. NAME=PERCENT of all signs so far, or NAME=PLACE: canary=5, "
        "canary=drammen/storgata. The last one takes 100.",
        "Gruppene kommer etter tur. NAVN=PROSENT av alle skilt så langt, eller NAVN=STED: canary=5, "
        "canary=drammen/storgata. Den siste tar 100.",
    ),
    "rollout_add_group": ("Another group", "En gruppe til"),
    "rollout_skip_unfit": (
        "Leave out crossings that cannot take it; otherwise the first of them refuses all",
        "Utelat gangfelt som ikke kan ta den; ellers avviser det første av dem alt",
    ),
    "rollout_at_once": ("Signs at once", "Skilt samtidig"),
    "rollout_error_pct": ("Pause at failures of a group", "Pause ved feil i en gruppe"),
    "rollout_success_pct": ("Go on at confirmed signs", "Gå videre ved bekreftede skilt"),
    "rollout_soak_min": ("Watch each group for", "Se an hver gruppe i"),
    "rollout_silence_min": ("Silent signs have failed after", "Tause skilt har mislyktes etter"),
    "rollout_windows": ("Maintenance windows", "Vedlikeholdsvinduer"),
    "rollout_window": ("Window", "Vindu"),
    "rollout_windows_hint": (
        "Only within these hours, such as “mon-thu 01:00-05:00”; none: at any time.",
        "Bare innenfor disse timene, som «mon-thu 01:00-05:00»; ingen: når som helst.",
    ),
    "rollout_add_window": ("Another window", "Et vindu til"),
    "rollout_zone": ("Time zone", "Tidssone"),
    "rollout_preview": ("Preview", "Forhåndsvisning"),
    "rollout_keep": ("Keep as a draft", "Lagre som utkast"),
    "rollout_would": (
        "{signs} signs at {crossings} crossings would get it, in this order:",
        "{signs} skilt ved {crossings} gangfelt ville fått den, i denne rekkefølgen:",
    ),
    "rollout_step": ("Step", "Trinn"),
    "rollout_crossings": ("Crossings", "Gangfelt"),
    "rollout_n_crossings": ("crossings: {n}", "gangfelt: {n}"),
}
