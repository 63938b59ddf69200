from sign.services.identity import problem

GOOD = {
    "v": 1,
    "municipality": "drammen",
    "site": "storgata",
    "sign": "north",
    "incarnation": "9f3ac01b",
    "brokers": [["127.0.0.1", 8883]],
    "link": {"kind": "wifi", "ssid": "gangvakt", "psk": "12345678"},
    "built_utc_s": 1_795_000_000,
}


def changed(**fields):
    identity = dict(GOOD)
    identity.update(fields)
    return identity


def test_what_enrolment_writes_is_good():
    assert problem(GOOD) is None
    assert problem(changed(link={"kind": "lan"})) is None


def test_what_a_newer_controller_adds_does_no_harm():
    assert problem(changed(group_key={"version": 1, "hex": "5e" * 32}, later=None)) is None


def test_a_bad_field_is_named():
    for field, values in (
        ("sign", (None, 5, "")),
        ("incarnation", (7, "9f3ac01", "9f3ac01bb", "9f3ac01x")),
        ("built_utc_s", (None, "now", True, -1, 10**12)),
        ("brokers", (None, [], "host", [["host"]], [["host", "8883"]], [["host", 0]], [["host", 65_536]])),
        ("link", (None, {}, {"kind": "modem"}, {"kind": "wifi"}, {"kind": "wifi", "ssid": "x", "psk": 1})),
    ):
        for value in values:
            assert problem(changed(**{field: value})).startswith(field + ":"), (field, value)


def test_nothing_at_all_is_refused():
    assert problem({}) is not None
