"""Refusals by the class of their error, whose data fills them in. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "err_Refusal": (
        "{source}: {field} is {value}; allowed: {allowed}",
        "{source}: {field} er {value}; tillatt: {allowed}",
    ),
    "err_ImportRefused": (
        "{source}: {field} is {value}; allowed: {allowed}. Nothing of the file was taken.",
        "{source}: {field} er {value}; tillatt: {allowed}. Ingenting i filen ble tatt inn.",
    ),
    "err_nothing": ("nothing", "ingenting"),
    "err_role": (
        "It takes the role {role} in {where}; yours is {held}. Whoever administers {where} can give it.",
        "Det krever rollen {role} i {where}; din er {held}. Den som administrerer {where}, kan gi den.",
    ),
    "err_role_everywhere": (
        "It takes the role {role} in all municipalities; yours is less. Whoever administers all of them can "
        "give it.",
        "Det krever rollen {role} i alle kommuner; din er lavere. Den som administrerer alle, kan gi den.",
    ),
    "err_place": (
        "There is no {where} that you may see. Whoever administers it can give you a role there.",
        "Det finnes ingen {where} som du kan se. Den som administrerer den, kan gi deg en rolle der.",
    ),
    "err_AlarmMissing": ("There is no alarm {alarm}.", "Det finnes ingen alarm {alarm}."),
    "err_AlarmStepRefused": (
        "Alarm {alarm} is {state}: {step} is not possible now. Possible: {allowed}.",
        "Alarm {alarm} er {state}: {step} går ikke nå. Mulig: {allowed}.",
    ),
    "err_AlarmTaken": (
        "{who} was quicker at alarm {alarm} ({step}, {at_ms}). Look at it again, then do your step.",
        "{who} var raskere med alarm {alarm} ({step}, {at_ms}). Se på den igjen, og gjør så ditt.",
    ),
    "err_AlarmsMoved": (
        "{count} alarms fit now, not the {expected} that you have confirmed. Look at them again.",
        "{count} alarmer passer nå, ikke de {expected} som du bekreftet. Se på dem igjen.",
    ),
    "err_TooManyReports": (
        "{many} reports of {site} are open already, and are being looked at.",
        "{many} meldinger om {site} er alt åpne, og blir sett på.",
    ),
    "err_RolloutMissing": ("There is no rollout {rollout}.", "Det finnes ingen utrulling {rollout}."),
    "err_RolloutStepRefused": (
        "Rollout {rollout} is {state}: {step} is not possible now. Possible: {allowed}.",
        "Utrulling {rollout} er {state}: {step} går ikke nå. Mulig: {allowed}.",
    ),
    "err_RolloutMoved": (
        "Rollout {rollout} concerns {count} signs now, not the {expected} that you have confirmed. Look "
        "again.",
        "Utrulling {rollout} gjelder {count} skilt nå, ikke de {expected} som du bekreftet. Se på den igjen.",
    ),
    "err_PlanStepRefused": (
        "Plan {plan} is {state}: {step} is not possible now. Possible: {allowed}.",
        "Plan {plan} er {state}: {step} går ikke nå. Mulig: {allowed}.",
    ),
    "err_StillUsed": (
        "Template {template} is used by {groups}: take it out of them first.",
        "Malen {template} brukes av {groups}: ta den ut av dem først.",
    ),
    "err_DryRunImpossible": ("No dry run here: {why}", "Ingen prøvekjøring her: {why}"),
    "err_ReplayImpossible": (
        "The recording {name} cannot be replayed: {why}",
        "Opptaket {name} kan ikke spilles av: {why}",
    ),
    "err_TokenSpent": (
        "The confirmation is too old or used. Look again what it would do.",
        "Bekreftelsen er for gammel eller brukt. Se på nytt hva det vil gjøre.",
    ),
    "err_SignAway": (
        "{sign} is not connected: try again when it is online.",
        "{sign} er ikke tilkoblet: prøv igjen når det er på nett.",
    ),
    "err_SignMute": (
        "{sign} did not answer {verb} within {waited_s} s: look at its status before you send it again.",
        "{sign} svarte ikke på {verb} innen {waited_s} s: se på tilstanden før du sender igjen.",
    ),
    "err_RecordingBroken": (
        "{sign} did not send recording {number} whole ({why}): fetch it again.",
        "{sign} sendte ikke opptak {number} helt ({why}): hent det igjen.",
    ),
    "err_StreetAway": (
        "{site}: the broker is not reached. Try again when the street moves.",
        "{site}: megleren nås ikke. Prøv igjen når gata beveger seg.",
    ),
    "err_LoginRefused": ("User or password is wrong.", "Feil bruker eller passord."),
    "err_LoginLocked": (
        "Too many failed log-ins: wait {retry_after_s} s.",
        "For mange mislykkede innlogginger: vent {retry_after_s} s.",
    ),
    "err_RightMissing": (
        "You may not give or do {what}; allowed: {allowed}",
        "Du kan ikke gi eller gjøre {what}; tillatt: {allowed}",
    ),
    "err_FactorSet": (
        "{user} has a second factor already: remove it first.",
        "{user} har alt en annen faktor: fjern den først.",
    ),
    "err_FactorMissing": (
        "{user} has no second factor: set one up first.",
        "{user} har ingen annen faktor: sett opp en først.",
    ),
    "err_TokenMissing": (
        "{user} has no token {number}, or it is revoked already.",
        "{user} har ikke noe token {number}, eller det er alt trukket tilbake.",
    ),
    "err_TooManyTokens": (
        "{user} has {most} tokens already: revoke one first.",
        "{user} har alt {most} tokener: trekk tilbake et først.",
    ),
    "err_ProviderMissing": (
        "There is no log-in provider {name}.",
        "Det finnes ingen innloggingstjeneste {name}.",
    ),
    "err_ProviderFailed": ("Log-in at {name} failed: {why}", "Innlogging hos {name} mislyktes: {why}"),
    "err_UnknownUser": ("There is no user {user}.", "Det finnes ingen bruker {user}."),
    "err_UserExists": (
        "There is a user {user} already: change the roles instead.",
        "Det finnes alt en bruker {user}: endre rollene i stedet.",
    ),
    "err_LastUser": (
        "{user} is the last who administers all municipalities: add another one first.",
        "{user} er den siste som administrerer alle kommuner: legg til en annen først.",
    ),
    "err_AuditBroken": (
        "The audit's row {number} does not fit: {why}. Keep the database as it is, and compare it with a "
        "backup.",
        "Linje {number} i revisjonsloggen passer ikke: {why}. La databasen være som den er, og sammenlign "
        "med en "
        "sikkerhetskopi.",
    ),
    "err_AuditSealBroken": (
        "{file}, line {line}: {why}. Compare it with a copy, or with the log.",
        "{file}, linje {line}: {why}. Sammenlign med en kopi, eller med loggen.",
    ),
    "err_UpdateUnseen": (
        "No second person has approved update {version} for {board}: ask for one first.",
        "Ingen annen person har godkjent oppdatering {version} for {board}: be om det først.",
    ),
    "err_PairRefused": (
        "Approval {number}: {what} refused: {why}",
        "Godkjenning {number}: {what} avslått: {why}",
    ),
    "err_Missing": ("There is no {kind} {name}.", "Fant ikke {kind} {name}."),
    "err_SiteExists": ("The crossing {site} is there already.", "Gangfeltet {site} finnes alt."),
    "err_RelayExists": ("The relay {name} is there already.", "Videresendingen {name} finnes alt."),
    "err_SignExists": (
        "The board {mac} is registered as {sign} since {since}.",
        "Kortet {mac} er registrert som {sign} siden {since}.",
    ),
    "err_NotPending": (
        "{sign} cannot be registered, {why}: flash the board again.",
        "{sign} kan ikke registreres, {why}: flash kortet på nytt.",
    ),
    "err_Outdated": (
        "{who} has changed it at {at_ms}, while you were looking. Nothing of yours was saved, and it stands "
        "in the "
        "form.",
        "{who} endret det {at_ms}, mens du så på. Ditt er ikke lagret, og står fortsatt i skjemaet.",
    ),
    "err_LifeRefused": (
        "{sign} is {state}: {step} cannot follow. Possible: {allowed}.",
        "{sign} er {state}: {step} kan ikke følge. Mulig: {allowed}.",
    ),
    "err_BundleSpent": (
        "The bundle {bundle} signs no more: {why}.",
        "Bunten {bundle} signerer ikke mer: {why}.",
    ),
    "err_StoreError": (
        "The database refuses. Nothing was changed; the controller's log says more.",
        "Databasen sier nei. Ingenting ble endret; kontrollerens logg sier mer.",
    ),
    "err_SignRefused": (
        "The sign refuses: {field} is {value}; allowed: {allowed}",
        "Skiltet sier nei: {field} er {value}; tillatt: {allowed}",
    ),
}
