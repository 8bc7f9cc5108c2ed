"""The network of a simulated world: loses, doubles, delays and alters what passes."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.envelope import seal
from fsmobile.protocol.messages import Answered, Busy, EnrolAnswer, EnrolRequest
from fsmobile.protocol.snapshots import SnapshotOffer
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshots import admit
from fsmobile.simulation import invariants
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.state import WorldState

LATE_MAX = 5
RETRY_SECONDS = 20


@dataclass(frozen=True, slots=True)
class DirectLink:
    """The registry's service without HTTP, which says by itself when it cannot write."""

    service: RegistryService

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Hand an enrolment over."""
        return self.service.enrol(request)

    def sync(self, envelope: bytes) -> bytes:
        """Answer a request, as `registry.app` does around the service."""
        try:
            return self.service.sync(envelope)
        except SQLAlchemyError:
            busy = Answered(counter=0, answer=Busy(after=RETRY_SECONDS))
            return seal(messages.encode(busy), self.service.key.sign)


@dataclass
class Network:
    """The registry as a laptop sees it through a bad link."""

    world: WorldState

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Hand an enrolment over; nothing strikes it."""
        return self.world.link.enrol(request)

    def sync(self, envelope: bytes) -> bytes:
        """Carry a request there and its answer back, or not.

        Raises:
            RegistryUnreachable: the request, the answer or the registry was lost.
        """
        world, faults = self.world, self.world.faults
        if faults.strikes("request_lost"):
            raise RegistryUnreachable("registry_unreachable")
        if faults.strikes("registry_busy"):
            busy = Answered(counter=0, answer=Busy(after=RETRY_SECONDS))
            return seal(messages.encode(busy), world.registry.key.sign)
        world.late = [*world.late, envelope][-LATE_MAX:]
        altering = faults.random("altered")
        sent = altered(envelope, altering) if faults.strikes("altered") else envelope
        answer = self.deliver(sent)
        if faults.strikes("doubled"):
            second = self.deliver(sent)
            answer = faults.random("doubled").choice([answer, second])
        if faults.strikes("reply_lost"):
            raise RegistryUnreachable("registry_too_slow")
        return altered(answer, altering) if faults.strikes("altered") else answer

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        """Yield a history from a byte on; the link may be cut anywhere.

        Raises:
            RegistryUnreachable: it was cut; what was yielded is good.
        """
        world = self.world
        if world.faults.strikes("request_lost"):
            raise RegistryUnreachable("registry_unreachable")
        sealed = b64decode(authorisation.partition(" ")[2])
        try:
            offer = admit(world.registry.storage, sealed, world.registry_clock.now_ms())
        except (Crash, SQLAlchemyError) as error:
            raise RegistryUnreachable("registry_unreachable") from error
        if isinstance(offer, int) or offer.scope != scope:
            return None
        return self._pieces(offer, start)

    def _pieces(self, offer: SnapshotOffer, start: int) -> Iterator[bytes]:
        world = self.world
        while start < offer.size:
            with world.registry.storage.reading() as transaction:
                piece = transaction.read_piece(offer.scope, offer.gsn, start)
            if not piece:
                return
            if world.faults.strikes("reply_lost"):
                yield piece[: world.faults.random("reply_lost").randrange(len(piece))]
                raise RegistryUnreachable("registry_too_slow")
            yield piece
            start += len(piece)
        world.marks["history loaded"] += 1

    def deliver(self, envelope: bytes) -> bytes:
        """Hand a request to the registry, which may die of it, and check what it says."""
        world = self.world
        try:
            answer = world.link.sync(envelope)
        except Crash as crash:
            world.marks["registry crashed"] += 1
            raise RegistryUnreachable("registry_unreachable") from crash
        invariants.check_answer(world, answer, envelope)
        return answer


def altered(message: bytes, random: Random) -> bytes:
    """Flip one bit."""
    changed = bytearray(message)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)
