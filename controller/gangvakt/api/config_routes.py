"""The routes that steer many signs' configurations: templates, groups, plans, dry runs, history."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.config_models import (
    difference_out,
    dry_run_out,
    group_out,
    plan_detail,
    plan_out,
    settings_out,
    template_out,
    version_out,
)
from gangvakt.api.file_routes import IfMatch, etag, version_if_told
from gangvakt.api.guard import login_of
from gangvakt.api.order_routes import ONE_SIGN, config_out, orders_of
from gangvakt.api.paging import After, Limit, decode_cursor, page_of, page_of_sorted
from gangvakt.api.services import Services, Steering
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import Group, differences
from gangvakt.fleet.config_plan import Event
from gangvakt.fleet.selection import Selection
from gangvakt.orders.dry_run import DAY_MS, Trial
from gangvakt.orders.plans import Wanted
from gangvakt.provision.config_wire import (
    HIGHEST_NUMBER,
    DiffOut,
    DryRunIn,
    DryRunOut,
    GroupIn,
    GroupOut,
    PlanDetailOut,
    PlanIn,
    PlanOut,
    RestoreIn,
    ScheduleIn,
    SelectionIn,
    TemplateIn,
    TemplateOut,
    VersionOut,
)
from gangvakt.provision.order_wire import ConfigOut
from gangvakt.provision.pages import Page
from gangvakt.provision.site_config import check_changes, defaults
from gangvakt.provision.wire_values import NAME_PATTERN

OF_MUNICIPALITY = "/municipalities/{municipality}"
TEMPLATES, GROUPS = f"{OF_MUNICIPALITY}/config-templates", f"{OF_MUNICIPALITY}/config-groups"
PLANS, DRY_RUNS = f"{OF_MUNICIPALITY}/config-plans", f"{OF_MUNICIPALITY}/config-dry-runs"

Name = Annotated[
    str, Path(pattern=NAME_PATTERN, max_length=32, description="Its name.", examples=["narrow-street"])
]
Municipality = Annotated[
    str, Path(pattern=NAME_PATTERN, max_length=32, description="The municipality.", examples=["drammen"])
]
Number = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="Its number.", examples=[3])]


def add_config_routes(router: APIRouter, services: Services) -> None:
    _add_templates(router, services)
    _add_groups(router, services)
    _add_one_sign(router, services)
    _add_plans(router, services)
    _add_plan_steps(router, services)
    _add_dry_runs(router, services)


def _add_templates(router: APIRouter, services: Services) -> None:
    @router.get(TEMPLATES)
    async def config_templates(
        municipality: Municipality, after: After = None, limit: Limit = 100
    ) -> Page[TemplateOut]:
        """Templates, by name."""
        found = await steering_of(services).templates.table.templates(municipality)
        return page_of_sorted(list(map(template_out, found)), after, limit, lambda one: one.name)

    @router.get(f"{TEMPLATES}/{{name}}")
    async def config_template(municipality: Municipality, name: Name, response: Response) -> TemplateOut:
        """One template."""
        found = await steering_of(services).templates.template(municipality, name)
        response.headers["ETag"] = etag(found.changed_ms)
        return template_out(found)

    @router.put(f"{TEMPLATES}/{{name}}")
    async def put_config_template(
        municipality: Municipality,
        name: Name,
        body: TemplateIn,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> TemplateOut:
        """Makes a template, or replaces it; signs get it by a plan, or with their next change."""
        who, expected_ms = login_of(request).user, version_if_told(if_match)
        put = steering_of(services).templates.put_template
        kept = await put(municipality, name, dict(body.values), who, expected_ms)
        response.headers["ETag"] = etag(kept.changed_ms)
        return template_out(kept)

    @router.delete(f"{TEMPLATES}/{{name}}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_config_template(municipality: Municipality, name: Name, request: Request) -> None:
        """Removes a template that no group names."""
        templates = steering_of(services).templates
        await templates.remove_template(municipality, name, login_of(request).user)


def _add_groups(router: APIRouter, services: Services) -> None:
    @router.get(GROUPS)
    async def config_groups(
        municipality: Municipality, after: After = None, limit: Limit = 100
    ) -> Page[GroupOut]:
        """Groups of signs, by name."""
        found = await steering_of(services).templates.table.groups(municipality)
        told = [group_out(one, services.fleet) for one in found]
        return page_of_sorted(told, after, limit, lambda one: one.name)

    @router.get(f"{GROUPS}/{{name}}")
    async def config_group(municipality: Municipality, name: Name, response: Response) -> GroupOut:
        """One group."""
        found = await steering_of(services).templates.group(municipality, name)
        response.headers["ETag"] = etag(found.changed_ms)
        return group_out(found, services.fleet)

    @router.put(f"{GROUPS}/{{name}}")
    async def put_config_group(
        municipality: Municipality,
        name: Name,
        body: GroupIn,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> GroupOut:
        """Makes a group, or replaces it."""
        sites, boards = frozenset(body.sites), frozenset(body.boards)
        group = Group(municipality, name, body.position, sites, boards, body.templates)
        who, expected_ms = login_of(request).user, version_if_told(if_match)
        kept = await steering_of(services).templates.put_group(group, who, expected_ms)
        response.headers["ETag"] = etag(kept.changed_ms)
        return group_out(kept, services.fleet)

    @router.delete(f"{GROUPS}/{{name}}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_config_group(municipality: Municipality, name: Name, request: Request) -> None:
        """Removes a group; its signs lose its templates with their next change."""
        await steering_of(services).templates.remove_group(municipality, name, login_of(request).user)


def _add_one_sign(router: APIRouter, services: Services) -> None:
    @router.get(f"{ONE_SIGN}/config/diff")
    async def config_diff(municipality: str, site: str, sign: str) -> DiffOut:
        """What the sign shall run with, who gave each value, and where it is not so."""
        wanted, configs = SignId(municipality, site, sign), orders_of(services).configs
        resolved, state = await configs.resolved(wanted), await configs.state(wanted)
        reported = state.reported.values if state.reported else {}
        found = differences(resolved, reported, defaults())
        return DiffOut(
            sign=str(wanted),
            state=state.state,
            settings=settings_out(resolved),
            differences=tuple(map(difference_out, found)),
        )

    @router.get(f"{ONE_SIGN}/config/history")
    async def config_history(
        municipality: str, site: str, sign: str, after: After = None, limit: Limit = 100
    ) -> Page[VersionOut]:
        """Every configuration that was wanted of the sign, newest first."""
        before = decode_cursor(after) if after is not None else None
        table = orders_of(services).configs.table
        found = await table.history(SignId(municipality, site, sign), before, limit + 1)
        return page_of(list(map(version_out, found)), limit, lambda one: one.id)

    @router.post(f"{ONE_SIGN}/config/restore")
    async def restore_config(
        municipality: str, site: str, sign: str, body: RestoreIn, request: Request
    ) -> ConfigOut:
        """Brings the sign back to a version of its history, as a new version."""
        wanted, configs = SignId(municipality, site, sign), orders_of(services).configs
        return config_out(await configs.restore(wanted, body.version, login_of(request).user))


def _add_plans(router: APIRouter, services: Services) -> None:
    @router.get(PLANS)
    async def config_plans(
        municipality: Municipality, after: After = None, limit: Limit = 100
    ) -> Page[PlanOut]:
        """Plans, newest first."""
        before = decode_cursor(after) if after is not None else None
        found = await steering_of(services).plans.table.page(municipality, before, limit + 1)
        return page_of(list(map(plan_out, found)), limit, lambda one: one.id)

    @router.post(PLANS, status_code=HTTPStatus.CREATED)
    async def make_config_plan(municipality: Municipality, body: PlanIn, request: Request) -> PlanOut:
        """Makes a draft; refused as a whole when one of the signs may not have it."""
        steering = steering_of(services)
        wanted = Wanted(
            body.title,
            body.changes,
            await selection_of(steering, municipality, body.selection),
            body.first,
            body.growth,
            body.deadline_min,
            login_of(request).user,
        )
        return plan_out(await steering.plans.make(wanted))

    @router.get(f"{PLANS}/{{number}}")
    async def config_plan(municipality: Municipality, number: Number) -> PlanDetailOut:
        """One plan with its steps, and how its signs stand."""
        plans = steering_of(services).plans
        plan = await plans.get(municipality, number)
        return plan_detail(plan, await plans.table.steps(number), await plans.fates(plan))


def _add_plan_steps(router: APIRouter, services: Services) -> None:
    async def step(
        request: Request, municipality: str, number: int, event: Event, due_ms: int | None = None
    ) -> PlanOut:
        plans = steering_of(services).plans
        plan = await plans.get(municipality, number)
        return plan_out(await plans.step(plan, event, login_of(request).user, due_ms))

    @router.post(f"{PLANS}/{{number}}/dry-run")
    async def try_config_plan(municipality: Municipality, number: Number, request: Request) -> PlanOut:
        """Decides the signs' recordings of the last week again with what the plan would bring."""
        return await step(request, municipality, number, Event.TRY)

    @router.post(f"{PLANS}/{{number}}/schedule")
    async def schedule_config_plan(
        municipality: Municipality, number: Number, body: ScheduleIn, request: Request
    ) -> PlanOut:
        """Lets it begin, at once or at a time."""
        return await step(request, municipality, number, Event.SCHEDULE, body.due_ms)

    @router.post(f"{PLANS}/{{number}}/stop")
    async def stop_config_plan(municipality: Municipality, number: Number, request: Request) -> PlanOut:
        """Stops it where it is; signs that were told keep what they were told."""
        return await step(request, municipality, number, Event.STOP)

    @router.post(f"{PLANS}/{{number}}/roll-back")
    async def roll_back_config_plan(municipality: Municipality, number: Number, request: Request) -> PlanOut:
        """Brings each sign back to what it had before the plan."""
        return await step(request, municipality, number, Event.ROLL_BACK)


