"""The Coop de la médiation numérique's sheet of activities: its columns written and read.

The sheet of today is written, its older ones are read too. Nothing that names a person is
read from it, and no place in it is a passage of the bus.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time

from fsmobile.core.catalogue import Procedure, Theme
from fsmobile.core.folding import fold
from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visit_lines import CoopColumn
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    HelpKind,
    Outcome,
    Visit,
    VisitState,
    Whereabouts,
)
from fsmobile.formats.tables import Table
from fsmobile.reference.communes import find_commune, find_postcode
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.paper_entry import REFERRED_UNSAID
from fsmobile.usecases.visit_values import LineReader

SETTLED = "La démarche est-elle finalisée ?"
"""A column of its older sheets; the sheets of today have none."""
FORMER_TITLES = {fold("Durée"): fold(CoopColumn.MINUTES)}
"""What older sheets called a column."""
READ = (
    *(CoopColumn.DAY, CoopColumn.TYPE, CoopColumn.PEOPLE, CoopColumn.CHANNEL, CoopColumn.PLACE),
    *(CoopColumn.MINUTES, CoopColumn.THEMES, CoopColumn.PROCEDURE, CoopColumn.SENT_ON),
    *(CoopColumn.SENT_TO, CoopColumn.RESIDENCE, CoopColumn.AGE, SETTLED),
)
"""Names and notes of a person are none of them."""
REQUIRED = (CoopColumn.DAY, CoopColumn.MINUTES, CoopColumn.THEMES)
ALONE, NOBODY_NAMED = "Accompagnement individuel", "Bénéficiaire anonyme"
AT_ITS_PLACE, ELSEWHERE, AWAY = "Lieu d’activité", "Autre lieu", "À distance"
YES, NO = "Oui", "Non"
TO_AN_OPERATOR = "Opérateur ou organisme en charge de la démarche administrative"
TO_ANOTHER = "Autre"
NOON = time(12)
"""The Coop keeps no hour; whoever reads it here must not find the bus open at midnight."""
_AGES: Mapping[AgeBand, str] = {
    AgeBand.UNDER_12: "Moins de 12 ans",
    AgeBand.FROM_12: "12 - 17 ans",
    AgeBand.FROM_18: "18 - 24 ans",
    AgeBand.FROM_25: "25 - 39 ans",
    AgeBand.FROM_40: "40 - 59 ans",
    AgeBand.FROM_60: "60 - 69 ans",
    AgeBand.FROM_70: "70 ans et plus",
    AgeBand.UNKNOWN: "Non communiqué",
}
_AGE_OF = {fold(name): band for band, name in _AGES.items()} | {
    fold("70 ans ou plus"): AgeBand.FROM_70
}
_PROCEDURES = "Aide aux démarches administratives"
"""The theme without which the Coop takes no name of a procedure."""
_THEMES: Mapping[Theme, str] = {
    Theme.TRAINING_WORK_PENSION: "Travail - Formation - Entreprise",
    Theme.HEALTH: "Social - Santé",
    Theme.CIVIL_STATUS_FAMILY: "Papiers - Élections Citoyenneté",
    Theme.JUSTICE: "Justice",
    Theme.BUDGET: "Argent - Impôts",
    Theme.HOUSING_MOBILITY_MAIL: "Logement",
}
_OF_OPERATOR: Mapping[tuple[str, Theme], str] = {
    ("caf", Theme.CIVIL_STATUS_FAMILY): "Famille - Scolarité",
    ("msa", Theme.CIVIL_STATUS_FAMILY): "Famille - Scolarité",
    ("france-titres", Theme.HOUSING_MOBILITY_MAIL): "Transports - Mobilité",
    ("ministere-transition-ecologique", Theme.HOUSING_MOBILITY_MAIL): "Transports - Mobilité",
    ("antai-fps", Theme.HOUSING_MOBILITY_MAIL): "Transports - Mobilité",
}
_EQUIPMENT = "Prendre en main du matériel"
_OF_ACT = {
    "acte-numerique": _EQUIPMENT,
    "acte-appareil": _EQUIPMENT,
    "acte-boite-mel": "E-mail",
    "acte-libre-acces": "Navigation sur internet",
    "acte-cv": "Insertion professionnelle",
}
"""Acts that are no procedure and have a theme of their own there."""
_PLAIN, _DIGITAL = ProcedureId("acte-renseignement"), ProcedureId("acte-numerique")
_ACTS: Mapping[str, ProcedureId] = {
    fold(name): act
    for act, names in (
        (ProcedureId("acte-boite-mel"), ("E-mail",)),
        (ProcedureId("acte-libre-acces"), ("Navigation sur internet",)),
        (ProcedureId("acte-cv"), ("Insertion professionnelle",)),
        (
            _DIGITAL,
            (
                *("Diagnostic numérique", _EQUIPMENT, "Maintenance de matériel", "Bureautique"),
                *("Gérer ses contenus numériques", "Réseaux sociaux communication"),
                *("Prévention en sécurité numérique", "Scolarité et numérique"),
                *("Créer avec le numérique", "Culture numérique"),
                "Intelligence artificielle (IA)",
            ),
        ),
    )
    for name in names
}
"""What a theme stands for where no procedure is named; any other is plain information."""


def coop_table(desk: Desk, states: Sequence[VisitState], *, is_complete: bool) -> Table:
    """Return visits as activities, one line each; the beneficiary is always anonymous."""
    rows = (_row(desk, state.visit, is_complete=is_complete) for state in states)
    return Table(
        name="Activités",
        header=tuple(CoopColumn),
        rows=tuple(tuple(row.get(column, "") for column in CoopColumn) for row in rows),
    )


def read_activity(line: LineReader, by_name: Mapping[str, Procedure]) -> Visit:
    """Return the visit that one line tells of; what cannot be understood is noted in `line`."""
    is_away = fold(line.text(CoopColumn.CHANNEL)) == fold(AWAY)
    return Visit(
        whereabouts=Whereabouts.BASE,
        passage_id=None,
        insee_code=line.commune(CoopColumn.PLACE),
        service_date=line.day(CoopColumn.DAY),
        starts=NOON,
        minutes=line.minutes(CoopColumn.MINUTES, 15),
        people=line.whole(CoopColumn.PEOPLE, 1),
        channel=Channel.PHONE if is_away else Channel.WALK_IN,
        residence=line.commune(CoopColumn.RESIDENCE),
        age_band=line.age(CoopColumn.AGE, _AGE_OF),
        enquiries=_enquiries(line, by_name),
    )


def names_of_procedures(desk: Desk) -> dict[str, Procedure]:
    """Return the procedures by every name that a line may give them."""
    found: dict[str, Procedure] = {}
    for one in desk.catalogue.procedures.values():
        for name in (one.procedure_id, one.label, *one.synonyms):
            found.setdefault(fold(name), one)
    return found


def _row(desk: Desk, visit: Visit, *, is_complete: bool) -> dict[CoopColumn, str | int]:
    """Return the cells that are known; what tells of a person only where it is asked for."""
    targets = [one.referred_to for one in visit.enquiries if one.outcome is Outcome.REFERRED]
    row: dict[CoopColumn, str | int] = {
        CoopColumn.DAY: f"{visit.service_date:%d/%m/%Y}",
        CoopColumn.TYPE: ALONE,
        CoopColumn.PEOPLE: visit.people,
        CoopColumn.BENEFICIARY: NOBODY_NAMED,
        CoopColumn.CHANNEL: _channel(visit),
        CoopColumn.PLACE: _place(visit.insee_code),
        CoopColumn.MINUTES: visit.minutes,
        CoopColumn.THEMES: _joined(
            theme for one in visit.enquiries for theme in _themes_of(desk, one)
        ),
        CoopColumn.PROCEDURE: _joined(_name_of(desk, one) for one in visit.enquiries),
        CoopColumn.SENT_ON: YES if targets else NO,
        CoopColumn.SENT_TO: _sent_to(desk, targets),
    }
    if is_complete:
        row[CoopColumn.RESIDENCE] = _place(visit.residence) or "-"
        row[CoopColumn.AGE] = _AGES[visit.age_band]
        row[CoopColumn.NOTES] = visit.note
    return row


def _channel(visit: Visit) -> str:
    if visit.channel in (Channel.PHONE, Channel.VIDEO):
        return AWAY
    return AT_ITS_PLACE if visit.whereabouts is Whereabouts.BASE else ELSEWHERE


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))


def _themes_of(desk: Desk, enquiry: Enquiry) -> tuple[str, ...]:
    known = desk.catalogue.procedures.get(enquiry.procedure)
    if known is None or known.theme is None:
        return (_OF_ACT.get(enquiry.procedure, _PROCEDURES),)
    of_operator = _OF_OPERATOR.get((known.operator or "", known.theme))
    return (_PROCEDURES, of_operator or _THEMES[known.theme])


def _name_of(desk: Desk, enquiry: Enquiry) -> str:
    if enquiry.procedure in _OF_ACT:
        return ""  # the theme says it
    known = desk.catalogue.procedures.get(enquiry.procedure)
    return enquiry.procedure if known is None else known.label


def _sent_to(desk: Desk, targets: Sequence[str | None]) -> str:
    """Return the kind of body that a person was sent on to: the Coop has room for one."""
    if any(OperatorId(one or "") in desk.catalogue.operators for one in targets):
        return TO_AN_OPERATOR
    return TO_ANOTHER if targets else ""


def _place(insee_code: str | None) -> str:
    commune = None if insee_code is None else find_commune(insee_code)
    return "" if commune is None else f"{find_postcode(commune.insee_code)} {commune.name}".strip()


def _enquiries(line: LineReader, by_name: Mapping[str, Procedure]) -> tuple[Enquiry, ...]:
    """Return what was asked: the named procedures, or what the themes stand for."""
    outcome, sent_to = _outcome(line), line.text(CoopColumn.SENT_TO) or REFERRED_UNSAID
    found = []
    for name in filter(None, map(str.strip, line.text(CoopColumn.PROCEDURE).splitlines())):
        known = by_name.get(fold(name))
        if known is None:
            line.doubt("import_procedure_unknown", CoopColumn.PROCEDURE, name)
        else:
            found.append(known)
    if not found:
        themes = line.text(CoopColumn.THEMES).splitlines() or [""]
        acts = dict.fromkeys(_ACTS.get(fold(one), _PLAIN) for one in themes)
        return tuple(_enquiry(act, None, HelpKind.INFORMATION, outcome, sent_to) for act in acts)
    return tuple(
        _enquiry(one.procedure_id, one.operator, one.help, outcome, sent_to)
        for one in dict.fromkeys(found)
    )


def _enquiry(
    procedure: ProcedureId,
    operator: OperatorId | None,
    given: HelpKind,
    outcome: Outcome,
    sent_to: str,
) -> Enquiry:
    if operator is not None and fold(sent_to) == fold(TO_AN_OPERATOR):
        sent_to = operator
    return Enquiry(
        procedure=procedure,
        operator=operator,
        help=given,
        outcome=outcome,
        referred_to=sent_to if outcome is Outcome.REFERRED else None,
    )


def _outcome(line: LineReader) -> Outcome:
    settled = fold(line.text(SETTLED))
    if fold(line.text(CoopColumn.SENT_ON)) == fold(YES) or "oriente" in settled:
        return Outcome.REFERRED
    if "revenir" in settled:
        return Outcome.TO_FOLLOW_UP
    return Outcome.RESOLVED if settled == fold(YES) else Outcome.NOT_APPLICABLE
