"""The numbers of faults that stand beside their names are those of the table."""

import pytest

from sign.core import faults, health_checks


def numbers():
    for module in (faults, health_checks):
        for name, value in vars(module).items():
            if name.strip("_").lower() in faults.NAMES:
                yield pytest.param(name.strip("_").lower(), value, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize(("name", "code"), list(numbers()))
def test_a_code_is_the_place_of_its_name(name, code):
    assert faults.NAMES[code] == name
