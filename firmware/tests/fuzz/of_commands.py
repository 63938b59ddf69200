"""What the radars answer while they are set up."""

import binascii

from fuzz.parser import Parser
from sign.proto import c4001_command, radar_command
from sign.proto.exchange import DONE, DUE, FAILED, WAITING
from sign.proto.radar_command import FOOTER, HEADER

STATES = (DUE, WAITING, DONE, FAILED)
REPORT = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"


class Dialogue(Parser):
    """A script ends, done or failed, whatever is answered: each piece of the input 100 ms after the last."""

    script = ()
    answers = ()

    def __init__(self):
        super().__init__()
        self.now_ms = 0

    def fresh(self):
        raise NotImplementedError

    def read(self, command):
        """Assert the bounds of what the module told."""
        raise NotImplementedError

    def take(self, data):
        pieces = data.split(b"|")
        if len(pieces) == 1:
            pieces = [data[at : at + 24] for at in range(0, len(data), 24)]
        command = self._run(pieces)
        self.read(command)
        if command.state == DONE:
            return None
        return "step %d, why %d" % (command.failed, command.why)

    def _run(self, pieces):
        command = self.fresh()
        command.start(self.script, self.now_ms)
        at = steps = 0
        while command.busy:
            self.now_ms = self.now_ms + 100 & 0x3FFFFFFF
            command.poll(self.now_ms)
            piece = pieces[at] if at < len(pieces) else b""
            at += command.state == WAITING
            command.feed(piece, 0, len(piece), self.now_ms)
            assert command.state in STATES
            steps += 1
            assert steps < 2_000, "without an end"
        return command

    def goes_on(self):
        command = self._run(list(self.answers))
        assert command.state == DONE, (command.failed, command.why)


def frame(text):
    body = binascii.unhexlify(text)
    return HEADER + bytes((len(body), 0)) + body + FOOTER


class OfHlk(Dialogue):
    script = (
        radar_command.ENABLE,
        radar_command.VERSION,
        radar_command.QUERY_MODE,
        radar_command.QUERY_MAC,
        radar_command.QUERY_ZONES,
        radar_command.END,
    )
    answers = (
        frame(b"ff01000001004000"),
        frame(b"a00100000000020116240622"),
        frame(b"910100000200"),
        frame(b"a50100008f272eb80f65"),
        frame(b"c10100000100e803001018fc0000" + b"0000" * 8),
        frame(b"fe010000"),
    )

    def fresh(self):
        return radar_command.RadarCommand()

    def seeds(self):
        refused = (frame(b"ff010100"),) + self.answers[1:]
        noisy = [REPORT + each + REPORT for each in self.answers]
        return [b"|".join(self.answers), b"|".join(refused), b"|".join(noisy), REPORT * 3] + list(
            self.answers
        )

    def read(self, command):
        assert len(command.version_text()) <= 20
        assert 0 <= command.mode <= 255 and 0 <= command.zone_mode <= 255 and 0 <= command.status <= 0xFFFF
        assert all([-32_768 <= mm <= 32_767 for mm in command.zones])


class OfC4001(Dialogue):
    script = (c4001_command.VERSION, c4001_command.GET_RANGE) + c4001_command.SET_UP_C4001
    answers = (
        b"getSWV\r\nResponse v2.4.6\r\nDFRobot:/>",
        b"Response 0.600 25.000\r\nDone\r\n",
        b"DFRobot:/>",
        b"Done\r\n",
        b"Done\r\n",
        b"Done\r\n",
        b"Done\r\n",
    )

    def fresh(self):
        return c4001_command.C4001Command()

    def seeds(self):
        echoed = b"|".join([b"DFRobot:/>" + each for each in self.answers])
        reports = b"|".join([b"$DFDMD,1,1,1.8,0.1,1, , *\r\n" + each for each in self.answers])
        return [
            b"|".join(self.answers),
            echoed,
            reports,
            b"Error\r\n|" * 5,
            b"Response \xff\xfe\r\n|Done\r\n",
        ]

    def read(self, command):
        assert len(command.response()) <= 40
