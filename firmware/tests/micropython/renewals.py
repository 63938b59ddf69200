"""Renews a sign's certificate on a LittleFS in memory: `micropython renewals.py FOLDER`.

FOLDER holds what is flashed, `renewal`, and `bad.*` that must be refused. Prints a line for every outcome;
power is cut at each flash operation of each step in turn, and torn in several ways.
"""

import os
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0] + "/../..")

from torn_flash import SECTOR, Mounted, TornFlash, every_cut

SECTORS = 16
FLASHED = ("ca.der", "cert.der", "key.der")


class Chip:
    """Of the chip's modules what store and clock import."""

    class RTC:
        def datetime(self, when):
            pass

    NVS = Partition = None


sys.modules["machine"] = sys.modules["esp32"] = Chip

from sign.services import credentials, log
from sign.services.keyring import Keyring
from sign.services.renewal import Pieces

log.enable(False)


def keyring(on_trial=False, is_spare=False):
    """After a session that the broker let in."""
    made = Keyring((None, "", on_trial))
    made.is_spare, made.let_in = is_spare, True
    return made


def read(name):
    with open(sys.argv[1] + "/" + name, "rb") as file:
        return file.read()


def used(flash):
    """What a sign with this flash connects with after its start."""
    with Mounted(flash):
        try:
            found = credentials.first(0)
            return found[1], found[2]
        except credentials.Unusable as error:
            return "unusable", error.why


def attempt(flash, step):
    """Run a step on the mounted flash; its error."""
    with Mounted(flash):
        try:
            step()
        except Exception as error:
            return type(error).__name__ + ": " + str(error)


def cut_everywhere(name, before, step):
    """Print what is used after a power cut at each operation of a step; the flash after the whole step."""

    def check(flash, cut):
        print("%s %s %s %s" % ((name, cut or "whole") + used(flash)))

    every_cut(before.reboot, lambda flash: attempt(flash, step), check)
    whole = before.reboot()
    attempt(whole, step)
    return whole


def flashed():
    flash = TornFlash(SECTORS * SECTOR)
    with Mounted(flash):
        for name in FLASHED:
            with open("/data/" + name, "wb") as file:
                file.write(read(name))
    return flash


def refuse_bad(before):
    for name in sorted(os.listdir(sys.argv[1])):
        if name[:4] == "bad.":
            flash = before.reboot()
            error = attempt(flash, lambda name=name: credentials.take_over(keyring(), read(name)))
            print("refused %s|%s|%s" % (name[4:], error, used(flash)[0]))


def lose_files(before):
    """A sign whose newest file is damaged uses the one before."""
    flash = before.reboot()
    with Mounted(flash), open("/data/" + credentials.RENEWED, "r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")
    print("damaged %s %s" % used(flash))
    with Mounted(flash):
        os.remove("/data/key.der")
    print("lost %s %s" % used(flash))


def collect():
    """Pieces in the wrong order, twice, of two transfers, and such as are none."""
    pieces = Pieces()
    for payload in (
        b"",
        b"\x01\x00\x01\x00\x01",
        b"\x02\x00\x01\x00\x01x",
        b"\x01\x00\x01\x02\x02x",
        b"\x01\x00\x01\x00\x00x",
        b"\x01\x00\x01\x00\xffx",
        b"\x01\x00\x01\x00\x01" + bytes(113),
    ):
        pieces.take(payload)
    print("collected nothing:", not pieces.are_whole())
    pieces.take(b"\x01\x00\x01\x00\x02old")
    pieces.take(b"\x01\x00\x02\x01\x02def")
    pieces.take(b"\x01\x00\x02\x01\x02def")
    print("collected half:", not pieces.are_whole())
    pieces.take(b"\x01\x00\x02\x00\x02abc")
    print("collected:", pieces.are_whole(), pieces.joined())


def interrupt():
    """A session that ends before all pieces are here."""
    made = keyring()
    made.take(b"\x01\x00\x01\x00\x02old")
    made.settle()
    print("interrupted:", made.error, made.pieces)


old = flashed()
new = read("renewal")
collect()
interrupt()
refuse_bad(old)
trial = cut_everywhere("take_over", old, lambda: credentials.take_over(keyring(), new))
settled = cut_everywhere("let_in", trial, lambda: credentials.judge(keyring(True)))
cut_everywhere("given_up", trial, lambda: credentials.judge(keyring(True, True)))
cut_everywhere("again", settled, lambda: credentials.take_over(keyring(), new))
lose_files(settled)
print("done")
