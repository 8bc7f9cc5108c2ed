"""Operator, Procedure, Theme: dated reference data whose codes outlive their names."""

from datetime import date
from enum import StrEnum

from msgspec import Struct, field

from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visits import HelpKind


class Theme(StrEnum):
    """The six themes of France services (CGET, 2019); a theme follows from the procedure."""

    TRAINING_WORK_PENSION = "formation_emploi_retraite"
    HEALTH = "prevention_sante"
    CIVIL_STATUS_FAMILY = "etat_civil_famille"
    JUSTICE = "justice"
    BUDGET = "budget"
    HOUSING_MOBILITY_MAIL = "logement_mobilite_courrier"


class Operator(Struct, frozen=True, kw_only=True):
    """A public service behind the counter (CAF, France Travail…)."""

    operator_id: OperatorId
    name: str
    short_name: str
    share: float = 0.0
    """Published share of enquiries (2023), 0..1; orders the list before there is a history."""
    former_names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    """What people say at the counter (« la Sécu »); found by the search, never shown."""
    valid_from: date | None = None
    valid_until: date | None = None
    is_inferred: bool = False
    """Added because procedures need it; not in the published list of operators."""


class Procedure(Struct, frozen=True, kw_only=True):
    """A counter label: what an agent picks in a few letters."""

    procedure_id: ProcedureId
    """Our own slug, retired but never reused; `ids.is_plain_act` knows those of plain acts."""
    label: str
    """Short, at most 34 characters: `Retraite · réversion`."""
    number: int = 0
    """What is written on paper for it; retired but never reused, as the slug."""
    operator: OperatorId | None
    theme: Theme | None
    help: HelpKind
    """Usual kind of help."""
    minutes: int
    """Usual duration."""
    synonyms: tuple[str, ...] = ()
    official: tuple[str, ...] = ()
    """Rows of service-public.fr (R…) and reasons of Administration+ that it covers."""
    weight: float = 0.0
    """Prior frequency among all procedures, before there is a history."""
    valid_from: date | None = None
    valid_until: date | None = None


class Catalogue(Struct, frozen=True, kw_only=True):
    """All operators and procedures known to this laptop."""

    operators: dict[OperatorId, Operator] = field(default_factory=dict)
    procedures: dict[ProcedureId, Procedure] = field(default_factory=dict)
