"""Configurations: templates, groups, plans, and each sign's own."""

from __future__ import annotations

from gangvakt.api.services import Services
from gangvakt.web.steering.config import (
    group_page,
    home_page,
    new_plan_page,
    plan_page,
    sign_page,
    template_page,
)


def add_pages(services: Services) -> None:
    for area in (home_page, template_page, group_page, new_plan_page, plan_page, sign_page):
        area.add_pages(services)
