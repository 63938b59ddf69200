"""Names and addresses: what getaddrinfo() answers and which addresses lead anywhere.

Only 127.0.0.0/8 exists. Each board has its own address there, so that boards do not take each other's ports;
127.0.0.1 is the world outside, except on ports where this chip itself listens. All else is unreachable. Names
are those of the host's table; any other waits for a resolver that never answers (stalls.toml: dns).
"""

from errno import EHOSTUNREACH

import micropython
import usocket

import _chip
import _ifconf
import _link
import _radio
import _regs as R
from _chk import as_str, fixed_tuple

_AF_INET = 2
_EAI_FAIL = -202
_EAI_SERVICE = -201
_NO_ANSWER_US = 5_000_000
_LOOPBACK = "127.0.0.1"

# Ports on which sockets of this chip are bound; one entry a socket.
own_ports = []


@micropython.native
def _is_dotted(host):
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


@micropython.native
def _port_number(port):
    if isinstance(port, int):
        return port & 0xFFFF
    if not as_str(port).isdigit():
        raise OSError(_EAI_SERVICE)
    return int(port) & 0xFFFF


@micropython.native
def resolve(host):
    """Return the dotted address of `host`; OSError(-202), with a link only after five seconds."""
    host = as_str(host)
    if host == "":
        return "0.0.0.0"
    if _is_dotted(host):
        return host
    if host == "localhost":
        return _LOOPBACK
    is_up = _link.is_up()
    if is_up and host in _radio.host_table():
        return _radio.host_table()[host]
    if is_up and _chip.get(R.STALL_ON):
        _chip.listed_stall_us(_NO_ANSWER_US)
    raise OSError(_EAI_FAIL)


@micropython.native
def getaddrinfo(host, port, *_hints):
    """Return one (family, type, protocol, name, (address, port))."""
    number = _port_number(port)
    address = resolve(host)
    return [(_AF_INET, 1, 0, host or "0.0.0.0", (address, number))]


@micropython.native
def address_pair(address):
    """Return (dotted address, port number) of a user's (host, port) tuple."""
    host, port = fixed_tuple(address, 2)
    number = _port_number(port)
    return resolve(host), number


@micropython.native
def is_own(pair):
    """Return True when a destination is this chip itself."""
    host, port = pair
    return host == _ifconf.OWN_ADDRESS or (host.startswith("127.") and port in own_ports)


@micropython.native
def reachable(pair):
    """Return the kernel's address of a destination; OSError(EHOSTUNREACH) for anything but this machine."""
    host, port = pair
    if not host.startswith("127."):
        raise OSError(EHOSTUNREACH)
    return usocket.getaddrinfo(_ifconf.OWN_ADDRESS if is_own(pair) else host, port)[0][-1]


@micropython.native
def bindable(pair):
    """Return the kernel's address to listen on, whichever interface is meant: the board's own."""
    return usocket.getaddrinfo(_ifconf.OWN_ADDRESS, pair[1])[0][-1]


@micropython.native
def shown(kernel_address):
    """Return the kernel's address of a peer as (address, port); the chip itself is localhost."""
    _family, numbers, port = usocket.sockaddr(kernel_address)
    host = "%d.%d.%d.%d" % tuple(numbers)
    return _LOOPBACK if host == _ifconf.OWN_ADDRESS else host, port


@micropython.native
def is_served(kernel_address):
    """Return True when somebody on this machine listens there, found out without talking to them."""
    probe = usocket.socket()
    try:
        probe.bind(kernel_address)
    except OSError as error:
        return error.errno == 98
    finally:
        probe.close()
    return False
