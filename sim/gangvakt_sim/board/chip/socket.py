"""socket as the stock image shows it: lwIP's names and numbers (corpus: socket_facts), over _sock."""

from _chk import no_name as __getattr__  # noqa: F401
from _dns import getaddrinfo  # noqa: F401
from _sock import socket  # noqa: F401

AF_INET = 2
AF_INET6 = 10
SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3
IPPROTO_IP = 0
IPPROTO_TCP = 6
IPPROTO_UDP = 17
SOL_SOCKET = 4095
SO_REUSEADDR = 4
SO_BROADCAST = 32
SO_BINDTODEVICE = 4107
IP_ADD_MEMBERSHIP = 3
TCP_NODELAY = 1
MSG_PEEK = 1
MSG_DONTWAIT = 8