def _add_dry_runs(router: APIRouter, services: Services) -> None:
    @router.post(DRY_RUNS, status_code=HTTPStatus.ACCEPTED)
    async def start_config_dry_run(municipality: Municipality, body: DryRunIn, request: Request) -> DryRunOut:
        """Begins to decide recordings again with another configuration; nothing is told to signs."""
        check_changes(body.changes)
        steering = steering_of(services)
        selection = await selection_of(steering, municipality, body.selection)
        trials = [Trial(sign, body.changes) for sign in selection.of(services.fleet.signs())]
        run = steering.dry_runs.start(municipality, trials, login_of(request).user, body.days * DAY_MS)
        return dry_run_out(run)

    @router.get(f"{DRY_RUNS}/{{number}}")
    async def config_dry_run(municipality: Municipality, number: Number) -> DryRunOut:
        """How far it has come, and what it gave."""
        return dry_run_out(steering_of(services).dry_runs.get(municipality, number))


def steering_of(services: Services) -> Steering:
    """Refused with 503 where no broker runs."""
    if services.steering is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no broker runs here")
    return services.steering


async def selection_of(steering: Steering, municipality: str, told: SelectionIn) -> Selection:
    """Missing for a group that is not there."""
    group = (await steering.templates.group(municipality, told.group)).group if told.group else None
    return Selection(municipality, told.site, told.board, told.text, group)
