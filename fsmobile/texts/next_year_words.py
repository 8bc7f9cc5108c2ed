"""What is left to decide of a new year, in sentences; the gravest first."""

from collections.abc import Mapping
from datetime import date

from fsmobile.errors import Param
from fsmobile.texts.dates import format_date
from fsmobile.texts.filling import fill
from fsmobile.texts.translation import _, mark

_SENTENCES: Mapping[str, str] = {
    "parity_break": mark(
        "{tour} : semaines paires et impaires se suivent mal au {date} ; échangez-les (touche c)."
    ),
    "week_53": mark("{tour} : une règle nomme la semaine 53, qui n'existe pas chaque année."),
    "dates_moved": mark("{tour}, {run} : dates reportées de 52 semaines, à confirmer : {dates}."),
    "date_on_holiday": mark("{tour}, {run} : le {date} serait férié ; date retirée."),
    "school_calendar_short": mark(
        "Vacances scolaires connues jusqu'au {date} seulement : complétez le calendrier."
    ),
    "closure_moved": mark("Fermeture du {first} au {last} : reportée de 52 semaines, à confirmer."),
    "end_moved": mark("{tour} : la fin est reportée au {date}, à confirmer."),
    "inspection_due": mark("{id} : contrôle technique à faire avant le {date}."),
    "permit_ends": mark("{id} : l'autorisation de stationner finit le {date}."),
    "acknowledgement_ends": mark("Signalement accepté jusqu'au {date}, à revoir : {id}."),
    "tour_unchanged": mark("{tour} : mêmes jours et mêmes heures que cette année ; est-ce voulu ?"),
    "tour_ended": mark("{tour} : tournée finie, non reprise."),
    "school_calendar_extended": mark(
        "Vacances scolaires complétées jusqu'au {date} ({n} périodes)."
    ),
    "exceptions_left": mark("Exceptions de l'année qui finit, non reprises : {n}."),
}
DECISION_CODES = tuple(_SENTENCES)
"""In the order in which they are told."""


def describe_decision(code: str, params: Mapping[str, Param]) -> str:
    """Say what is to be decided; dates as they are written in a sentence."""
    told = {name: _written(value) for name, value in params.items()}
    return fill(_(_SENTENCES[code]), told)


def _written(value: Param) -> Param:
    """Write an ISO date, or several, in words."""
    if not isinstance(value, str):
        return value
    parts = value.split(", ")
    try:
        return ", ".join(format_date(date.fromisoformat(part)) for part in parts)
    except ValueError:
        return value
