"""What the form of a page sends, as a report within its bounds."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from gangvakt.provision.public_wire import FaultReportIn

FIELDS = ("kind", "text", "contact", "sign")
# People do not see it; what fills in every field is no person.
TRAP = "website"


def read_report(values: Mapping[str, object]) -> FaultReportIn | tuple[str, ...]:
    """The report, or the names of the fields that are not within their bounds."""
    given = {name: _text(values.get(name)) for name in FIELDS}
    try:
        return FaultReportIn.model_validate({**given, "sign": given["sign"] or None})
    except ValidationError as error:
        return tuple(sorted({str(one["loc"][0]) for one in error.errors()}))


def is_trapped(values: Mapping[str, object]) -> bool:
    return bool(values.get(TRAP))


def kept(values: Mapping[str, object]) -> dict[str, str]:
    """What was typed, for the form to show again."""
    return {name: _text(values.get(name)) for name in FIELDS}


def _text(value: object) -> str:
    """Line ends are those of the web's forms; no file is one."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
