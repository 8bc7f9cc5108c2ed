"""The Coop de la médiation numérique's sheet of activities: its columns written and read.

Columns as its export of activities names them (2025). Nothing that names a person is read
from it, and no place in it is a passage of the bus.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import time

from fsmobile.core.catalogue import Procedure, Theme
from fsmobile.core.folding import fold
from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visits import Channel, Enquiry, HelpKind, Outcome, Visit, VisitState, Whereabouts
from fsmobile.formats.tables import Table
from fsmobile.reference.communes import find_commune, find_postcode
from fsmobile.texts.labels import label
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visit_values import LineReader

DATE, TYPE, PEOPLE = "Date", "Type", "Nombre de participants"
CHANNEL, PLACE, MINUTES = "Canaux d’accompagnement", "Lieu", "Durée (min)"
THEMES, PROCEDURE = "Thématique(s) d’accompagnement", "Nom de la démarche administrative"
SENT_ON = "Le bénéficiaire est-il orienté vers une autre structure ?"
SETTLED, SENT_TO = "La démarche est-elle finalisée ?", "Structure de redirection"
RESIDENCE = "Commune de résidence du bénéficiaire"
AGE = "Tranche d’âge du bénéficiaire"
HEADER = (DATE, TYPE, PEOPLE, CHANNEL, PLACE, MINUTES, THEMES, PROCEDURE, SENT_ON, SETTLED, SENT_TO)
PERSONAL = (RESIDENCE, AGE)
COLUMNS = HEADER + PERSONAL
REQUIRED = (DATE, MINUTES, THEMES)
ALONE, AT_A_PLACE, AWAY = "Accompagnement individuel", "Lieu d’activité", "À distance"
YES, NO = "Oui", "Non"
NOON = time(12)
"""The Coop keeps no hour; whoever reads it here must not find the bus open at midnight."""
_THEMES: Mapping[Theme, str] = {
    Theme.TRAINING_WORK_PENSION: "Travail - Formation - Entreprise",
    Theme.HEALTH: "Social - Santé",
    Theme.CIVIL_STATUS_FAMILY: "Papiers - Élections - Citoyenneté",
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
_DIGITAL = "Prendre en main un ordinateur, une tablette ou un téléphone"
_UNNAMED = "Aide aux démarches administratives"
_PLAIN = ProcedureId("acte-renseignement")
_ACTS: Mapping[str, ProcedureId] = {
    fold(_DIGITAL): ProcedureId("acte-numerique"),
    fold("Navigation sur internet"): ProcedureId("acte-numerique"),
    fold("E-mail"): ProcedureId("acte-boite-mel"),
    fold("Bureautique"): ProcedureId("acte-numerique"),
}


def coop_table(desk: Desk, states: Sequence[VisitState], *, is_complete: bool) -> Table:
    """Return visits as activities, one line each; the beneficiary is always anonymous."""
    return Table(
        name="Activités",
        header=HEADER + (PERSONAL if is_complete else ()),
        rows=tuple(_row(desk, state.visit, is_complete=is_complete) for state in states),
    )


def read_activity(line: LineReader, by_name: Mapping[str, Procedure]) -> Visit:
    """Return the visit that one line tells of; what cannot be understood is noted in `line`."""
    is_away = fold(line.text(CHANNEL)) == fold(AWAY)
    commune = line.commune(PLACE)
    return Visit(
        whereabouts=Whereabouts.BASE,
        passage_id=None,
        insee_code=commune,
        service_date=line.day(DATE),
        starts=NOON,
        minutes=line.whole(MINUTES, 15),
        people=line.whole(PEOPLE, 1),
        channel=Channel.PHONE if is_away else Channel.WALK_IN,
        residence=line.commune(RESIDENCE),
        age_band=line.age(AGE),
        enquiries=_enquiries(line, by_name),
    )


def names_of_procedures(desk: Desk) -> dict[str, Procedure]:
    """Return the procedures by every name that a line may give them."""
    found: dict[str, Procedure] = {}
    for one in desk.catalogue.procedures.values():
        for name in (one.procedure_id, one.label, *one.synonyms):
            found.setdefault(fold(name), one)
    return found


def _row(desk: Desk, visit: Visit, *, is_complete: bool) -> tuple[str | int | None, ...]:
    sent_on = [one for one in visit.enquiries if one.outcome is Outcome.REFERRED]
    settled = all(one.outcome is Outcome.RESOLVED for one in visit.enquiries)
    row: tuple[str | int | None, ...] = (
        f"{visit.service_date:%d/%m/%Y}",
        ALONE,
        visit.people,
        AWAY if visit.channel in (Channel.PHONE, Channel.VIDEO) else AT_A_PLACE,
        _place(visit.insee_code),
        visit.minutes,
        _joined(visit, lambda one: _theme_of(desk, one)),
        _joined(visit, lambda one: _name_of(desk, one)),
        YES if sent_on else NO,
        YES if settled else NO,
        _sent_to(desk, sent_on),
    )
    return (*row, _place(visit.residence), label(visit.age_band)) if is_complete else row


def _joined(visit: Visit, text_of: Callable[[Enquiry], str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, map(text_of, visit.enquiries))))


def _theme_of(desk: Desk, enquiry: Enquiry) -> str:
    known = desk.catalogue.procedures.get(enquiry.procedure)
    if known is None or known.theme is None:
        return _DIGITAL if enquiry.procedure in _ACTS.values() else _UNNAMED
    return _OF_OPERATOR.get((known.operator or "", known.theme), _THEMES[known.theme])


def _name_of(desk: Desk, enquiry: Enquiry) -> str:
    known = desk.catalogue.procedures.get(enquiry.procedure)
    return enquiry.procedure if known is None else known.label


def _sent_to(desk: Desk, enquiries: Sequence[Enquiry]) -> str:
    names = []
    for one in enquiries:
        operator = desk.catalogue.operators.get(OperatorId(one.referred_to or ""))
        names.append(one.referred_to or "" if operator is None else operator.short_name)
    return ", ".join(dict.fromkeys(filter(None, names)))


def _place(insee_code: str | None) -> str:
    commune = None if insee_code is None else find_commune(insee_code)
    return "" if commune is None else f"{find_postcode(commune.insee_code)} {commune.name}".strip()


def _enquiries(line: LineReader, by_name: Mapping[str, Procedure]) -> tuple[Enquiry, ...]:
    """Return what was asked: the named procedures, or what the themes stand for."""
    sent_to = line.text(SENT_TO)
    if fold(line.text(SENT_ON)) == fold(YES) and sent_to:
        outcome = Outcome.REFERRED
    else:
        is_settled = fold(line.text(SETTLED)) == fold(YES)
        outcome = Outcome.RESOLVED if is_settled else Outcome.NOT_APPLICABLE
    target = sent_to if outcome is Outcome.REFERRED else None
    names = [one.strip() for one in line.text(PROCEDURE).splitlines() if one.strip()]
    found = []
    for name in names:
        known = by_name.get(fold(name))
        if known is None:
            line.doubt("import_procedure_unknown", PROCEDURE, name)
        else:
            found.append(known)
    if found:
        return tuple(
            Enquiry(
                procedure=one.procedure_id,
                operator=one.operator,
                help=one.help,
                outcome=outcome,
                referred_to=target,
            )
            for one in dict.fromkeys(found)
        )
    acts = dict.fromkeys(
        _ACTS.get(fold(one), _PLAIN) for one in line.text(THEMES).splitlines() or [""]
    )
    return tuple(
        Enquiry(procedure=one, help=HelpKind.INFORMATION, outcome=outcome, referred_to=target)
        for one in acts
    )
