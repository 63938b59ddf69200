"""A JSON document as a list of short bytes: beside a secure session there is no room for it in one piece."""

import json

from sign.compat import const

_PIECE_BYTES = const(96)


def pieces(document):
    """The JSON text of dicts, lists and generators of JSON-ready values, cut where a piece is long enough."""
    found, piece = [], b""
    for text in _texts(document):
        piece += text.encode()
        if len(piece) >= _PIECE_BYTES:
            found.append(piece)
            piece = b""
    if piece:
        found.append(piece)
    return found


def _texts(value):
    if isinstance(value, dict):
        mark = "{"
        for key in value:
            yield mark + json.dumps(key) + ":"
            yield from _texts(value[key])
            mark = ","
        yield "}" if value else "{}"
    elif isinstance(value, (list, _Generator)):
        mark = "["
        for each in value:
            yield mark
            yield from _texts(each)
            mark = ","
        yield "[]" if mark == "[" else "]"
    else:
        yield json.dumps(value)


_Generator = type(_texts(None))
