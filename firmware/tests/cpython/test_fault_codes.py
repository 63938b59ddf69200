"""The numbers of faults that stand beside their names are those of the table."""

import re
from pathlib import Path

import pytest

from sign.core.faults import names

SIGN = Path(__file__).resolve().parents[2] / "sign"
CODE = re.compile(r"^_?([A-Z_]+) = const\((\d+)\)", re.MULTILINE)


def numbers():
    """Read from the sources: some of the modules load only on the chip."""
    for path in sorted(SIGN.rglob("*.py")):
        for name, code in CODE.findall(path.read_text()):
            if name.lower() in names():
                yield pytest.param(name.lower(), int(code), id=f"{path.stem}.{name}")


@pytest.mark.parametrize(("name", "code"), list(numbers()))
def test_a_code_is_the_place_of_its_name(name, code):
    assert names()[code] == name
