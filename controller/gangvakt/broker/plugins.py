"""The rules of `identity` and `acl` as plugins of amqtt."""

from __future__ import annotations

from amqtt.contexts import Action as AmqttAction
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from cryptography import x509

from gangvakt.broker.acl import Action, may
from gangvakt.broker.identity import Identity, identify, peer_certificate
from gangvakt.provision.certificates import common_name

# Where a session keeps who it is and by which certificate; set at log-in, read for every message.
IDENTITY = "gangvakt.identity"
CERTIFICATE = "gangvakt.certificate"


def identity_of(session: Session | None) -> Identity | None:
    """Who a logged-in session is."""
    found = session.attributes.get(IDENTITY) if session else None
    return found if isinstance(found, Identity) else None


def certificate_of(session: Session | None) -> x509.Certificate | None:
    """By which certificate a session has logged in."""
    found = session.attributes.get(CERTIFICATE) if session else None
    return found if isinstance(found, x509.Certificate) else None


class CertificateAuthPlugin(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Lets in who has a certificate of ours, under the client id it names, with a will it may publish."""

    async def authenticate(self, *, session: Session) -> bool:
        certificate = peer_certificate(session.ssl_object)
        identity = identify(common_name(certificate)) if certificate else None
        if identity is None or not identity.owns_client_id(session.client_id or ""):
            return False
        if session.will_flag and not may(identity, Action.PUBLISH, session.will_topic or ""):
            return False
        session.attributes[IDENTITY] = identity
        session.attributes[CERTIFICATE] = certificate
        return True


class TopicAclPlugin(BaseTopicPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Every publish, subscribe and delivery goes through `acl.may`."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: AmqttAction | None = None
    ) -> bool:
        identity = identity_of(session)
        if identity is None or topic is None or action is None:
            return False
        return may(identity, Action(action.value), topic)
