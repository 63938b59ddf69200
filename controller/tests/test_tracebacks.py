"""A sign's tracebacks, read with the names of the sources."""

from gangvakt.provision.compiling import names_on_sign
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.naming import Names
from gangvakt.provision.tracebacks import readable

NAMES = Names(
    {"light__core_lamp": "rect", "hold": "fill", "beside": "oct"},
    {"sign.core.lamp": {"_step": "hex"}, "sign.core.street": {"_walk": "hex"}, "sign.services.log": {}},
    {"sign.linked_warning": ["sign.core.lamp", "sign.core.street"]},
)
TOLD = """Traceback (most recent call last):
  File "main.py", line 88, in main
  File "sign.services.log", in fill
  File "sign.linked_warning", line 1, in rect
  File "sign.linked_warning", in hex
  File "sign.core.lamp", in hex
  File "sign.core.lamp", in run
OSError: hex"""


def test_functions_have_their_own_names_and_all_else_is_as_it_was() -> None:
    assert readable(TOLD, NAMES) == TOLD.replace("in fill", "in hold").replace(
        "in rect", "in light (core_lamp)"
    ).replace('warning", in hex', 'warning", in _step|_walk').replace('lamp", in hex', 'lamp", in _step')


def test_by_default_they_are_those_of_this_firmware() -> None:
    names = names_on_sign(FIRMWARE_DIR, "sign")
    line = f'  File "sign.linked_warning", in {names.public["isqrt__core_isqrt"]}'
    assert readable(line).endswith("in isqrt (core_isqrt)")
