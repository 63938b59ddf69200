"""Rollouts, configuration, audit and settings."""

from __future__ import annotations

from gangvakt.api import Services
from gangvakt.web.steering import approvals, audit, commands, config, rollouts, settings


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""
    rollouts.add_pages(services)
    config.add_pages(services)
    audit.add_pages(services)
    approvals.add_pages(services)
    commands.add_pages(services)
    settings.add_pages(services)
