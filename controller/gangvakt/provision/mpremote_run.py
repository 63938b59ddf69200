"""The real mpremote, run as a child: a board's interpreter, and its flash as the sign sees it."""

from __future__ import annotations

import threading

from gangvakt.errors import BoardSilent, ToolFailed
from gangvakt.provision.esptool_words import AGAIN, trouble
from gangvakt.provision.image import SLOT
from gangvakt.provision.installed import Installed
from gangvakt.provision.tool_run import Ended, Limits, for_port, run_tool

MODULE = "mpremote"
LIMITS = Limits(silence_s=30, overall_s=90)
END = "inspected"

# Runs on the board after the soft reset that mpremote makes, the app stopped and the watchdog fed by boot.py.
# The app's data partition is mounted for reading only; nothing but digests leaves the board.
SCRIPT = f"""
import sys, os, vfs, hashlib, binascii
from esp32 import Partition
def hexed(h): return binascii.hexlify(h.digest()).decode()
def of_file(path):
    h, block = hashlib.sha256(), bytearray(1024)
    with open(path, "rb") as file:
        while True:
            n = file.readinto(block)
            if not n: return hexed(h)
            h.update(memoryview(block)[:n])
def of_slot(part):
    h, block = hashlib.sha256(), bytearray(4096)
    for n in range(part.ioctl(4, 0)):
        part.readblocks(n, block)
        h.update(block)
    return hexed(h)
def walk(path):
    for entry in os.ilistdir(path or "/"):
        inner = path + "/" + entry[0]
        if inner in ("/a", "/b"): continue
        if entry[1] & 0x4000: walk(inner)
        else: print("file", of_file(inner), inner)
print("version", ".".join(str(n) for n in sys.implementation.version[:3]))
print("machine", os.uname().machine)
try: vfs.mount(vfs.VfsLfs2(Partition.find(Partition.TYPE_DATA, label="data")[0]), "/data", readonly=True)
except OSError as error: print("data", error)
walk("")
print("file", of_slot(Partition.find(Partition.TYPE_DATA, label="{SLOT}")[0]), "{SLOT}")
print("{END}")
"""


def inspect(port: str, stop: threading.Event | None = None) -> Installed:
    """Stop the app, look at everything, and reset the board. BoardTrouble when it does not answer."""
    module, arguments = for_port(port, MODULE, ("connect", port, "exec", SCRIPT, "+", "reset"))
    return parse(port, run_tool(module, arguments, LIMITS, stop=stop))


def parse(port: str, ended: Ended) -> Installed:
    """What SCRIPT printed; BoardTrouble when it did not come to its end."""
    if ended.code is None:
        raise BoardSilent(port, f"mpremote heard nothing for {ended.too_long:.0f} s", f"press reset, {AGAIN}")
    if ended.code != 0:
        raise trouble(port, MODULE, ended.lines)
    said = [line.partition(" ") for line in ended.lines]
    if END not in ended.lines:
        raise ToolFailed(port, "the inspection did not come to its end", f"press reset, {AGAIN}")
    words = {key: rest for key, _, rest in said if key in ("version", "machine")}
    files = (rest.partition(" ") for key, _, rest in said if key == "file")
    digests = {path: digest for digest, _, path in files}
    return Installed(words.get("version", "?"), words.get("machine", "?"), digests)
