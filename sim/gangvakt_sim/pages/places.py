"""Every page of the product, by the path that shows it in the town: for pictures, and for who judges them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from playwright.sync_api import Page

SIGN = "drammen/storgata/north"
SITE = "drammen/storgata"
LINK_REFUSED = 403  # of a message to somebody on call


class Who(Enum):
    """Who looks: most pages are an administrator's."""

    STAFF = "staff"
    NOBODY = "nobody"  # is not logged in
    NEWCOMER = "newcomer"  # has a one-time password
    HALF_IN = "half in"  # has told the password and not yet the code


def _nothing(page: Page) -> None:
    """It is shown as it opens."""


@dataclass(frozen=True)
class Place:
    """A page, in one of its states: `first` is done before anybody looks, in whatever language it is.

    `path` may hold the town's numbers in braces; `ready` is there when the page is drawn. `guide` are the
    variants that the user's guide shows, `whole` beyond what is seen at first.
    """

    name: str
    path: str
    first: Callable[[Page], None] = _nothing
    ready: str = "h1, h2"
    is_simulated: bool = False  # in a town with a simulated street
    who: Who = Who.STAFF
    status: int = 200
    is_busy: bool = False  # shows what only a town that lives has
    is_refused: bool = False  # the browser complains of what the server answers
    guide: tuple[str, ...] = ()
    whole: bool = False


def _press(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def _mark_all(page: Page) -> None:
    page.locator(".alarm-row.head input[type=checkbox]").check()
    page.locator(".bulk-head button").first.click()


def _see_somebody(page: Page) -> None:
    """As soon as somebody is warned for."""
    page.locator(".live-pole .stepping_out").wait_for()
    page.locator("section", has=page.locator(".live-poles")).scroll_into_view_if_needed()


def _find_sign(page: Page) -> None:
    page.locator(".job-page input").first.fill("storgata")
    page.locator(".job-page a[href^='/job/']").first.wait_for()


def _job_part(number: int) -> Callable[[Page], None]:
    return lambda page: page.locator(".job-part > h2 button").nth(number).click()


def _report_nothing(page: Page) -> None:
    page.locator("form.public-form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator(".form-error").wait_for()


PLACES = (
    Place("overview", "/", ready=".ov-row", guide=("wide", "wide-nb", "dark", "phone-nb")),
    Place("overview-menu", "/", _press(".menu-button:visible, .more-button:visible"), guide=("phone-nb",)),
    Place("overview-alarms", "/?show=alarm", ready=".ov-row"),
    Place("live", "/live", ready=".events li", guide=("wide",)),
    Place(
        "crossing-live",
        "/crossing/drammen/engene",
        _see_somebody,
        ready=".live-poles",
        is_busy=True,
        guide=("wide",),
    ),
    Place("crossing", f"/crossing/{SITE}", ready=".card", guide=("wide", "phone-nb"), whole=True),
    Place(
        "replay",
        f"/crossing/{SITE}/replay/north/00003-00012-00007.gvfr",
        _press(".decisions button"),
        ready=".decisions button",
        guide=("wide",),
    ),
    Place("zone", f"/crossing/{SITE}/zone/north", ready=".zone svg", guide=("wide",)),
    Place("alarms", "/alarms", ready=".alarm-row", guide=("wide", "phone-nb")),
    Place("alarms-marked", "/alarms", _mark_all, ready=".alarm-row"),
    Place("alarm", "/alarms/{alarm}", ready=".alarm-detail", guide=("wide",)),
    Place("alarm-report", "/alarms/{report}", ready=".reports"),
    Place("rollouts", "/rollouts", guide=("wide",)),
    Place("rollout-new", "/rollouts/new"),
    Place("rollout", "/rollouts/{rollout}", guide=("wide",), whole=True),
    Place("config", "/config", guide=("wide",)),
    Place("config-template", "/config/drammen/template?name=school-road"),
    Place("config-group", "/config/drammen/group?name=schools"),
    Place("config-sign", "/config/drammen/sign/storgata/north"),
    Place("config-new-plan", "/config/drammen/new-plan"),
    Place("config-plan", "/config/drammen/plan/{plan}", guide=("wide",)),
    Place("commands", "/commands", guide=("wide",)),
    Place("approvals", "/approvals", guide=("wide",)),
    Place("audit", "/audit", guide=("wide",)),
    Place("settings", "/settings", guide=("wide",)),
    Place("settings-municipalities", "/settings/municipalities"),
    Place("settings-contacts", "/settings/contacts"),
    Place("settings-relays", "/settings/relays"),
    Place("settings-logins", "/settings/logins"),
    Place("settings-dead-letters", "/settings/dead-letters"),
    Place("people", "/people", guide=("wide",)),
    Place("account", "/account", guide=("wide",)),
    Place("account-password", "/account/password"),
    Place("account-second-factor", "/account/second-factor"),
    Place("job", "/job", _find_sign, ready=".job-page", guide=("phone-nb",)),
    Place("job-sign", f"/job/{SIGN}", ready=".job-part", guide=("phone-nb",)),
    Place("job-selftest", f"/job/{SIGN}", _job_part(0), ready=".job-part"),
    Place("job-walk", f"/job/{SIGN}", _job_part(1), ready=".job-part"),
    Place("job-lamps", f"/job/{SIGN}", _job_part(2), ready=".job-part"),
    Place("planning", "/planning", guide=("wide",)),
    Place("planning-sheet", f"/planning/{SITE}", guide=("wide",), whole=True),
    Place("month-now", f"/reports/{SITE}"),
    Place("month", f"/reports/{SITE}/{{month}}", guide=("wide",), whole=True),
    Place("council", "/council/drammen/{month}", guide=("wide",)),
    Place("compare", f"/compare/{SITE}/{{month_before}}/{{month}}"),
    Place("case", f"/case/{SITE}?at={{moment}}", guide=("wide",)),
    Place("street", f"/street/{SITE}", ready=".street-desk", is_simulated=True, guide=("wide",)),
    Place("public", "/public", who=Who.NOBODY),
    Place("public-crossing", f"/public/{SITE}", who=Who.NOBODY, guide=("phone-nb",), whole=True),
    Place("public-refused", f"/public/{SITE}", _report_nothing, who=Who.NOBODY, is_refused=True),
    Place("login", "/login", who=Who.NOBODY, guide=("wide",)),
    Place("login-password", "/password", who=Who.NEWCOMER),
    Place("login-code", "/code", who=Who.HALF_IN),
    Place("link", "/a/0123456789", who=Who.NOBODY, status=LINK_REFUSED, is_refused=True),
    Place("lost", "/no-such-page", status=404, is_refused=True),
    Place("lost-crossing", "/crossing/drammen/nowhere", ready=".empty", status=404, is_refused=True),
)


def words_of_paths(numbers: Mapping[str, int]) -> dict[str, object]:
    """What stands for the braces: the town's numbers, months that have people, and a moment of yesterday."""
    now = datetime.now(UTC)
    before = now.replace(day=1) - timedelta(days=1)
    moment = (now - timedelta(days=1)).replace(hour=7, minute=15)
    times = {"month": f"{now:%Y-%m}", "month_before": f"{before:%Y-%m}", "moment": f"{moment:%Y-%m-%dT%H:%M}"}
    return {**numbers, **times}
