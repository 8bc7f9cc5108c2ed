"""Who this laptop is: enrolment, current agent, request counter, epoch."""

from collections.abc import Sequence

from msgspec import Struct

from fsmobile.core.ids import AgencyId, AgentId, UnitId
from fsmobile.protocol import clock as hlc_clock
from fsmobile.protocol.certificates import Certificate, decode_certificate, encode_certificate
from fsmobile.protocol.handovers import Handover, decode_succession, encode_succession
from fsmobile.store.replica import Connection, Replica

NO_SUCCESSION = encode_succession(())
HANDOVERS, HANDOVERS_DUE = "key.handovers", "key.handovers_due"
SECOND_COPY = "second_copy"
"""Key of what is known of the second copy; `store.second_copy` reads it."""


class Enrolment(Struct, frozen=True, kw_only=True):
    """What a laptop knows about itself once a registry has enrolled it."""

    registry_url: str
    registry_key: bytes
    """Public key of the registry, pinned."""
    registry_box_key: bytes
    """Public key to which files on a stick are sealed."""
    certificate: bytes
    """Encoded `protocol.certificates.Certificate` of this laptop."""
    device_id: bytes
    unit_id: UnitId
    agency_id: AgencyId
    role: str
    name: str
    succession: tuple[Handover, ...] = ()
    """How the registry came to the pinned key: each handover was verified, the oldest first."""

    @property
    def former_keys(self) -> tuple[bytes, ...]:
        """Keys that the registry signed with before: no answer is believed under them."""
        return tuple(one.old for one in reversed(self.succession))


def get_meta(connection: Connection, key: str) -> str | int | bytes | None:
    """Return one value of the small table of settings, or None."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    value: str | int | bytes | None = None if row is None else row[0]
    return value


def set_meta(connection: Connection, key: str, value: str | int | bytes | None) -> None:
    """Set one value, inside the caller's transaction."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def load_enrolment(replica: Replica) -> Enrolment | None:
    """Return this laptop's enrolment, or None."""
    values = dict(
        replica.connection.execute("SELECT key, value FROM meta WHERE key LIKE 'enrol.%'")
    )
    if not values:
        return None
    return Enrolment(
        registry_url=values["enrol.url"],
        registry_key=values["enrol.registry_key"],
        registry_box_key=values["enrol.registry_box_key"],
        certificate=values["enrol.certificate"],
        device_id=values["enrol.device_id"],
        unit_id=UnitId(values["enrol.unit"]),
        agency_id=AgencyId(values["enrol.agency"]),
        role=values["enrol.role"],
        name=values["enrol.name"],
        succession=decode_succession(values.get("enrol.succession", NO_SUCCESSION)),
    )


def save_enrolment(replica: Replica, enrolment: Enrolment, epoch: bytes, now: int) -> None:
    """Keep an enrolment and open the first writer, in one transaction.

    `now` is the registry's: whatever this machine's clock says, no act is older than that.
    """
    with replica.write() as connection:
        for key, value in (
            ("enrol.url", enrolment.registry_url),
            ("enrol.registry_key", enrolment.registry_key),
            ("enrol.registry_box_key", enrolment.registry_box_key),
            ("enrol.certificate", enrolment.certificate),
            ("enrol.device_id", enrolment.device_id),
            ("enrol.unit", enrolment.unit_id),
            ("enrol.agency", enrolment.agency_id),
            ("enrol.role", enrolment.role),
            ("enrol.name", enrolment.name),
            ("enrol.succession", encode_succession(enrolment.succession)),
            ("epoch", epoch),
            ("hlc_seen", hlc_clock.tick(hlc_clock.ZERO, now)),
        ):
            set_meta(connection, key, value)
        connection.execute(
            "INSERT INTO writer (writer, opened_at, why) VALUES (?, ?, 'enrolment')",
            (replica.chance.token(16), replica.clock.now_ms()),
        )


def save_registry_key(replica: Replica, succession: Sequence[Handover]) -> None:
    """Pin the key that the registry hands over to, instead of the one that was."""
    last = succession[-1]
    with replica.write() as connection:
        for key, value in (
            ("enrol.registry_key", last.new),
            ("enrol.registry_box_key", last.new_box),
            ("enrol.succession", encode_succession(succession)),
        ):
            set_meta(connection, key, value)


def save_handovers(replica: Replica, handovers: Sequence[Handover]) -> None:
    """Keep how this laptop came to its key, to be shown to the registry."""
    with replica.write() as connection:
        set_meta(connection, HANDOVERS, encode_succession(handovers))
        set_meta(connection, HANDOVERS_DUE, 1)


def show_handovers_again(replica: Replica) -> bool:
    """Have the next request show how this laptop came to its key; False if it never changed."""
    if not _load_handovers(replica.connection) or get_meta(replica.connection, HANDOVERS_DUE):
        return False
    with replica.write() as connection:
        set_meta(connection, HANDOVERS_DUE, 1)
    return True


def list_handovers(replica: Replica) -> tuple[Handover, ...]:
    """Return how this laptop came to its key, the oldest first."""
    return _load_handovers(replica.connection)


def handovers_to_show(replica: Replica) -> tuple[Handover, ...]:
    """Return them as long as the registry has not given a certificate to the last key."""
    connection = replica.connection
    return _load_handovers(connection) if get_meta(connection, HANDOVERS_DUE) else ()


def keep_certificate(connection: Connection, certificate: Certificate) -> None:
    """Keep the certificate of the key that this laptop handed over to."""
    held = get_meta(connection, "enrol.certificate")
    assert isinstance(held, bytes)
    # By hand, an answer to an earlier renewal may come last.
    if certificate.issued_at >= decode_certificate(held).issued_at:
        set_meta(connection, "enrol.certificate", encode_certificate(certificate))
        set_meta(connection, HANDOVERS_DUE, 0)


def _load_handovers(connection: Connection) -> tuple[Handover, ...]:
    held = get_meta(connection, HANDOVERS)
    return decode_succession(held) if isinstance(held, bytes) else ()


def load_agent(replica: Replica) -> AgentId | None:
    """Return who was working when the laptop was last used."""
    value = get_meta(replica.connection, "agent")
    return None if value is None else AgentId(str(value))


def save_agent(replica: Replica, agent_id: AgentId) -> None:
    """Remember who is working."""
    with replica.write() as connection:
        set_meta(connection, "agent", agent_id)


def next_counter(replica: Replica, at_least: int = 0) -> int:
    """Return the next request counter, which is durable before the request leaves."""
    with replica.write() as connection:
        last = get_meta(connection, "counter") or 0
        counter = max(int(last), at_least) + 1
        set_meta(connection, "counter", counter)
    return counter


def load_epoch(replica: Replica) -> bytes | None:
    """Return the epoch of the registry's history that the cursors belong to."""
    value = get_meta(replica.connection, "epoch")
    return value if isinstance(value, bytes) else None
