"""The network of a simulated world: loses, doubles, delays and alters what passes."""

from dataclasses import dataclass
from random import Random

from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol.messages import EnrolAnswer, EnrolRequest
from fsmobile.simulation import invariants
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.state import WorldState

LATE_MAX = 5


@dataclass
class Network:
    """The registry as a laptop sees it through a bad link."""

    world: WorldState

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Hand an enrolment over; nothing strikes it."""
        return self.world.registry.enrol(request)

    def sync(self, envelope: bytes) -> bytes:
        """Carry a request there and its answer back, or not.

        Raises:
            RegistryUnreachable: the request, the answer or the registry was lost.
        """
        world, random = self.world, self.world.random
        strikes = world.faults.strikes
        if strikes("request_lost", random):
            raise RegistryUnreachable("registry_unreachable")
        world.late = [*world.late, envelope][-LATE_MAX:]
        sent = _altered(envelope, random) if strikes("altered", random) else envelope
        answer = self.deliver(sent)
        if strikes("doubled", random):
            second = self.deliver(sent)
            answer = random.choice([answer, second])
        if strikes("reply_lost", random):
            raise RegistryUnreachable("registry_too_slow")
        return _altered(answer, random) if strikes("altered", random) else answer

    def deliver(self, envelope: bytes) -> bytes:
        """Hand a request to the registry, which may die of it, and check what it says."""
        world = self.world
        try:
            answer = world.registry.sync(envelope)
        except Crash as crash:
            world.marks["registry crashed"] += 1
            raise RegistryUnreachable("registry_unreachable") from crash
        invariants.check_answer(world, answer)
        return answer


def _altered(message: bytes, random: Random) -> bytes:
    """Flip one bit."""
    changed = bytearray(message)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)
