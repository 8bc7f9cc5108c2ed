"""Names of the codes of the domain, long and short, as a person reads them."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeVar

from fsmobile.core.absences import AbsenceKind
from fsmobile.core.appointments import AppointmentChange, Presence
from fsmobile.core.catalogue import Theme
from fsmobile.core.commune_notices import NoticeChannel, NoticeStep
from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import ReferralChannel, Usefulness
from fsmobile.core.logbook import EntryKind, IncidentCause
from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.core.plan_comparison import Difference
from fsmobile.core.planned_passages import PlannedStatus
from fsmobile.core.privacy import Contact, ForbiddenNumber
from fsmobile.core.spans import HalfDay
from fsmobile.core.tours import Access
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Whereabouts,
)
from fsmobile.errors import Severity
from fsmobile.texts.translation import LANGUAGES, _, mark, speaking

E = TypeVar("E", bound=StrEnum)

_REASONS: Mapping[StrEnum, tuple[str, str]] = {
    PassageReason.BREAKDOWN: (mark("panne du véhicule"), mark("panne")),
    PassageReason.WEATHER: (mark("intempéries"), mark("météo")),
    PassageReason.STRIKE: (mark("grève"), mark("grève")),
    PassageReason.ABSENCE: (mark("absence d'un agent"), mark("absence")),
    PassageReason.WORKS: (mark("travaux sur place"), mark("travaux")),
    PassageReason.FESTIVITIES: (mark("fête ou marché"), mark("fête")),
    PassageReason.PUBLIC_HOLIDAY: (mark("jour férié"), mark("férié")),
    PassageReason.NETWORK: (mark("pas de réseau"), mark("réseau")),
    PassageReason.ROAD: (mark("route coupée"), mark("route")),
    PassageReason.OTHER: (mark("autre raison"), mark("autre")),
}
_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, tuple[str, str]]] = {
    HelpKind: {
        HelpKind.INFORMATION: (mark("information"), mark("info")),
        HelpKind.ASSISTANCE: (mark("accompagnement"), mark("accomp.")),
        HelpKind.REFERRAL: (mark("orientation"), mark("orient.")),
    },
    Outcome: {
        Outcome.RESOLVED: (mark("résolu"), mark("résolu")),
        Outcome.AWAITING_DOCUMENTS: (mark("en attente de pièces"), mark("pièces")),
        Outcome.TO_FOLLOW_UP: (mark("à suivre"), mark("à suivre")),
        Outcome.REFERRED: (mark("réorienté"), mark("réorienté")),
        Outcome.DROPPED: (mark("abandonné"), mark("abandon")),
        Outcome.NOT_APPLICABLE: (mark("sans objet"), mark("sans obj.")),
    },
    Channel: {
        Channel.WALK_IN: (mark("sans rendez-vous"), mark("sans RDV")),
        Channel.APPOINTMENT: (mark("sur rendez-vous"), mark("RDV")),
        Channel.PHONE: (mark("par téléphone"), mark("tél.")),
        Channel.VIDEO: (mark("en visioconférence"), mark("visio")),
    },
    FirstContact: {
        FirstContact.FIRST: (mark("première visite"), mark("1re fois")),
        FirstContact.AGAIN: (mark("déjà venu"), mark("déjà venu")),
        FirstContact.UNKNOWN: (mark("non communiqué"), mark("non comm.")),
    },
    AgeBand: {
        AgeBand.UNDER_12: (mark("moins de 12 ans"), mark("< 12")),
        AgeBand.FROM_12: (mark("12 à 17 ans"), "12-17"),
        AgeBand.FROM_18: (mark("18 à 24 ans"), "18-24"),
        AgeBand.FROM_25: (mark("25 à 39 ans"), "25-39"),
        AgeBand.FROM_40: (mark("40 à 59 ans"), "40-59"),
        AgeBand.FROM_60: (mark("60 à 69 ans"), "60-69"),
        AgeBand.FROM_70: (mark("70 ans et plus"), "70+"),
        AgeBand.UNKNOWN: (mark("non communiqué"), mark("non comm.")),
    },
    Mandate: {
        Mandate.NONE: (mark("aucun mandat"), mark("aucun")),
        Mandate.VERBAL: (mark("accord oral"), mark("oral")),
        Mandate.WRITTEN: (mark("mandat écrit"), mark("écrit")),
        Mandate.AIDANTS_CONNECT: (mark("Aidants Connect"), mark("Aidants C.")),
    },
    Obstacle: {
        Obstacle.SITE_DOWN: (mark("site de l'opérateur en panne"), mark("site panne")),
        Obstacle.NO_NETWORK: (mark("pas de réseau ici"), mark("réseau")),
        Obstacle.PERSON: (mark("il manque quelque chose à la personne"), mark("personne")),
    },
    Whereabouts: {
        Whereabouts.PASSAGE: (mark("au passage du bus"), mark("passage")),
        Whereabouts.ROAD: (mark("sur la route"), mark("route")),
        Whereabouts.BASE: (mark("à la base"), mark("base")),
    },
    PassageStatus: {
        PassageStatus.EXPECTED: (mark("prévu"), mark("prévu")),
        PassageStatus.OPEN: (mark("ouvert"), mark("ouvert")),
        PassageStatus.CLOSED: (mark("fermé"), mark("fermé")),
        PassageStatus.CUT_SHORT: (mark("écourté"), mark("écourté")),
        PassageStatus.CANCELLED: (mark("annulé"), mark("annulé")),
    },
    PassageReason: _REASONS,
    EntryKind: {
        EntryKind.NOTE: (mark("à savoir"), mark("à savoir")),
        EntryKind.SOCKET: (mark("prise"), mark("prise")),
        EntryKind.PARKING: (mark("stationnement"), mark("parking")),
        EntryKind.NETWORK: (mark("réseau"), mark("réseau")),
        EntryKind.CONTACT: (mark("mairie"), mark("mairie")),
        EntryKind.ACCESS: (mark("accès"), mark("accès")),
        EntryKind.INCIDENT: (mark("incident"), mark("incident")),
        EntryKind.MESSAGE: (mark("message"), mark("message")),
    },
    IncidentCause: {
        IncidentCause.NETWORK: (mark("pas de réseau"), mark("réseau")),
        IncidentCause.BREAKDOWN: (mark("panne"), mark("panne")),
        IncidentCause.ROAD: (mark("route coupée ou gênée"), mark("route")),
        IncidentCause.WEATHER: (mark("intempéries"), mark("météo")),
        IncidentCause.ABSENCE: (mark("absence d'un agent"), mark("absence")),
        IncidentCause.OPERATOR_SITE: (
            mark("le site d'un opérateur ne répond pas"),
            mark("opérateur"),
        ),
        IncidentCause.OTHER: (mark("autre chose"), mark("autre")),
    },
    OverrideReason: {code: _REASONS[PassageReason(code)] for code in OverrideReason},
    PlannedStatus: {
        PlannedStatus.PLANNED: (mark("prévu"), mark("prévu")),
        PlannedStatus.CANCELLED: (mark("annulé"), mark("annulé")),
        PlannedStatus.MOVED: (mark("déplacé"), mark("déplacé")),
        PlannedStatus.ADDED: (mark("ajouté"), mark("ajouté")),
    },
    OverrideAction: {
        OverrideAction.CANCEL: (mark("annulé"), mark("annulé")),
        OverrideAction.MOVE: (mark("déplacé"), mark("déplacé")),
        OverrideAction.PLACE: (mark("autre lieu"), mark("lieu")),
        OverrideAction.HOURS: (mark("autres heures"), mark("heures")),
        OverrideAction.ADD: (mark("ajouté"), mark("ajouté")),
        OverrideAction.KEEP: (mark("maintenu"), mark("maintenu")),
        OverrideAction.CREW: (mark("autre équipage"), mark("équipage")),
        OverrideAction.VEHICLE: (mark("autre véhicule"), mark("véhicule")),
    },
    HalfDay: {
        HalfDay.MORNING: (mark("matin"), mark("matin")),
        HalfDay.AFTERNOON: (mark("après-midi"), mark("après-midi")),
    },
    Access: {
        Access.FREE: (mark("sans rendez-vous"), mark("libre")),
        Access.APPOINTMENT: (mark("sur rendez-vous"), mark("RDV")),
        Access.ON_REQUEST: (mark("à la demande"), mark("demande")),
        Access.PRIVATE: (mark("non ouvert au public"), mark("privé")),
    },
    ForbiddenNumber: {
        ForbiddenNumber.NIR: (mark("un numéro de sécurité sociale"), mark("n° sécu")),
        ForbiddenNumber.TAX: (mark("un numéro fiscal"), mark("n° fiscal")),
        ForbiddenNumber.IBAN: (mark("un numéro de compte (IBAN)"), mark("IBAN")),
        ForbiddenNumber.CARD: (mark("un numéro de carte bancaire"), mark("n° carte")),
    },
    Contact: {
        Contact.PHONE: (mark("un téléphone"), mark("téléphone")),
        Contact.EMAIL: (mark("un courriel"), mark("courriel")),
    },
    Theme: {
        Theme.TRAINING_WORK_PENSION: (mark("formation, emploi, retraite"), mark("emploi")),
        Theme.HEALTH: (mark("prévention santé"), mark("santé")),
        Theme.CIVIL_STATUS_FAMILY: (mark("état civil et famille"), mark("famille")),
        Theme.JUSTICE: (mark("justice"), mark("justice")),
        Theme.BUDGET: (mark("budget"), mark("budget")),
        Theme.HOUSING_MOBILITY_MAIL: (mark("logement, mobilité, courrier"), mark("logement")),
    },
    Presence: {
        Presence.UNKNOWN: (mark("attendu"), mark("attendu")),
        Presence.SEEN: (mark("venu"), mark("venu")),
        Presence.EXCUSED: (mark("excusé"), mark("excusé")),
        Presence.REVOKED: (mark("annulé par le service"), mark("annulé")),
        Presence.NOSHOW: (mark("pas venu"), mark("absent")),
    },
    ReferralChannel: {
        ReferralChannel.DIRECT_LINE: (mark("ligne directe"), mark("ligne")),
        ReferralChannel.ADMINISTRATION_PLUS: (mark("Administration+"), mark("A+")),
        ReferralChannel.MAIL: (mark("courriel ou courrier"), mark("courriel")),
        ReferralChannel.COUNTER: (mark("guichet"), mark("guichet")),
        ReferralChannel.VIDEO: (mark("visioconférence"), mark("visio")),
    },
    AbsenceKind: {
        AbsenceKind.LEAVE: (mark("congé"), mark("congé")),
        AbsenceKind.TRAINING: (mark("formation"), mark("formation")),
        AbsenceKind.OTHER: (mark("autre absence"), mark("autre")),
    },
    AppointmentChange: {
        AppointmentChange.OFF: (mark("passage annulé"), mark("annulé")),
        AppointmentChange.DAY: (mark("un autre jour"), mark("jour")),
        AppointmentChange.PLACE: (mark("un autre lieu"), mark("lieu")),
        AppointmentChange.HOURS: (mark("bus fermé à cette heure"), mark("heure")),
    },
    Difference: {
        Difference.GONE: (mark("plus de passage"), mark("supprimé")),
        Difference.NEW: (mark("passage en plus"), mark("en plus")),
        Difference.CANCELLED: (mark("passage annulé"), mark("annulé")),
        Difference.RESTORED: (mark("passage rétabli"), mark("rétabli")),
        Difference.DAY: (mark("un autre jour"), mark("jour")),
        Difference.PLACE: (mark("un autre lieu"), mark("lieu")),
        Difference.HOURS: (mark("d'autres heures"), mark("heures")),
        Difference.ACCESS: (mark("un autre accès"), mark("accès")),
        Difference.VEHICLE: (mark("un autre bus"), mark("bus")),
        Difference.CREW: (mark("autre équipage"), mark("équipage")),
    },
    NoticeStep: {
        NoticeStep.TOLD: (mark("prévenue"), mark("prévenue")),
        NoticeStep.ACKNOWLEDGED: (mark("a répondu"), mark("a répondu")),
    },
    NoticeChannel: {
        NoticeChannel.EMAIL: (mark("par courriel"), mark("courriel")),
        NoticeChannel.PHONE: (mark("par téléphone"), mark("téléphone")),
        NoticeChannel.LETTER: (mark("par courrier"), mark("courrier")),
        NoticeChannel.VISIT: (mark("de vive voix"), mark("vive voix")),
    },
    Usefulness: {
        Usefulness.YES: (mark("oui"), mark("oui")),
        Usefulness.UNKNOWN: (mark("je ne sais pas"), mark("ne sait")),
        Usefulness.NO: (mark("non"), mark("non")),
    },
    Severity: {
        Severity.ERROR: (mark("erreur"), mark("ERREUR")),
        Severity.WARNING: (mark("avertissement"), mark("ATTENTION")),
        Severity.INFO: (mark("information"), mark("INFO")),
    },
}

_FIELDS: Mapping[str, str] = {
    "enquiries": mark("demandes"),
    "people": mark("personnes"),
    "minutes": mark("durée"),
    "note": mark("note"),
    "passage_id": mark("passage"),
    "referred_to": mark("réorienté vers"),
    "operator": mark("opérateur"),
    "procedure": mark("démarche"),
    "help": mark("nature de l'aide"),
    "outcome": mark("issue"),
    "channel": mark("modalité"),
    "first_contact": mark("premier contact"),
    "age_band": mark("tranche d'âge"),
    "residence": mark("commune de résidence"),
    "mandate": mark("mandat"),
    "reason": mark("motif"),
    "service_date": mark("date"),
    "starts": mark("heure"),
    "whereabouts": mark("lieu"),
    "tour_id": mark("tournée"),
    "is_from_paper": mark("saisie d'après papier"),
    "insee_code": mark("commune du passage"),
    "void": mark("annulation"),
    "task": mark("à faire"),
    "due": mark("pour quand"),
    "name": mark("nom"),
    "contact": mark("téléphone ou courriel"),
    "erase_on": mark("date d'effacement"),
    "reference": mark("numéro de dossier"),
}

_KINDS: Mapping[str, str] = {
    "visit": mark("visite"),
    "appointment": mark("rendez-vous"),
    "follow_up": mark("suite"),
    "log_entry": mark("page du carnet"),
    "draft": mark("brouillon"),
    "passage": mark("passage"),
    "tour": mark("tournée"),
    "stop": mark("arrêt"),
    "place": mark("lieu"),
    "agent": mark("agent"),
    "unit": mark("bus"),
    "device": mark("poste"),
    "procedure": mark("démarche"),
    "operator": mark("opérateur"),
    "commune": mark("commune"),
    "schedule": mark("planning"),
    "revision": mark("révision"),
    "conflict": mark("conflit"),
    "folder": mark("dossier"),
    "file": mark("fichier"),
    "registry": mark("registre"),
    **{code.value: label_pair[0] for code, label_pair in _LABELS[ForbiddenNumber].items()},
}


def label(code: StrEnum) -> str:
    """Return the full name of a code: `en attente de pièces`."""
    return _(_LABELS[type(code)][code][0])


def label_short(code: StrEnum) -> str:
    """Return the short name of a code for a column, at most 10 characters: `pièces`."""
    return _(_LABELS[type(code)][code][1])


def find_code(kind: type[E], text: str) -> E | None:
    """Return the code that a text names: by itself, or in any language of ours."""
    return _names_of(kind).get(fold(text))


@cache
def _names_of(kind: type[E]) -> Mapping[str, E]:
    names = {fold(code.value): code for code in kind}
    for language in LANGUAGES:
        with speaking(language):
            for code in kind:
                for name in (label(code), label_short(code)):
                    names.setdefault(fold(name), code)
    return names


def agent_label(names: Mapping[str, str], agent_id: str) -> str:
    """Return the name that this laptop knows of an agent, or the id as a person writes it."""
    spelt = " ".join(part[:1].upper() + part[1:] for part in agent_id.split("-"))
    return names.get(agent_id) or spelt


def label_kind(kind: str) -> str:
    """Return the name of a kind of thing that an error is about: `visite`, `tournée`."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def label_field(name: str) -> str:
    """Return the name of a field of a form; a key of a file stays as it is written there."""
    return _(_FIELDS[name]) if name in _FIELDS else name
