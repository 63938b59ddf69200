"""The controller's log: lines for people, or objects for a program that collects them."""

from __future__ import annotations

import logging
from enum import StrEnum

from pythonjsonlogger.json import JsonFormatter

from gangvakt.tracing import request_id

TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
JSON_NAMES = {"levelname": "level", "name": "logger"}
# Libraries tell what a peer did to its connection as warnings; that is not the operator's concern.
CHATTY = ("amqtt", "transitions", "mqtt")


class LogForm(StrEnum):
    """How a line looks."""

    TEXT = "text"
    JSON = "json"


def start_log(form: LogForm, *, verbose: bool) -> None:
    """To stderr; with `verbose` every request has its line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(form))
    handler.addFilter(_with_request)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler])
    for library in CHATTY:
        logging.getLogger(library).setLevel(logging.INFO if verbose else logging.ERROR)


def _formatter(form: LogForm) -> logging.Formatter:
    if form is LogForm.TEXT:
        return logging.Formatter(TEXT_FORMAT)
    return JsonFormatter("%(levelname)s %(name)s %(message)s", rename_fields=JSON_NAMES, timestamp="time")


def _with_request(record: logging.LogRecord) -> bool:
    """What is said while a request is answered names it."""
    if request := request_id.get():
        record.request_id = request
    return True
