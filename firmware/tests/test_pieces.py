import json

from sign.services.pieces import pieces

PIECE_BYTES = 96


def same(document):
    """What `document` becomes on the way over the wire."""
    return json.loads(b"".join(pieces(document)))


def test_the_pieces_together_are_the_document():
    for document in (
        {},
        [],
        {"v": 1, "none": None, "yes": True, "text": 'a "quoted" text \\ of Ærø', "list": [], "dict": {}},
        {"deep": {"deeper": [1, -2, {"deepest": [[], [{}]]}]}},
        {"number %d" % n: "value" * n for n in range(40)},
    ):
        assert same(document) == document


def test_no_piece_is_longer_than_it_must_be():
    document = {"number %d" % n: [n, "some text"] for n in range(60)}
    found = pieces(document)
    assert len(found) > 10
    for piece in found[:-1]:
        assert PIECE_BYTES <= len(piece) < PIECE_BYTES + 20


def test_a_generator_is_a_list_that_is_made_on_the_way():
    assert same({"events": ({"seq": n} for n in range(3))}) == {
        "events": [{"seq": 0}, {"seq": 1}, {"seq": 2}]
    }
    assert same({"events": (n for n in ())}) == {"events": []}
