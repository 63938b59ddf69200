"""TLS on the virtual board: one long stall a session, and the chip's own clock judging certificates."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.stalls import Stalls

TIMEOUT_S = 30
HANDSHAKE_STALL_MS = 910

CLIENT = """
import network, socket, ssl, time
from machine import RTC, Timer
w = network.WLAN(network.STA_IF); w.active(True); w.connect('street', 'password1')
while not w.isconnected(): time.sleep_ms(20)
def read(name):
    with open(name, 'rb') as f: return f.read()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata=read('/ca.der'))
context.load_cert_chain(read('/cert.der'), read('/key.der'))
PORT = {port}
{clock}
{then}
print('end')
"""
SET_CLOCK = "RTC().datetime((2026, 6, 1, 0, 12, 0, 0, 0))"
CONNECT = """
s = socket.socket(); s.connect(('127.0.0.1', PORT))
try:
    t = context.wrap_socket(s, server_hostname='localhost'); t.write(b'hi'); print('answer', t.read(2))
except OSError as e: print('refused', e.args)
"""
CONNECT_ASYNC = """
import asyncio
async def go():
    r, w = await asyncio.open_connection('127.0.0.1', PORT, ssl=context, server_hostname='localhost')
    w.write(b'hi'); await w.drain(); print('answer', await r.readexactly(2))
asyncio.run(go())
"""
WATCH = "seen = [time.ticks_ms()]; Timer(0, period=10, callback=lambda t: seen.append(time.ticks_ms()))"
GAP = "print('gap', max(time.ticks_diff(b, a) for a, b in zip(seen, seen[1:])) >= {ms})"


@dataclass(frozen=True)
class Party:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def der(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self.certificate.public_bytes(Encoding.PEM) + key


def certify(name: str, by: Party | None = None) -> Party:
    """A certificate valid from 2026 to 2046, signed `by` an authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2026, 1, 1))
        .not_valid_after(datetime.datetime(2046, 1, 1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by.key if by else key, hashes.SHA256())
    )
    return Party(key, certificate)


@dataclass(frozen=True)
class Service:
    """An echo over mutual TLS, and what a client needs to reach it."""

    port: int
    files: dict[str, bytes]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    authority = certify("authority")
    client = certify("sign", authority)
    Path(tmp_path, "server.pem").write_bytes(certify("localhost", authority).pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    context.load_verify_locations(cadata=authority.certificate.public_bytes(Encoding.DER))
    context.verify_mode = ssl.CERT_REQUIRED
    files = {
        "/ca.der": authority.certificate.public_bytes(Encoding.DER),
        "/cert.der": client.certificate.public_bytes(Encoding.DER),
        "/key.der": client.der(),
    }
    with EchoServer(context) as echo:
        yield Service(echo.port, files)


class EchoServer:
    """Echoes one message of each client, in a thread."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._context = context
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> EchoServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT_S)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(TIMEOUT_S)
            try:
                with plain, self._context.wrap_socket(plain, server_side=True) as client:
                    client.sendall(client.recv(100))
            except OSError:
                continue


def talk(service: Service, tmp_path: Path, then: str, clock: str = SET_CLOCK) -> str:
    """What a board prints that runs CLIENT with stalls switched on."""
    spec = load_board("virtual")
    main = CLIENT.format(port=service.port, clock=clock, then=then).encode()
    flash = tmp_path / "flash.bin"
    image = littlefs_image(spec.partition("vfs"), {"/main.py": main, **service.files})
    flash.write_bytes(merge_flash(spec, {"vfs": image}))
    with VirtualBoard(spec, flash, stalls=Stalls.default(), wifi={"street": "password1"}) as board:
        return board.output.wait_for("end", TIMEOUT_S)


@pytest.mark.parametrize("connect", [CONNECT, CONNECT_ASYNC], ids=["blocking", "asyncio"])
def test_handshake_is_one_stall_without_callbacks(service: Service, tmp_path: Path, connect: str) -> None:
    printed = talk(service, tmp_path, "\n".join((WATCH, connect, GAP.format(ms=HANDSHAKE_STALL_MS))))
    assert "answer b'hi'" in printed
    assert "gap True" in printed


def test_clock_in_the_year_2000_refuses_every_certificate(service: Service, tmp_path: Path) -> None:
    printed = talk(service, tmp_path, CONNECT, clock="")
    assert "refused (-9984, 'MBEDTLS_ERR_X509_CERT_VERIFY_FAILED')" in printed


@pytest.mark.parametrize("second", ["before", "behind"])
def test_a_second_authority_is_trusted_beside_the_first(
    service: Service, tmp_path: Path, second: str
) -> None:
    other = certify("another authority").certificate.public_bytes(Encoding.DER)
    first = service.files["/ca.der"]
    loaded, added = (other, first) if second == "before" else (first, other)
    service.files.update({"/ca.der": loaded, "/ca2.der": added})
    printed = talk(service, tmp_path, f"context.load_verify_locations(cadata=read('/ca2.der'))\n{CONNECT}")
    assert "answer b'hi'" in printed


def test_only_authorities_that_were_loaded_are_trusted(service: Service, tmp_path: Path) -> None:
    service.files["/ca.der"] = certify("another authority").certificate.public_bytes(Encoding.DER)
    printed = talk(service, tmp_path, CONNECT.replace("except OSError", "except ValueError"))
    assert "The certificate is not correctly signed by the trusted CA" in printed


def test_session_takes_the_memory_of_a_chip_and_gives_it_back(service: Service, tmp_path: Path) -> None:
    measure = """
import gc
gc.collect(); free = gc.mem_free()
s = socket.socket(); s.connect(('127.0.0.1', PORT))
t = context.wrap_socket(s, server_hostname='localhost')
gc.collect(); print('cost', 33 <= (free - gc.mem_free()) // 1000 <= 42)
t.close(); t = None; gc.collect(); print('back', free - gc.mem_free() < 3000)
"""
    printed = talk(service, tmp_path, measure)
    assert "cost True" in printed
    assert "back True" in printed
