"""How real a world is: everything in memory by the thousand, or everything as on the road."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.cheap_keys import cheap_keys
from fsmobile.simulation.disks import MEMORY, Hardware
from fsmobile.simulation.faults import STRENGTHS, WIRE_STRENGTHS, Faults
from fsmobile.simulation.network import DirectLink
from fsmobile.simulation.real_disks import RealHardware, borrowed_database
from fsmobile.simulation.wire import open_wire

LITE, FULL = "lite", "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a world is made of, and what may strike it."""

    hardware: Hardware
    strengths: Mapping[str, float]
    open_link: Callable[[RegistryService, Faults], RegistryApi]
    """Returns the registry as a laptop sees it."""


IN_MEMORY = Profile(
    hardware=MEMORY,
    strengths=STRENGTHS,
    open_link=lambda service, _faults: DirectLink(service),
)
"""Disks in memory, no HTTP; with the keys that are in force."""


@contextmanager
def open_profile(name: str, database: str | None = None) -> Iterator[Profile]:
    """Make what worlds of a profile need, as long as the block lasts.

    *Lite* has its disks in memory, cheap signatures and no HTTP. *Full* has files that are
    synced, Ed25519, zstd, HTTP in one process, and PostgreSQL where an address is given.

    Raises:
        InvalidInput: the database is not PostgreSQL's, or not empty.
    """
    with ExitStack() as stack:
        if name == LITE:
            stack.enter_context(cheap_keys())
            yield IN_MEMORY
            return
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="fsmobile-prove-")))
        engine = None if database is None else stack.enter_context(borrowed_database(database))
        hardware = RealHardware(folder, engine)
        stack.callback(hardware.close)
        yield Profile(hardware=hardware, strengths=STRENGTHS | WIRE_STRENGTHS, open_link=open_wire)
