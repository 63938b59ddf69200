"""Configurations: signs, templates, groups, plans, dry runs. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "config_yes": ("yes", "ja"),
    "config_no": ("no", "nei"),
    # Of a municipality
    "config_search": ("Search for a sign", "Søk etter skilt"),
    "config_no_signs": ("No sign fits.", "Ingen skilt passer."),
    "config_no_signs_hint": (
        "Signs of this municipality appear here as soon as they have reported.",
        "Skilt i denne kommunen vises her så snart de har meldt seg.",
    ),
    "config_plans": ("Plans", "Planer"),
    "config_plan": ("Plan", "Plan"),
    "config_plans_hint": (
        "A plan brings values, or what templates say by now, to many signs: a few first, the rest once those "
        "have kept it.",
        "En plan gir mange skilt nye verdier, eller det malene sier nå: først noen få, resten når "
        "de har beholdt "
        "dem.",
    ),
    "config_new_plan": ("New plan", "Ny plan"),
    "config_no_plans": ("There is no plan.", "Det finnes ingen plan."),
    "config_no_plans_hint": (
        "A change of one sign needs none: open the sign above.",
        "Endring av ett skilt trenger ingen: åpne skiltet ovenfor.",
    ),
    "config_stage": ("Stage", "Trinn"),
    "config_template": ("Template", "Mal"),
    "config_templates": ("Templates", "Maler"),
    "config_templates_hint": (
        "Values that many crossings share. Signs get them through groups, below their own values.",
        "Verdier som mange gangfelt deler. Skilt får dem gjennom grupper, under sine egne verdier.",
    ),
    "config_new_template": ("New template", "Ny mal"),
    "config_no_templates": ("There is no template.", "Det finnes ingen mal."),
    "config_no_templates_hint": (
        "Make one for what narrow streets, or school roads, have in common.",
        "Lag en for det trange gater, eller skoleveier, har felles.",
    ),
    "config_groups": ("Groups", "Grupper"),
    "config_groups_hint": (
        "A group says which signs get which templates. Groups with a higher position stand above.",
        "En gruppe sier hvilke skilt som får hvilke maler. Grupper med høyere plass står øverst.",
    ),
    "config_new_group": ("New group", "Ny gruppe"),
    "config_no_groups": ("There is no group.", "Det finnes ingen gruppe."),
    "config_no_groups_hint": (
        "Without a group no sign gets a template.",
        "Uten en gruppe får ingen skilt en mal.",
    ),
    "config_values": ("Values", "Verdier"),
    "config_members": ("Which signs", "Hvilke skilt"),
    "config_every_sign": ("every sign", "alle skilt"),
    "config_drop_template": (
        "The template is removed; it is refused while a group names it. No sign is told anything.",
        "Malen fjernes; det avvises så lenge en gruppe bruker den. Ingen skilt får beskjed.",
    ),
    "config_drop_group": (
        "{signs} signs lose its templates with their next change. No sign is told anything now.",
        "{signs} skilt mister malene med sin neste endring. Ingen skilt får beskjed nå.",
    ),
    # Editor
    "config_add_field": ("Set another field", "Sett et felt til"),
    "config_default": ("Default {value}; allowed: {allowed}", "Forvalg {value}; tillatt: {allowed}"),
    "config_give_up": ("Give up {field}", "Gi opp {field}"),
    "config_editor_hint": (
        "Only the fields below are set here; all others come from templates, or are the firmware's defaults.",
        "Bare feltene nedenfor er satt her; alle andre kommer fra maler, eller er fastvarens forvalg.",
    ),
    "config_template_effect": (
        "Saving tells no sign anything. Signs get it by a plan, or with their next change.",
        "Lagring gir ingen skilt beskjed. Skilt får det ved en plan, eller med sin neste endring.",
    ),
    "config_group_hint": (
        "Without a site every site is meant, without a board every board.",
        "Uten et sted menes alle steder, uten et kort alle kort.",
    ),
    "config_sites": ("Crossings", "Gangfelt"),
    "config_boards": ("Boards", "Kort"),
    "config_position": ("Position", "Plass"),
    "config_group_holds": ("Signs in it now: {n}", "Skilt i den nå: {n}"),
    # One sign
    "config_to_crossing": ("To the crossing", "Til gangfeltet"),
    "config_state_none": ("nothing was wanted yet", "ingenting er ønsket ennå"),
    "config_state_in_force": ("in force", "i kraft"),
    "config_state_sent": ("sent, no answer yet", "sendt, ikke svar ennå"),
    "config_state_waits": ("waits until nobody is in view", "venter til ingen er i sikte"),
    "config_state_trial": ("on trial", "på prøve"),
    "config_state_refused": ("refused by the sign", "avvist av skiltet"),
    "config_state_rolled_back": ("given up by the sign", "oppgitt av skiltet"),
    "config_versions": (
        "Wanted: version {wanted}. Reported: version {reported}.",
        "Ønsket: versjon {wanted}. Meldt: versjon {reported}.",
    ),
    "config_compare": ("Wanted and reported", "Ønsket og meldt"),
    "config_all_default": (
        "Every field has the firmware's default.",
        "Alle felt har fastvarens forvalg.",
    ),
    "config_field": ("Field", "Felt"),
    "config_wanted": ("Wanted", "Ønsket"),
    "config_from": ("Comes from", "Kommer fra"),
    "config_reported": ("Reported", "Meldt"),
    "config_differs": ("differs", "avviker"),
    "config_from_default": ("the default", "forvalget"),
    "config_from_template": ("template", "mal"),
    "config_from_own": ("the sign itself", "skiltet selv"),
    "config_from_lock": ("the road authority's decision", "veimyndighetens vedtak"),
    "config_own": ("The sign's own values", "Skiltets egne verdier"),
    "config_apply": ("Apply", "Ta i bruk"),
    "config_apply_one": ("One sign is told, at once:", "Ett skilt får beskjed, straks:"),
    "config_apply_proof": (
        "It changes over when nobody is in view, and returns to what it had if it then loses the controller.",
        "Det skifter når ingen er i sikte, og går tilbake til det det hadde om det så mister kontrolleren.",
    ),
    "config_nothing_changed": ("a change of at least one field", "en endring av minst ett felt"),
    "config_no_history": (
        "Nothing was ever wanted of this sign.",
        "Ingenting er noen gang ønsket av dette skiltet.",
    ),
    "config_no_history_hint": (
        "It runs with what it was flashed with.",
        "Det går med det det ble laget med.",
    ),
    "config_changed": ("Changed", "Endret"),
    "config_cause_change": ("a change", "en endring"),
    "config_cause_plan": ("plan", "plan"),
    "config_cause_rollback": ("a way back", "en vei tilbake"),
    "config_restore": ("Back to this", "Tilbake til denne"),
    "config_restore_does": (
        "The sign gets exactly the values of version {version} again, as a new version.",
        "Skiltet får nøyaktig verdiene fra versjon {version} igjen, som en ny versjon.",
    ),
    # Dry runs
    "config_dry_run": ("Dry run", "Prøvekjør"),
    "config_dry_goes_on": (
        "Recordings of the last week are decided again: {done} of {total}.",
        "Opptak fra siste uke avgjøres på nytt: {done} av {total}.",
    ),
    "config_dry_done": (
        "With these values, recordings of the last week would have given:",
        "Med disse verdiene ville opptak fra siste uke gitt:",
    ),
    "config_dry_none": (
        "There is no recording of the last week from these signs: nothing can be said.",
        "Det finnes ingen opptak fra siste uke fra disse skiltene: ingenting kan sies.",
    ),
    "config_dry_broken": ("The dry run failed: {why}", "Prøvekjøringen mislyktes: {why}"),
    "config_dry_recordings": ("Recordings", "Opptak"),
    "config_dry_activations": ("Activations", "Aktiveringer"),
    "config_dry_missed": ("Would not have come", "Ville ikke kommet"),
    "config_dry_new": ("Would have come besides", "Ville kommet i tillegg"),
    "config_dry_lead": ("Lead (median)", "Forvarsel (median)"),
    "config_dry_failed": ("Not decided again", "Ikke avgjort på nytt"),
    "config_dry_unfaithful": ("Of another firmware", "Fra en annen fastvare"),
    "config_dry_what": ("What changes", "Hva som endres"),
    "config_dry_line": (
        "activations {before} → {after}; missed {missed}, new {new}",
        "aktiveringer {before} → {after}; uteblir {missed}, nye {new}",
    ),
    "config_recording": ("Recording", "Opptak"),
    # Plans
    "config_plan_draft": ("Draft", "Utkast"),
    "config_plan_dry_run": ("Dry run", "Prøvekjøres"),
    "config_plan_scheduled": ("Scheduled", "Planlagt"),
    "config_plan_applying": ("Being told", "Sendes ut"),
    "config_plan_probation": ("On probation", "På prøve"),
    "config_plan_done": ("Done", "Ferdig"),
    "config_plan_stopped": ("Stopped", "Stanset"),
    "config_plan_rolling_back": ("Rolling back", "Rulles tilbake"),
    "config_plan_rolled_back": ("Rolled back", "Rullet tilbake"),
    "config_plan_what": ("What", "Hva"),
    "config_plan_whom": ("For whom", "Til hvem"),
    "config_plan_how": ("How carefully", "Hvor forsiktig"),
    "config_plan_hint": (
        "Without any field, the signs get what their templates say by now.",
        "Uten noe felt får skiltene det malene deres sier nå.",
    ),
    "config_plan_templates": (
        "The signs get what their templates say by now.",
        "Skiltene får det malene deres sier nå.",
    ),
    "config_plan_changes": ("Changes", "Endringer"),
    "config_plan_summary": ("Signs: {signs}, stages: {stages}", "Skilt: {signs}, trinn: {stages}"),
    "config_first": ("Signs of the first stage", "Skilt i første trinn"),
    "config_growth": ("Each stage is so many times larger", "Hvert trinn er så mange ganger større"),
    "config_deadline": ("A stage may take", "Et trinn kan ta"),
    "config_any": ("any", "alle"),
    "config_text": ("Holds in its name", "Har i navnet"),
    "config_reaches": (
        "It reaches {n} signs, in stages of {stages}.",
        "Den når {n} skilt, i trinn på {stages}.",
    ),
    "config_reaches_none": ("It reaches no sign.", "Den når ingen skilt."),
    "config_schedule": ("Apply to signs", "Ta i bruk på skilt"),
    "config_stop": ("Stop", "Stans"),
    "config_stage_size": ("signs: {signs}", "skilt: {signs}"),
    "config_fate_good": ("kept it", "har beholdt den"),
    "config_fate_busy": ("proving it", "prøver den"),
    "config_fate_bad": ("lost it", "mistet den"),
    "config_fate_calm": ("not told", "ikke fått beskjed"),
    "config_try_does": (
        "Recordings of {signs} signs are decided again. No sign is told anything.",
        "Opptak fra {signs} skilt avgjøres på nytt. Ingen skilt får beskjed.",
    ),
    "config_schedule_all": (
        "{signs} signs are told, in {stages} stages.",
        "{signs} skilt får beskjed, i {stages} trinn.",
    ),
    "config_schedule_first": (
        "Only {first} of them at first; the next stage follows once those have kept it.",
        "Bare {first} av dem først; neste trinn følger når de har beholdt den.",
    ),
    "config_schedule_proof": (
        "It stops by itself when a sign refuses it, gives it up, or says nothing for {minutes} min.",
        "Den stanser av seg selv når et skilt avviser den, oppgir den, eller tier i {minutes} min.",
    ),
    "config_stop_keeps": (
        "{told} signs were told and keep it; {left} are not told any more.",
        "{told} skilt har fått beskjed og beholder den; {left} får ikke beskjed mer.",
    ),
    "config_back_does": (
        "{told} signs get again what they had before the plan; one that was told something else "
        "since is left.",
        "{told} skilt får igjen det de hadde før planen; et som har fått noe annet siden, blir latt være.",
    ),
}
