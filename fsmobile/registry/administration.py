"""What an administrator does at the registry's own machine: init, codes, state."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from fsmobile.core.ids import is_slug, make_uuid7
from fsmobile.core.ports import Chance, Clock
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.enrolment import CODE_SIZE, code_id, code_key
from fsmobile.protocol.scopes import Role
from fsmobile.protocol.signatures import SEED_SIZE
from fsmobile.registry import database
from fsmobile.registry.moves import take_word_from
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.publications import TreeCheck
from fsmobile.registry.records import DeviceRow, Event, EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.signing_keys import KEY, load_keys
from fsmobile.registry.storage import Storage, Transaction

CODE_HOURS = 72
SHORT_ID = 12
"""Hexadecimal digits of a laptop's id that lists show, and that `revoke` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryState:
    """What a registry holds."""

    devices: list[tuple[DeviceRow, int | None]]
    """Each laptop, and when it last spoke (ms)."""
    kinds: dict[str, int]
    """Ops held, by kind."""
    revisions: dict[str, int]
    """Revision in force, by structure."""


def make_registry(engine: Engine, clock: Clock, chance: Chance) -> bool:
    """Create the tables, the signing key and the first epoch; False if they were there."""
    database.migrate(engine)
    with Storage(engine).transaction() as transaction:
        if transaction.get_setting(KEY) is not None:
            return False
        transaction.set_setting(KEY, chance.token(SEED_SIZE))
        transaction.open_epoch(chance.token(16), 0, clock.now_ms(), "init")
    return True


def open_registry(
    engine: Engine, clock: Clock, chance: Chance, check_tree: TreeCheck
) -> RegistryService:
    """Open a registry that was made before.

    Raises:
        NotFound: `registry init` was not run here.
        StoreTooNew: a newer program wrote it.
    """
    database.check_schema(engine)
    storage = Storage(engine)
    with storage.reading() as transaction:
        keys = load_keys(transaction)
    if keys is None:
        raise NotFound("registry", engine.url.render_as_string())
    return RegistryService(
        storage=storage,
        clock=clock,
        chance=chance,
        key=keys.current,
        check_tree=check_tree,
        past=keys.past,
    )


def make_code(service: RegistryService, unit: str, role: str) -> bytes:
    """Make an enrolment code for a unit; the registry keeps its key, not the code.

    Raises:
        InvalidInput: a unit that is not `<structure>/<vehicule>`, or an unknown role.
    """
    agency, _, vehicle = unit.partition("/")
    if not (is_slug(agency) and is_slug(vehicle)):
        raise InvalidInput("unit_malformed", value=unit)
    if role not in set(Role):
        raise InvalidInput("role_unknown", value=role, expected=", ".join(Role))
    code = service.chance.token(CODE_SIZE)
    with service.storage.transaction() as transaction:
        transaction.add_code(
            {
                "code_id": code_id(code),
                "key": code_key(code),
                "agency": agency,
                "unit": unit,
                "role": role,
                "expires_at": service.clock.now_ms() + CODE_HOURS * 3600 * 1000,
            }
        )
    return code


def revoke(service: RegistryService, start: str, *, by: str = "") -> DeviceRow:
    """Take a laptop's right to speak, by its name or the start of its id; its bus is told.

    `by` is the account that does it; nobody's, at the registry's own machine.

    Raises:
        NotFound: there is none.
        InvalidInput: there are several; `names` lists their ids.
    """
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        take_word_from(book, device, service.clock.now_ms(), by)
    return device


def find_laptop(transaction: Transaction, start: str) -> DeviceRow:
    """Return the laptop of a name, or whose id begins so.

    Raises:
        NotFound: there is none.
        InvalidInput: there are several; `names` lists their ids.
    """
    found = [
        device
        for device, _ in transaction.list_devices()
        if device.name == start or device.device_id.hex().startswith(start)
    ]
    if not found:
        raise NotFound("device", start)
    if len(found) > 1:
        raise InvalidInput("device_ambiguous", value=start, names=_name_devices(found))
    return found[0]


def _name_devices(devices: Iterable[DeviceRow]) -> str:
    """Return what tells laptops of one name apart: `0f3a… (bus-1), …`."""
    return ", ".join(f"{one.device_id.hex()[:SHORT_ID]} ({one.unit})" for one in devices)


def load_state(service: RegistryService) -> RegistryState:
    """Return what the registry holds."""
    with service.storage.reading() as transaction:
        devices = transaction.list_devices()
        kinds = transaction.count_kinds()
        revisions = {
            agency: revision.revision
            for agency in sorted({device.agency for device, _ in devices})
            if (revision := transaction.current_revision(agency)) is not None
        }
    return RegistryState(devices=devices, kinds=kinds, revisions=revisions)


def note_event(
    service: RegistryService,
    transaction: Transaction,
    kind: EventKind,
    device_id: bytes | None = None,
    detail: str = "",
) -> None:
    """Keep an event that an administrator's own act makes."""
    now = service.clock.now_ms()
    event_id = make_uuid7(now, service.chance.token(10))
    transaction.add_event(event_id, Event(now, kind, device_id, detail))
