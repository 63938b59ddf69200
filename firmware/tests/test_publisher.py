from sign.services.keyring import Keyring
from sign.services.publisher import Publisher
from sign.services.topics import Topics

OURS = "gangvakt/v1/drammen/storgata/north/"
TOPICS = Topics({"municipality": "drammen", "site": "storgata", "sign": "north"})


def publisher(**handlers):
    made = Publisher(TOPICS, None, None, Keyring((None, "", False)))
    made.handlers.update(handlers)
    return made


def test_a_message_reaches_who_takes_its_topic():
    heard = []
    made = publisher(command=heard.append)
    made.on_message(OURS + "command", b"{}")
    assert (heard, made.refused) == ([b"{}"], {})


def test_what_nobody_can_make_anything_of_is_counted_by_its_topic():
    made = publisher(command=lambda payload: True)
    for topic, payload in (
        ("command", b"1"),
        ("command", b"2"),
        ("renewal", b"\xff"),
        ("renewal", b"\x01\0\x07\0\x01der"),
        ("no-such", b""),
    ):
        made.on_message(OURS + topic, payload)
    assert made.refused == {"command": 2, "renewal": 1, "": 1}
