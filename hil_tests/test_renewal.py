"""A sign gets its next certificate over the session it has, from an authority that has just taken over."""

from datetime import UTC, datetime

from hil_tests.conftest import SIGN
from hil_tests.controller import Controller
from hil_tests.rig import Rig, wait_until

from gangvakt.provision.authority import succeed
from gangvakt.provision.certificates import fingerprint, is_issued_by
from gangvakt.provision.pki import new_authority
from gangvakt.upkeep.renewal import pack, pieces

ONLINE_S = 40


def wait_online(controller: Controller, beside: object = None) -> str:
    """Fingerprint of the certificate by which the sign is online; another one than `beside`."""

    def known() -> str:
        certificate = controller.certificate_of(SIGN)
        return fingerprint(certificate) if certificate else ""

    wait_until(lambda: known() not in ("", beside), ONLINE_S, "sign online")
    return known()


def last_status(controller: Controller) -> dict:
    return [status for status in controller.on("/status") if status["online"]][-1]


def error_of(controller: Controller) -> str | None:
    return last_status(controller).get("renewal_error")


def wait_told(controller: Controller, mark: str) -> None:
    """Until the sign itself says that it uses the certificate."""
    wait_until(lambda: last_status(controller)["certificate"] == mark[:16], ONLINE_S, "status with the mark")


def test_a_sign_moves_to_the_next_authority_and_stays_there_over_a_power_cut(
    rig: Rig, enrolled: dict[str, bytes], controller: Controller
) -> None:
    rig.start(enrolled)
    old = wait_online(controller)
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    before = controller.pki.authority.certificate
    succeed(controller.pki.folder, new_authority(datetime.now(UTC), before), None)
    controller.take_over()
    assert controller.renew() == (SIGN,)
    new = wait_online(controller, beside=old)
    wait_told(controller, new)
    certificate = controller.certificate_of(SIGN)
    assert certificate is not None
    assert is_issued_by(certificate, controller.pki.authority.certificate)
    assert controller.renew() == ()
    rig.power_cycle()
    wait_until(lambda: last_status(controller)["boot"] == 2, ONLINE_S, "status of the second boot")
    assert wait_online(controller) == new


def test_a_new_certificate_that_does_not_get_in_is_given_up_for_the_old_one(
    rig: Rig, enrolled: dict[str, bytes], controller: Controller
) -> None:
    rig.start(enrolled)
    old = wait_online(controller)
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    unwanted = controller.pki.issue_sign(SIGN)
    controller.revoked.add(fingerprint(unwanted.certificate))
    authorities = controller.pki.authority_files().values()
    not_in, damaged = "the broker does not let the new certificate in", "checksum"
    for spoilt, said in ((False, not_in), (True, damaged)):
        renewal = bytearray(pack(unwanted, authorities, int(datetime.now(UTC).timestamp())))
        renewal[-1] ^= spoilt
        controller.send_renewal(SIGN, tuple(pieces(bytes(renewal))))
        wait_until(lambda said=said: error_of(controller) == said, ONLINE_S, said)
        assert last_status(controller)["certificate"] == old[:16]
        assert wait_online(controller) == old
