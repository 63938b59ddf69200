"""What the test of the audit's rows does to signs, rollouts, factors and providers: each step for real."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pyotp
from PIL import Image

from gangvakt.fleet import Answer, ReportedConfig, SignId
from gangvakt.provision.site_config import schema_hash
from gangvakt.provision.update_keys import UpdateKeys

from .apis import API, PASSWORD
from .office import MAC
from .rollout_street import NEW, OLD, WORD, an_update
from .support import NORTH, SOUTH
from .wire import NOW_MS

if TYPE_CHECKING:
    from pathlib import Path

    from .apis import Office
    from .test_audit_routes import Caller

HERE = {"municipality": "drammen", "site": "storgata", "sign": "north"}
OWNED = "/municipalities/{municipality}"
FAR_MS = 4_000_000_000_000


def let_signs_answer(office: Office) -> None:
    """Two signs keep what they are told, and answer every command."""
    orders = office.services.orders
    assert orders is not None
    office.hear(NORTH, SOUTH, fw=OLD)
    for sign in (NORTH, SOUTH):
        office.fleet.put_config(sign, ReportedConfig(3, schema_hash(), {}, ()), NOW_MS)

    async def keep(sign: SignId, data: bytes) -> bool:
        told = json.loads(data)
        reported = ReportedConfig(told["version"], told["schema"], told["values"], ())
        office.fleet.put_config(sign, reported, NOW_MS)
        return True

    async def answer(sign: SignId, data: bytes) -> bool:
        orders.commander.put(sign, Answer(json.loads(data)["id"], ok=True, answer="pong"))
        return True

    orders.configs._send, orders.commander._send = keep, answer


async def signs(call: Caller) -> None:
    sign = "/signs/{municipality}/{site}/{sign}"
    await call(f"POST {sign}/commands", {"verb": "ping"}, **HERE)
    await call(f"PUT {sign}/config", {"values": {"dim_pct": 70}}, **HERE)
    await call(f"PUT {sign}/config", {"values": {"dim_pct": 60}}, **HERE)
    versions = (await call.office.get(f"/signs/{NORTH}/config/history")).json()["items"]
    await call(f"POST {sign}/config/restore", {"version": versions[-1]["version"]}, **HERE)
    counted = await call("POST /municipalities/{municipality}/commands/count", {"verb": "ping"}, **HERE)
    go = "POST /municipalities/{municipality}/commands/go"
    await call(go, {"token": counted["token"]}, **HERE)
    await call.ended(go, 2)  # signs


async def plans(call: Caller) -> None:
    await call(f"PUT {OWNED}/config-templates/{{name}}", {"values": {"dim_pct": 55}}, **HERE, name="narrow")
    await call(f"PUT {OWNED}/config-groups/{{name}}", {"templates": ["narrow"]}, **HERE, name="all")
    await call(f"DELETE {OWNED}/config-groups/{{name}}", **HERE, name="all")
    await call(f"DELETE {OWNED}/config-templates/{{name}}", **HERE, name="narrow")
    plan, change = f"{OWNED}/config-plans", {"title": "dimmer", "changes": {"dim_pct": 50}}
    made = await call(f"POST {plan}", change, **HERE)
    await call(f"POST {plan}/{{number}}/schedule", {"due_ms": FAR_MS}, **HERE, number=made["id"])
    await call(f"POST {plan}/{{number}}/stop", {}, **HERE, number=made["id"])
    await call(f"POST {plan}/{{number}}/roll-back", {}, **HERE, number=made["id"])
    other = await call(f"POST {plan}", change, **HERE)
    await call(f"POST {plan}/{{number}}/dry-run", {}, **HERE, number=other["id"])
    await call(f"POST {OWNED}/config-dry-runs", {"changes": {"dim_pct": 50}}, **HERE)


async def rollouts(call: Caller, folder: Path) -> None:
    keys = UpdateKeys(folder / "update-keys")
    keys.create(WORD)
    new, back = an_update(keys, NEW), an_update(keys, OLD, replaces=1_005_000)
    numbers = [(await call("POST /artifacts", one.content))["id"] for one in (new, back)]
    plan = {"title": "app 1.5", "places": ["drammen"], "groups": ["all=100"]}
    made = await call("POST /rollouts", plan | {"artifacts": numbers[:1], "back": numbers[1:]})
    step = "POST /rollouts/{number}"
    await call(f"{step}/start", {"expected": made["signs"], "at_ms": FAR_MS}, number=made["id"])
    for word, body in (("pause", {}), ("resume", {}), ("abort", {}), ("roll-back", {"expected": 0})):
        await call(f"{step}/{word}", body, number=made["id"])


async def pictures(call: Caller) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "yellow").save(file, "JPEG")
    place, sign = HERE | {"sign": MAC}, "/signs/{municipality}/{site}/{sign}"
    photo = await call(f"POST {sign}/photos", file.getvalue(), **place)
    await call(f"DELETE {sign}/photos/{{number}}", **place, number=photo["id"])
    row = {"sign": f"drammen/storgata/{MAC}", "state": "in_service"}
    await call("POST /sign-files", {"rows": [row]})


async def providers(call: Caller) -> None:
    options = {"title": "Lier", "everybody": {"lier": "viewer"}}
    told = {"issuer": "https://id.example.no", "client_id": "gangvakt", "options": options}
    await call("PUT /login-providers/{name}", told, name="lier")
    await call("DELETE /login-providers/{name}", name="lier")


async def factors(call: Caller) -> None:
    """The last: from then on whoever asks has a new session."""
    await call.office.client.post(f"{API}/login", json={"user": "admin", "password": PASSWORD})
    begun = await call("POST /second-factor", {"password": PASSWORD})
    totp, now_s = pyotp.TOTP(begun["secret"]), call.office.services.auth.clock_s()
    done = await call("POST /second-factor/confirm", {"code": totp.at(now_s)})
    call.client.headers["Authorization"] = f"Bearer {done['token']}"
    codes = (await call("POST /second-factor/codes", {"code": done["codes"][0]}))["codes"]
    await call("POST /second-factor/remove", {"code": codes[0]})
