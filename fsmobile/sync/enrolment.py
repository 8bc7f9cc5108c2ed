"""Enrolling a laptop: its key is made here, its code is proved and never sent."""

from fsmobile import __version__
from fsmobile.core.ids import AgencyId, UnitId
from fsmobile.errors import (
    BadSignature,
    InvalidInput,
    NotAllowed,
    ProtocolMismatch,
    RegistryUnreachable,
)
from fsmobile.protocol.certificates import encode_certificate
from fsmobile.protocol.enrolment import (
    code_id,
    code_key,
    laptop_proof,
    registry_proof,
    same_proof,
)
from fsmobile.protocol.envelope import PROTOCOL
from fsmobile.protocol.key_succession import past_of
from fsmobile.protocol.messages import (
    Busy,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    Enrolled,
    EnrolRequest,
    Malformed,
)
from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.protocol.signatures import SigningKey, verify
from fsmobile.store.identity import Enrolment, load_enrolment, save_enrolment
from fsmobile.store.projections import rebuild_if_older
from fsmobile.store.replica import Replica


def enrol(
    replica: Replica, registry: RegistryApi, key: SigningKey, *, url: str, code: bytes, name: str
) -> Enrolment:
    """Make this laptop known to a registry, by a code.

    Raises:
        NotAllowed: it is enrolled already.
        InvalidInput: the code is wrong, was used, or is too old: three different codes.
        RegistryUnreachable: no answer that is the registry's.
        BadSignature: who answered does not know the code.
        ProtocolMismatch: the registry cannot take what this program sends, or this key.
    """
    known = load_enrolment(replica)
    if known is not None:
        raise NotAllowed("already_enrolled", unit=known.unit_id, url=known.registry_url)
    secret = code_key(code)
    answer = registry.enrol(
        EnrolRequest(
            protocol=PROTOCOL,
            app=__version__,
            code_id=code_id(code),
            public_key=key.public,
            box_key=key.box.public,
            name=name,
            proof=laptop_proof(secret, key.public, key.box.public, name),
        )
    )
    match answer:
        case CodeUnknown():
            raise InvalidInput("enrolment_code_unknown")
        case CodeUsed():
            raise InvalidInput("enrolment_code_used")
        case CodeExpired():
            raise InvalidInput("enrolment_code_expired")
        case Enrolled():
            return _keep(replica, answer, secret, url)
        case Malformed(reason=reason):
            raise ProtocolMismatch("request_malformed", detail=reason)
        case Busy(after=after):
            raise RegistryUnreachable("registry_busy", after=after)


def _keep(replica: Replica, answer: Enrolled, secret: bytes, url: str) -> Enrolment:
    expected = registry_proof(
        secret, answer.device_id, answer.registry_key, answer.registry_box_key, answer.unit
    )
    if not same_proof(expected, answer.proof):
        raise BadSignature("enrolment_not_proved")
    certificate = answer.certificate
    if not verify(answer.registry_key, certificate.message(), certificate.signature):
        raise BadSignature("certificate_not_signed")
    enrolment = Enrolment(
        registry_url=url,
        registry_key=answer.registry_key,
        registry_box_key=answer.registry_box_key,
        certificate=encode_certificate(answer.certificate),
        device_id=answer.device_id,
        unit_id=UnitId(answer.unit),
        agency_id=AgencyId(answer.agency),
        role=answer.role,
        # The registry's word: another laptop of the bus may have had the name asked for.
        name=certificate.name,
        succession=past_of(answer.registry_key, answer.succession),
    )
    save_enrolment(replica, enrolment, answer.epoch, answer.now)
    # From the first day: a store that does not say who made its projections has old ones.
    rebuild_if_older(replica)
    return enrolment
