"""The registry's routes: bounds, refusals, and what they never tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from gangvakt.api import Health, Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.api.passwords import Passwords
from gangvakt.fleet import LiveFleet
from gangvakt.ingest.messages import parse_status
from gangvakt.provision.wire import Issued

from .bundles import a_bundle
from .office import MAC, OTHER_MAC, OTHER_SITE, REPORT, SIGN, SITE, Asked, Desk, a_desk, a_request
from .wire import status

API = "/api/v1"
ONE = f"/registrations/{SIGN}"
PSK = "not-a-secret-here"
FINGERPRINT = "0" * 64
TOO_LONG = {"x": "y" * 20_000}


class Rig:
    """A client that is logged in, and the registry behind it."""

    def __init__(self, client: httpx.AsyncClient, desk: Desk, fleet: LiveFleet) -> None:
        self.client, self.desk, self.fleet = client, desk, fleet

    async def begin(self, **options: object) -> Asked:
        answer = await self.client.post("/registrations", json=a_request(**options).model_dump())  # type: ignore[arg-type]
        assert answer.status_code == 201, answer.text
        return Asked(Issued.model_validate_json(answer.content))

    async def refusal(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        answer = await self.client.request(method, path, json=body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "\n" not in answer.json()["detail"]
        return answer.status_code, answer.json()["detail"]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with a_desk(tmp_path) as desk:
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        auth, fleet = AuthService(desk.store.staff, b"k" * 32, passwords), LiveFleet()
        login = await auth.login("admin", await auth.first_password() or "", "1.2.3.4")
        login = await auth.change_password(login, "correct horse battery")
        services = Services(fleet, desk.store.events, auth, lambda: Health(True, True), desk.registry)
        headers = {"Authorization": f"Bearer {login.token}"}
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://test{API}", headers=headers
        ) as client:
            yield Rig(client, desk, fleet)


async def test_a_board_becomes_a_sign_over_the_api(rig: Rig) -> None:
    asked = await rig.begin()
    confirmed = await rig.client.post(f"{ONE}/confirm", json=asked.confirm.model_dump())
    assert confirmed.json()["state"] == "registered"
    told = (await rig.client.get(ONE)).json()
    assert (told["mac"], told["report"], told["online"]) == (MAC, REPORT, False)
    assert [one["sign"] for one in (await rig.client.get("/registrations")).json()["items"]] == [str(SIGN)]
    of_other = await rig.client.get("/registrations", params={"site": str(OTHER_SITE)})
    assert of_other.json() == {"items": [], "next": None}
    revoked = await rig.client.post(f"{ONE}/revoke")
    assert revoked.json()["state"] == "revoked"


async def test_a_sign_is_online_with_its_new_identity_only(rig: Rig) -> None:
    asked = await rig.begin()
    for incarnation, online in (("00000000", False), (asked.issued.incarnation, True)):
        read = parse_status(status() | {"incarnation": incarnation})
        assert read is not None
        rig.fleet.put_status(SIGN, read, 1)
        assert (await rig.client.get(ONE)).json()["online"] is online
    rig.fleet.put_offline(SIGN, 2)
    assert (await rig.client.get(ONE)).json()["online"] is False


async def test_what_was_abandoned_is_over(rig: Rig) -> None:
    asked = await rig.begin()
    assert (await rig.client.post(f"{ONE}/abandon", json=asked.abandon.model_dump())).status_code == 204
    code, detail = await rig.refusal("POST", f"{ONE}/confirm", asked.confirm.model_dump())
    assert (code, "abandoned" in detail) == (409, True)


async def test_a_site_is_told_without_its_secrets(rig: Rig) -> None:
    site = {
        "site": "drammen/ny",
        "title": "Ny",
        "brokers": [["signs.example.no", 8883]],
        "wifi": {"ssid": "Signs", "psk": PSK},
    }
    made = await rig.client.post("/sites", json=site)
    assert made.status_code == 201
    changed = await rig.client.patch("/sites/drammen/ny", json={"config": {"mode": "shadow"}})
    assert (changed.json()["config_version"], changed.json()["ssid"]) == (2, "Signs")
    listed = await rig.client.get("/sites")
    one = await rig.client.get("/sites/drammen/ny")
    assert one.json() in listed.json()["items"]
    assert one.json()["address"] == "https://signs.example.no"
    for answer in (made, changed, listed, one):
        assert PSK not in answer.text
        assert "group_key" not in answer.text
    cable = await rig.client.patch("/sites/drammen/ny", json={"cable": True})
    assert cable.json()["ssid"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "said"),
    [
        ("GET", "/sites/drammen/nowhere", None, 404, "no site drammen/nowhere"),
        ("GET", ONE, None, 404, "no registered sign"),
        ("POST", f"{ONE}/revoke", None, 404, "no registered sign"),
        ("POST", f"{ONE}/confirm", {"fingerprint": FINGERPRINT}, 409, "nothing was begun"),
        ("POST", f"{ONE}/confirm", {"fingerprint": "x"}, 422, "fingerprint"),
        (
            "POST",
            f"{ONE}/confirm",
            {"fingerprint": FINGERPRINT, "report": TOO_LONG},
            422,
            "report",
        ),
        ("POST", "/sites", {"site": str(SITE), "title": "x", "brokers": [["h", 1]]}, 409, "site set"),
        ("POST", "/sites", {"site": "a/b", "title": "x", "brokers": [["h", 0]]}, 422, "brokers"),
        ("POST", "/sites", {"site": "a/b", "title": "x", "brokers": [["no host", 1]]}, 422, "no host"),
        ("POST", "/sites", {"site": "a", "title": "x", "brokers": [["h", 1]]}, 422, "municipality/site"),
        ("POST", "/sites", {"site": "a/b", "title": "x\n", "brokers": [["h", 1]]}, 422, "title"),
        ("PATCH", f"/sites/{SITE}", {"config": {"lead_ms": 1}}, 422, "lead_ms is 1; allowed: 500..10000"),
        ("PATCH", f"/sites/{SITE}", {"address": "ftp://x"}, 422, "address"),
        ("PATCH", f"/sites/{SITE}", {"colour": "red"}, 422, "colour"),
        ("POST", "/bundles/0123abcd/revoke", None, 404, "no bundle 0123abcd"),
        ("POST", "/bundles/nonsense/revoke", None, 422, "bundle"),
        ("POST", "/bundles/0123abcd/sync", {"entries": [{}]}, 422, "certificate"),
        ("GET", "/registrations?site=x", None, 422, "municipality/site"),
    ],
)
async def test_a_refusal_is_one_line_that_says_what_to_do(
    rig: Rig, method: str, path: str, body: object, code: int, said: str
) -> None:
    answered, detail = await rig.refusal(method, path, body)
    assert answered == code
    assert said in detail


async def test_a_bad_request_for_a_certificate_is_refused(rig: Rig) -> None:
    good = a_request().model_dump()
    for change, said in (
        ({"csr": "nonsense"}, "csr"),
        ({"mac": "30:ae"}, "mac"),
        ({"board": "No Board"}, "board"),
        ({"site": None}, "--site"),
        ({"replaces": str(SIGN)}, "no registered sign"),
    ):
        code, detail = await rig.refusal("POST", "/registrations", good | change)
        assert code in (404, 422)
        assert said in detail
    assert await rig.desk.states() == []


async def test_a_board_that_is_a_sign_takes_no_other_sign_s_place(rig: Rig) -> None:
    await rig.desk.register()
    other = await rig.desk.register(OTHER_MAC)
    code, detail = await rig.refusal(
        "POST", "/registrations", a_request(OTHER_MAC, replaces=SIGN).model_dump()
    )
    assert code == 409
    assert f"take another board, or revoke that sign first with `gangvakt sign revoke {other.sign}`" in detail
    assert "--again" not in detail


async def test_a_refused_wifi_key_is_not_repeated(rig: Rig) -> None:
    for ssid, psk in (("x", "tiny"), ("x" * 40, PSK), ("x", ["tiny"])):
        answer = await rig.client.patch(f"/sites/{SITE}", json={"wifi": {"ssid": ssid, "psk": psk}})
        assert answer.status_code == 422
        assert "tiny" not in answer.text
        assert PSK not in answer.text


async def test_a_bundle_is_listed_synchronised_and_revoked(rig: Rig, tmp_path: Path) -> None:
    bundle = await a_bundle(rig.desk, tmp_path)
    issuer = bundle.issuer()
    issuer.confirm(issuer.begin(str(SITE), OTHER_MAC, "virtual", again=False).sign, REPORT)
    told = {"entries": [entry.model_dump() for entry in bundle.entries()]}
    answers = [(await rig.client.post(f"/bundles/{bundle.id}/sync", json=told)).json() for _ in range(2)]
    assert [answer["results"][0]["result"] for answer in answers] == ["registered", "known"]
    (listed,) = (await rig.client.get("/bundles")).json()["items"]
    assert (listed["id"], listed["used"], listed["revoked_ms"]) == (bundle.id, 1, None)
    revoked = (await rig.client.post(f"/bundles/{bundle.id}/revoke")).json()
    assert revoked["revoked_ms"] == rig.desk.now_ms[0]


async def test_what_belongs_to_another_municipality_is_not_there(rig: Rig, tmp_path: Path) -> None:
    bundle = await a_bundle(rig.desk, tmp_path)
    await rig.desk.register()
    await rig.desk.store.staff.set_municipalities("admin", frozenset({"baerum"}))
    for path in ("/sites", "/registrations", "/bundles"):
        assert (await rig.client.get(path)).json() == {"items": [], "next": None}
    for path, body in (
        ("/sites", {"site": "drammen/ny", "title": "Ny", "brokers": [["h", 1]]}),
        ("/registrations", a_request(OTHER_MAC).model_dump()),
        ("/registrations", a_request(OTHER_MAC, replaces=SIGN).model_dump()),
        (f"/bundles/{bundle.id}/revoke", None),
        (f"/bundles/{bundle.id}/sync", {"entries": []}),
        (f"/registrations/{SIGN}/revoke", None),
    ):
        assert (await rig.client.post(path, json=body)).status_code in (404, 422), path
    await rig.desk.store.staff.set_municipalities("admin", frozenset({"drammen"}))
    assert [one["id"] for one in (await rig.client.get("/bundles")).json()["items"]] == [bundle.id]
    assert await rig.desk.state() == "registered"


async def test_a_description_is_changed_by_whoever_has_read_it(rig: Rig) -> None:
    path, body = f"/sites/{SITE}/file", {"street": "<b>Storgata</b>", "speed_limit_kmh": 50}
    read = await rig.client.get(path)
    assert (read.json()["version"], read.headers["etag"]) == (0, '"0"')
    assert (await rig.refusal("PUT", path, body))[0] == 428
    put = await rig.client.put(path, json=body, headers={"If-Match": '"0"'})
    assert (put.json()["street"], put.headers["etag"]) == ("<b>Storgata</b>", '"1"')
    for tag, code in (('"0"', 412), ("W/x", 422)):
        refused = await rig.client.put(path, json=body, headers={"If-Match": tag})
        assert (refused.status_code, refused.headers["content-type"]) == (code, "application/problem+json")
    assert [one["site"] for one in (await rig.client.get("/site-files")).json()["items"]] == [
        str(SITE),
        str(OTHER_SITE),
    ]
    await rig.desk.store.staff.set_municipalities("admin", frozenset({"baerum"}))
    assert (await rig.client.get(path)).status_code == 404
    row = {"site": str(SITE), "street": "another's"}
    assert (await rig.client.post("/site-files", json={"rows": [row]})).status_code == 404
    for listed in ("/site-files", "/municipalities"):
        assert (await rig.client.get(listed)).json() == {"items": [], "next": None}


async def test_a_signs_file_names_who_did_what(rig: Rig) -> None:
    await rig.desk.register()
    one = f"/signs/{SIGN}"
    assert (await rig.client.post(f"{one}/state", json={"state": "commissioned"})).status_code == 200
    code, detail = await rig.refusal("POST", f"{one}/state", {"state": "enrolled"})
    assert (code, "allowed after commissioned" in detail) == (409, True)
    part = await rig.client.post(f"{one}/parts", json={"kind": "radar", "serial": "1"})
    await rig.client.post(f"{one}/repairs", json={"text": "lamp"})
    await rig.client.post(f"{one}/notes", json={"text": "see <i>it</i>"})
    assert (await rig.client.delete(f"{one}/parts/{part.json()['id']}")).status_code == 204
    told = (await rig.client.get(f"{one}/file")).json()
    assert {entry["who"] for kind in ("steps", "repairs", "notes") for entry in told[kind]} == {"admin"}
    assert told["board"] == "esp32-devkitc"
    assert (await rig.refusal("POST", f"{one}/photos?text=x", {"no": "picture"}))[0] == 422
    assert (await rig.refusal("GET", f"{one}/photos/1"))[0] == 404
