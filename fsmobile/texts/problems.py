"""A sentence for each fault that a person can mend, by its code.

A sentence says what is wrong; what was expected and the nearest known word, when the fault
carries them and the sentence does not name them, are added after it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from fsmobile.core.spans import HalfDay
from fsmobile.errors import Param, Problem
from fsmobile.texts.dates import format_date, format_day, format_day_short
from fsmobile.texts.filling import fields_of, fill
from fsmobile.texts.import_sentences import IMPORT_PROBLEMS
from fsmobile.texts.labels import label, label_field
from fsmobile.texts.paper_sentences import PAPER_PROBLEMS
from fsmobile.texts.schedule_problems import AS_WRITTEN, SCHEDULE_SENTENCES
from fsmobile.texts.toml_sentences import explain_toml
from fsmobile.texts.translation import _, mark
from fsmobile.texts.visit_import_sentences import VISIT_IMPORT_PROBLEMS

_VISIT_SENTENCES: Mapping[str, str] = {
    "visit_without_enquiry": mark("Il faut au moins une demande."),
    "too_many_enquiries": mark("Pas plus de {maximum} demandes pour une visite."),
    "people_out_of_range": mark("De 1 à {maximum} personnes, et non {value}."),
    "duration_out_of_range": mark("Une durée va de 1 à {maximum} minutes, et non {value}."),
    "note_too_long": mark("La note fait {length} caractères ; {maximum} au plus."),
    "visit_without_place": mark("Dire où : à un passage, sur la route ou à la base."),
    "referral_without_target": mark("Dire vers qui la personne est réorientée."),
    "operator_missing": mark("Choisir l'opérateur de cette démarche."),
}

_FOLLOW_UP_SENTENCES: Mapping[str, str] = {
    "follow_up_without_task": mark("Dire en quelques mots ce qui est promis."),
    "follow_up_without_end": mark("Choisir une date, ou le lieu du prochain passage."),
    "follow_up_text_too_long": mark("{length} caractères ; {maximum} au plus."),
    "named_part_without_name": mark("Écrire le nom, ou ne garder aucun nom."),
    "erase_on_out_of_range": mark(
        "La date d'effacement doit venir après aujourd'hui, et avant le {maximum}."
    ),
}

PROBLEM_SENTENCES: Mapping[str, str] = {
    **_VISIT_SENTENCES,
    **_FOLLOW_UP_SENTENCES,
    **IMPORT_PROBLEMS,
    **PAPER_PROBLEMS,
    **SCHEDULE_SENTENCES,
    **VISIT_IMPORT_PROBLEMS,
}
"""French sentences by code; `_()` translates them when they are shown."""


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_NAMES: Mapping[str, str] = {}


def explain_problem(problem: Problem, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return one sentence or two: what is wrong, what was expected, what was perhaps meant.

    `names` are what people call the stops, places, tours and vehicles of the schedule, by id.
    """
    template = PROBLEM_SENTENCES.get(problem.code)
    if template is None:
        template = mark("Règle non respectée : {code}.")
        return fill(_(template), {**problem.params, "code": problem.code})
    params = _in_words(problem, names)
    if problem.code == "file_unreadable":
        said = params.get("value") or params.get("detail")
        params = {**params, "detail": explain_toml(str(said or ""))}
    parts = [fill(_(template), params)]
    told = fields_of(template)
    if problem.params.get("expected") and "expected" not in told:
        parts.append(fill(_("Attendu : {expected}."), params))
    if problem.params.get("nearest") and "nearest" not in told:
        parts.append(fill(_("Vouliez-vous écrire « {nearest} » ?"), problem.params))
    if problem.params.get("away"):
        parts.append(fill(_("En congé ou en formation le {date} : {away}."), params))
    half_day = problem.params.get("half_day")
    if half_day:
        vague = _("À vérifier : les heures ne sont pas fixées ({half_day}).")
        parts.append(fill(vague, {"half_day": label(HalfDay(str(half_day)))}))
    return " ".join(parts)


def _in_words(problem: Problem, names: Mapping[str, str]) -> Mapping[str, Param]:
    """Say days and things as people do; what stands in a file stays as it is written there."""
    if problem.code in AS_WRITTEN:
        return problem.params
    tell = format_date if "weekday" in problem.params else format_day
    return {name: _worded(name, value, names, tell) for name, value in problem.params.items()}


def _worded(
    name: str, value: Param, names: Mapping[str, str], tell: Callable[[date], str]
) -> Param:
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        return _told(value, tell)
    if name == "dates":
        return _DAY.sub(lambda day: _told(day[0], format_day_short), value)
    return ", ".join(names.get(part, part) for part in value.split(", "))


def _told(text: str, tell: Callable[[date], str]) -> str:
    try:
        return tell(date.fromisoformat(text))
    except ValueError:
        return text


def locate_problem(problem: Problem) -> str:
    """Return where a fault stands: `tournees/nord.toml:12:5 sorties.mardi.jours`, or nothing."""
    place = problem.file or ""
    for number in (problem.line, problem.column):
        if place and number is not None:
            place += f":{number}"
    field = label_field(problem.field) if problem.field else ""
    return (
        fill("{where}", {"where": " ".join(filter(None, (place, field)))}) if place or field else ""
    )


def describe_problem(problem: Problem) -> str:
    """Return a fault on one line: place, severity, sentence, code."""
    where = locate_problem(problem)
    head = f"{where}: " if where else ""
    return f"{head}{label(problem.severity)} : {explain_problem(problem)} [{problem.code}]"
