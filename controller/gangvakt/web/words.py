"""Events and faults as sentences. Unknown kinds, reasons and codes are shown as the sign wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gangvakt.fleet import Fault, SignEvent
from gangvakt.fleet.speeds import KMH_PER_CLASS
from gangvakt.web.phrasing import phrase
from gangvakt.web.texts import Texts

Detail = Mapping[str, object]
NOT_KNOWN_MS = -1  # how a sign writes that it cannot tell the time to the kerb


def event_sentence(event: SignEvent, texts: Texts) -> str:
    """What happened, in one sentence."""
    sentence = SENTENCES.get(event.kind)
    return sentence(event.detail, texts) if sentence else event.kind


def fault_sentence(fault: Fault, texts: Texts) -> str:
    """What is wrong; for a refused value with field, value and what is allowed."""
    name = _fault_name(fault.code, texts)
    if fault.field is None:
        return name
    value = texts.say("fault_value", field=fault.field, value=fault.value, why=fault_word(texts, fault.why))
    return f"{name}: {value}"


def fault_word(texts: Texts, why: str | None) -> str:
    """What a sign says of a value: a fault by its code, or what is allowed."""
    return texts.say_or(f"fault_{why}", phrase(texts, why or ""))


def _fault_name(code: object, texts: Texts) -> str:
    return texts.say_or(f"fault_{code}", str(code))


def _boot(detail: Detail, texts: Texts) -> str:
    cause = str(detail.get("cause", "unknown"))
    return texts.say("boot", cause=texts.say_or(f"boot_{cause}", cause))


def _activation_on(detail: Detail, texts: Texts) -> str:
    reason = str(detail.get("reason", "?"))
    parts = [texts.say_or(f"on_{reason}", reason)]
    t_kerb_ms, range_mm = _number(detail.get("t_kerb_ms")), _number(detail.get("range_mm"))
    if reason == "approach" and t_kerb_ms is not None and t_kerb_ms > NOT_KNOWN_MS:
        parts.append(texts.say("before_kerb", seconds=texts.number(t_kerb_ms / 1000)))
    if range_mm:
        parts.append(texts.say("metres_away", metres=texts.number(range_mm / 1000)))
    return texts.say("activated", reason=", ".join(parts))


def _activation_off(detail: Detail, texts: Texts) -> str:
    on_ms = _number(detail.get("on_ms"))
    sentence = texts.say("lamps_off", seconds="?" if on_ms is None else texts.number(on_ms / 1000))
    if detail.get("cause") == "stuck_cap":
        sentence = f"{sentence}: {texts.say('off_stuck_cap')}"
    return sentence


def _fault_on(detail: Detail, texts: Texts) -> str:
    return texts.say("fault_on", fault=_fault_name(detail.get("code", "?"), texts))


def _fault_off(detail: Detail, texts: Texts) -> str:
    return texts.say("fault_off", fault=_fault_name(detail.get("code", "?"), texts))


def _config_error(detail: Detail, texts: Texts) -> str:
    return texts.say("config_error", field=detail.get("field", "?"))


def _order_on(detail: Detail, texts: Texts) -> str:
    return texts.say("order_on", **_order(detail, texts))


def _order_off(detail: Detail, texts: Texts) -> str:
    return texts.say("order_off", **_order(detail, texts))


def _order(detail: Detail, texts: Texts) -> dict[str, str]:
    code, on_ms = str(detail.get("code", "?")), _number(detail.get("on_ms"))
    seconds = "?" if on_ms is None else texts.number(on_ms / 1000)
    return {"order": texts.say_or(f"order_{code}", code), "seconds": seconds}


def _clock_set(detail: Detail, texts: Texts) -> str:
    return texts.say("clock_set")


def _resumed(detail: Detail, texts: Texts) -> str:
    return texts.say("resumed", dropped=detail.get("dropped", "?"), damaged=detail.get("damaged", "?"))


def _vehicles(detail: Detail, texts: Texts) -> str:
    counts = str(detail.get("counts", "")).split()
    vehicles = sum(int(one) for one in counts if one.isascii() and one.isdigit())
    from_kmh = _number(detail.get("from_kmh"))
    until = "?" if from_kmh is None else from_kmh + KMH_PER_CLASS * len(counts)
    return texts.say("vehicles_passed", vehicles=vehicles, lowest=from_kmh, highest=until)


def _number(value: object) -> float | None:
    """A number that a sign wrote; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


SENTENCES: Mapping[str, Callable[[Detail, Texts], str]] = {
    "boot": _boot,
    "activation_on": _activation_on,
    "activation_off": _activation_off,
    "fault_on": _fault_on,
    "fault_off": _fault_off,
    "config_error": _config_error,
    "order_on": _order_on,
    "order_off": _order_off,
    "clock_set": _clock_set,
    "resumed": _resumed,
    "vehicles": _vehicles,
}
