"""Lines of the technician's protocol and what they say; the sign and the laptop both keep to them."""

# (id, verb, object or None, line)
VECTORS = (
    (1, "status", None, b"@1 status~d3cd\n"),
    (65535, "walk", True, b"@65535 walk true~aed4\n"),
    (7, "lamp", {"lamp": "left"}, b'@7 lamp {"lamp": "left"}~4d44\n'),
    (12, "ok", {"text": "æ @ ~"}, b'@12 ok {"text": "\xc3\xa6 @ ~"}~a1d4\n'),
    (3, "err", [1, -2, None], b"@3 err [1, -2, null]~7b3a\n"),
)
# What stands between @ and ~ of lines that are none although their sum is right: no id, ids out of range,
# verbs that are none, JSON that is none.
BAD_BODIES = (
    b" status",
    b"0 status",
    b"65536 status",
    b"123456 status",
    b"1",
    b"1 ",
    b"1 Status",
    b"1 verb_that_is_longer_than_any",
    b"1 status {",
    b"1 status \xff",
)
