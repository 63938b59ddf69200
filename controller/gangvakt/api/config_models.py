"""How steering is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median

from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.config_layers import Difference, Resolved, differences
from gangvakt.fleet.config_plan import Fate, Plan
from gangvakt.fleet.dry_run import Decided, compare
from gangvakt.fleet.selection import Selection
from gangvakt.orders.bulk import Job, Prepared, Word
from gangvakt.orders.dry_run import Run
from gangvakt.provision.config_wire import (
    DecidedOut,
    DifferenceOut,
    DryRunOut,
    GroupOut,
    JobOut,
    PlanDetailOut,
    PlanOut,
    PlanSignOut,
    PlanStepOut,
    PreparedOut,
    SaidOut,
    SettingOut,
    TemplateOut,
    VersionOut,
)
from gangvakt.provision.site_config import defaults
from gangvakt.store.config_groups import KeptGroup, Template
from gangvakt.store.config_plans import PlanStep
from gangvakt.store.config_versions import ConfigVersion

MOST_TOLD = 500  # recordings, or signs, of one answer


def template_out(one: Template) -> TemplateOut:
    return TemplateOut(
        municipality=one.municipality,
        name=one.name,
        values=dict(one.values),
        schema_hash=one.schema,
        by=one.by,
        changed_ms=one.changed_ms,
    )


def group_out(one: KeptGroup, fleet: LiveFleet) -> GroupOut:
    group = one.group
    return GroupOut(
        municipality=group.municipality,
        name=group.name,
        position=group.position,
        sites=tuple(sorted(group.sites)),
        boards=tuple(sorted(group.boards)),
        templates=group.templates,
        signs=len(Selection(group.municipality, group=group).of(fleet.signs())),
        by=one.by,
        changed_ms=one.changed_ms,
    )


def settings_out(resolved: Resolved) -> tuple[SettingOut, ...]:
    return tuple(
        SettingOut(field=name, value=one.value, origin=one.origin.value, name=one.name)
        for name, one in sorted(resolved.settings.items())
    )


def difference_out(one: Difference) -> DifferenceOut:
    return DifferenceOut(
        field=one.field,
        value=one.wanted.value,
        origin=one.wanted.origin.value,
        name=one.wanted.name,
        reported=one.reported,
    )


def version_out(one: ConfigVersion) -> VersionOut:
    return VersionOut(
        id=one.id,
        version=one.version,
        cause=one.cause,
        plan=one.plan,
        by=one.user,
        at_ms=one.at_ms,
        values=one.wanted.values,
        changed=tuple(map(difference_out, differences(one.wanted, one.former, defaults()))),
    )


def plan_out(plan: Plan) -> PlanOut:
    return PlanOut(
        id=plan.id,
        municipality=plan.municipality,
        title=plan.title,
        state=plan.state.value,
        stage=plan.stage + 1,
        stages=tuple(map(len, plan.stages)),
        changes=dict(plan.changes),
        by=plan.by,
        created_ms=plan.created_ms,
        changed_ms=plan.changed_ms,
        due_ms=plan.due_ms,
        deadline_min=plan.deadline_min,
        why=plan.why,
    )


def plan_detail(plan: Plan, steps: Iterable[PlanStep], fates: Mapping[SignId, Fate]) -> PlanDetailOut:
    told = [
        PlanStepOut(
            event=one.event, state=one.state, stage=one.stage + 1, who=one.who, at_ms=one.at_ms, why=one.why
        )
        for one in steps
    ]
    signs = [
        PlanSignOut(sign=str(sign), fate=fates[sign].value, stage=number)
        for number, stage in enumerate(plan.stages, 1)
        for sign in stage
        if sign in fates
    ]
    return PlanDetailOut(**plan_out(plan).model_dump(), steps=tuple(told), signs=tuple(signs))


def dry_run_out(run: Run) -> DryRunOut:
    tally = run.tally
    changed = [one for one in run.decided if one.error or not compare(one.before, one.after).is_alike]
    return DryRunOut(
        number=run.number,
        state=run.state.value,
        total=run.total,
        decided=tally.recordings,
        failed=tally.failed,
        unfaithful=tally.unfaithful,
        before=tally.before,
        after=tally.after,
        missed=tally.missed,
        new=tally.new,
        lead_before_ms=_median(tally.leads_before_ms),
        lead_after_ms=_median(tally.leads_after_ms),
        error=run.error,
        changed=tuple(map(_decided_out, changed[:MOST_TOLD])),
    )


def prepared_out(one: Prepared) -> PreparedOut:
    return PreparedOut(
        token=one.token,
        count=len(one.signs),
        online=one.online,
        two_persons=one.two_persons,
        expires_ms=one.expires_ms,
    )


def job_out(job: Job) -> JobOut:
    others = [one for one in job.said if one.word is not Word.OK][:MOST_TOLD]
    return JobOut(
        number=job.number,
        verb=job.verb,
        by=job.by,
        total=job.total,
        done=job.is_done,
        pending=job.pending,
        counts=job.counts,
        others=tuple(SaidOut(sign=str(one.sign), word=one.word.value, detail=one.detail) for one in others),
    )


def _decided_out(one: Decided) -> DecidedOut:
    told = {
        name: getattr(one, name) for name in ("recording", "kind", "before", "after", "faithful", "error")
    }
    return DecidedOut.model_validate(told | {"sign": str(one.sign)})


def _median(values: list[int]) -> int | None:
    return round(median(values)) if values else None
