"""Configuration values of a site: what the firmware would refuse is refused before."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import SettingRefused
from gangvakt.provision.site_config import SCHEMA_FILE, allowed, check_config, config_file
from sign.core import config, config_fields, config_schema

REMAKE = (
    "renew it: PYTHONPATH=firmware python -c 'import json; from sign.core.config_schema import schema; "
    f"print(json.dumps(schema(), indent=1))' > {SCHEMA_FILE.name}"
)
# Rules over several fields are the firmware's alone.
CROSSED = (
    "kerb",
    "hold_m",
    "supply",
    "light_d",
    "pattern",
    "user_",
    "second_",
    "vehicle_g",
    "dim_",
    "app",
    "battery",
)
NAMES = [field.name for field in config_fields.FIELDS if not field.name.startswith((*CROSSED, "version"))]


def test_the_schema_is_that_of_the_firmware() -> None:
    held = json.loads(SCHEMA_FILE.read_text())
    assert held == json.loads(json.dumps(config_schema.schema())), REMAKE


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "nonsense"]),
        st.booleans() | st.integers() | st.integers(0, 100) | st.floats() | st.text(max_size=8) | st.none(),
        max_size=3,
    )
)
def test_what_is_taken_here_the_firmware_takes_and_the_other_way_round(values: dict[str, object]) -> None:
    _, errors = config.load(values)
    if errors:
        with pytest.raises(SettingRefused) as refused:
            check_config(values)
        assert refused.value.field in {error[0] for error in errors}
    else:
        assert check_config(values) == values


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"lead_ms": 1}, "config: lead_ms is 1; allowed: 500..10000"),
        ({"mode": "loud"}, "config: mode is 'loud'; allowed: active, shadow"),
        ({"pir_enabled": 1}, "config: pir_enabled is 1; allowed: true, false"),
        ({"colour": "red"}, "config: colour is 'red'; allowed: no such field"),
        ({"lead_ms": 4000.0}, "config: lead_ms is 4000.0; allowed: 500..10000"),
        ({"version": 7}, "config: version is 7; allowed: nothing: the controller counts it"),
    ],
)
def test_a_refusal_names_field_value_and_range(values: dict[str, object], line: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        check_config(values)
    assert str(refused.value) == line


def test_texts_say_what_they_may_hold() -> None:
    assert allowed("approval_number").startswith("up to 40 of [A-Za-z0-9")


def test_the_firmware_reads_the_file() -> None:
    read, errors = config.load_bytes(config_file({"mode": "shadow"}, 3))
    assert errors == []
    assert (read.mode, read.version) == ("shadow", 3)
