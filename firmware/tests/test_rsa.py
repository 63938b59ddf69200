"""A signature that another library made, for both interpreters: by a key that nobody has any more."""

import binascii
import hashlib

from sign.proto.rsa import KEY_BYTES, Signature

MESSAGE = b"a manifest"
MODULUS = binascii.unhexlify(
    "9c69ae9dab00608c560ed713d3e1a35740437fbf3035b0d864b4cb09be8d4b238f429195114ceb194959b65ac92f175c"
    "3a0240acd96892d6e294600b5c013ee884d5d6806cab096ffd630680eabae630a45154e8246dfa4d1c01df09a75f708d"
    "a3d7748127e69ffcb3aa811883d2708a1960a9878a8a9e216d3f652c06f012469ab508bf3289bd8dbca1c677d52cb5ec"
    "349c5c724a9c3e3e2b6fadd401a1e82f5c4796a830b15affbec9da511fa407755cf1ad34d5992e9a1b3ae349db481cea"
    "da0d8744e911d285cd100ade0a17cb7c799bb2daaccbff14feede96c74131a4ef0d0e5b36a4a750d3c48a9778b8e4768"
    "24531d3b894cbd827fadaba77cd81bc4377a9775c653e74fb98147507caaaf3e50b9cf469953414e6a8e0532bd29ed36"
    "bda998adc8409386bfd210a02cfff5d7963ac69f85fed003b0a329ffedc2ef3da05ece3caef0fea2fc18e2fd634ab717"
    "5c648c31375fe6122e8638302e847c661b872ae6f33aa46a6f292f4a3f3b65ff122d84f3250170df3d20880181879999"
)
SIGNATURE = binascii.unhexlify(
    "873056514facb86c63286f2f283a947b883a88d6204d73c0194f257160b4acac46f08863e4728d79ccf4abe9912a3913"
    "50fef0d9c6f5d849fcece6fb8c4166b63f1858ee61943c860cc4959de4c069c48d97266ca48b15523bc9a9320fddf35c"
    "354757addb4579e53364f72f32597288b6f2d4ba8fc579893d867b47d78afcc04864dbfdc0d42cf00421e892875d284b"
    "f26d641019313c8562337a78520f00797a548d9a4b561a0ade9f8d3ef48dbc27d530ebc0ebed2716db8e7dd10f99fdb1"
    "3b4e2ea4c8a10b728633bfa0dba2c5ef8b83d41ca3c7333788c3546f799f596d57f585080fe57b03e9e11fb6260e417d"
    "ce7d51fb9c64247a57222c6ea85763d0853d859ae7deee341ddf9a1f9e79035f7a577ac2eb56deb6a31e22278ba77ed2"
    "dd0dd42c30264021a44f19b39aac6a316b5acfbdd6172e6a84ba1eadbfa3ad98ab4827657bbac1ffff1396fcd281da17"
    "b543dd0a4010aa389192669ec5eecc8cb27e34a863cb1e0aa93a80b0104db557baadf3b35d34d750b591a46056a499eb"
)


def verified(signature=SIGNATURE, modulus=MODULUS, message=MESSAGE):
    found = Signature(signature, modulus)
    while found.step():
        pass
    return found.is_of(hashlib.sha256(message).digest())


def changed(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def test_a_true_signature_is_one():
    assert verified()


def test_of_another_message_it_is_none():
    assert not verified(message=b"A manifest")


def test_by_another_key_it_is_none():
    assert not verified(modulus=changed(MODULUS, KEY_BYTES - 1))


def test_no_bit_of_it_may_differ():
    for at in (0, 1, 100, KEY_BYTES - 1):
        assert not verified(signature=changed(SIGNATURE, at))


def test_what_is_too_long_or_too_short_or_too_large_is_none_and_takes_no_time():
    for wrong in (b"", SIGNATURE[1:], SIGNATURE + b"\0", b"\0" * KEY_BYTES, MODULUS, b"\xff" * KEY_BYTES):
        assert not verified(signature=wrong)
    assert not Signature(MODULUS, MODULUS).step()
    assert not verified(modulus=b"")


def test_it_takes_six_steps_for_each_multiplication():
    found, steps = Signature(SIGNATURE, MODULUS), 0
    while found.step():
        steps += 1
    assert steps == 6 * 17
