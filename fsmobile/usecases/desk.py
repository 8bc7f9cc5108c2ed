"""Desk: what every use case is given: the store, who works, the timetable, the catalogue.

The only place from which the clock and new ids reach the domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgencyId, AgentId, UnitId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import NotAllowed
from fsmobile.protocol.ops import Op
from fsmobile.protocol.scopes import Role, agency_scope, unit_of_scope, unit_scope
from fsmobile.store import identity, ops, projections
from fsmobile.store.ops import NewOp
from fsmobile.store.replica import Replica

DEFAULT_TIMEZONE = "Europe/Paris"
NOBODY = AgentId("agent")
"""Who works before anybody has said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStep:
    """How to take back the last thing done: an op that says the opposite."""

    what: str
    """Code of the act: `visit_recorded`, `passage_opened`…"""
    reverse: tuple[NewOp, ...]


@dataclass(slots=True, kw_only=True)
class Desk:
    """One person's working place; one for each thread."""

    replica: Replica
    enrolment: identity.Enrolment
    catalogue: Catalogue
    tree: ScheduleTree | None = None
    """The published timetable, or None before the first one was received."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Display names of agents, by id."""
    trainings: Mapping[str, date] = field(default_factory=dict)
    """Until when each agent's training is good, by id; as this laptop's settings say."""
    agent_id: AgentId = NOBODY
    openers: tuple[AgentId, ...] = ()
    """Whose passphrases open this laptop."""
    keeps_names: bool = False
    """The store is encrypted: a person's name may be kept, with their consent."""
    silence_days: int = 0
    """After so many days without the registry names are shown no more; 0: never."""
    undo_steps: list[UndoStep] = field(default_factory=list)

    @property
    def agency_id(self) -> AgencyId:
        """The structure this laptop works for."""
        return self.enrolment.agency_id

    @property
    def unit_id(self) -> UnitId:
        """The bus this laptop rides in."""
        return self.enrolment.unit_id

    @property
    def timezone(self) -> str:
        """IANA name of the structure's time zone; never the machine's."""
        return DEFAULT_TIMEZONE if self.tree is None else self.tree.agency.timezone

    def now(self) -> datetime:
        """Return the wall time of the structure, by this laptop's clock."""
        return local_time(self.replica.clock.now_ms(), self.timezone)

    def today(self) -> date:
        """Return the service date."""
        return self.now().date()

    def minute(self) -> time:
        """Return the hour and minute of now, as facts keep them."""
        return self.now().time().replace(second=0, microsecond=0, tzinfo=None)

    def at(self, instant_ms: int) -> datetime:
        """Return an instant of the store as wall time."""
        return local_time(instant_ms, self.timezone)

    def record(
        self,
        kind: str,
        data: bytes,
        *,
        entity: str | None = None,
        drop_draft: str | None = None,
    ) -> Op:
        """Record one fact of this unit by the agent who works.

        Raises:
            StoreFull, StoreBusy: nothing was recorded.
        """
        return ops.append(self.replica, self.fact(kind, data, entity=entity), drop_draft=drop_draft)

    def record_about(self, kind: str, data: bytes, entity: str) -> Op:
        """Record one fact about what was recorded in this unit.

        Raises:
            NotAllowed: see `refuse_of_another_bus`.
            StoreFull, StoreBusy: nothing was recorded.
        """
        self.refuse_of_another_bus(entity)
        return self.record(kind, data, entity=entity)

    def refuse_of_another_bus(self, entity: str) -> None:
        """Let nobody write about what another bus recorded: its laptops would never read it.

        Raises:
            NotAllowed: a coordinator reads it here; a laptop of that bus can change it.
        """
        scope = ops.scope_of(self.replica, entity)
        if scope not in (None, unit_scope(self.unit_id)):
            raise NotAllowed("of_another_bus", unit=unit_of_scope(scope))

    def fact(
        self, kind: str, data: bytes, *, entity: str | None = None, is_of_first: bool = False
    ) -> NewOp:
        """Describe one fact of this unit, not recorded yet."""
        return NewOp(
            kind=kind,
            schema=1,
            scope=unit_scope(self.unit_id),
            agent_id=self.agent_id,
            data=data,
            entity=entity,
            is_of_first=is_of_first,
        )

    def agency_op(
        self, kind: str, data: bytes, schema: int = 1, *, entity: str | None = None
    ) -> NewOp:
        """Describe one op that every bus of the structure reads, not recorded yet."""
        return NewOp(
            kind=kind,
            schema=schema,
            scope=agency_scope(self.agency_id),
            agent_id=self.agent_id,
            data=data,
            entity=entity,
        )


def is_coordinator(desk: Desk) -> bool:
    """Tell whether this laptop may publish a schedule."""
    return desk.enrolment.role == Role.COORDINATOR


def local_time(instant_ms: int, timezone: str) -> datetime:
    """Return an instant as the wall clock of a time zone shows it."""
    return datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(ZoneInfo(timezone))


def open_desk(
    replica: Replica,
    catalogue: Catalogue,
    names: Mapping[str, str],
    on_rebuild: projections.OnRebuild = projections.say_nothing,
) -> Desk:
    """Sit down at the laptop's desk; tell how far the first opening by a new release is.

    Raises:
        NotAllowed: the laptop is not enrolled.
    """
    enrolment = identity.load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    projections.rebuild_if_older(replica, on_rebuild)
    return Desk(
        replica=replica,
        enrolment=enrolment,
        catalogue=catalogue,
        names=names,
        agent_id=identity.load_agent(replica) or NOBODY,
        keeps_names=replica.is_encrypted,
    )
