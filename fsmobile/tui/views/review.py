"""The review before publishing as lines: who gains, who loses, who is told, the checks."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from fsmobile.core.documents import Value
from fsmobile.core.plan_comparison import VillageChange
from fsmobile.core.schedule_names import names_of
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import Problem, Severity
from fsmobile.formats.toml_editing import format_toml_value
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.dates import format_day
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, line, pad, wrap_text
from fsmobile.usecases.conflicts import ConflictView
from fsmobile.usecases.plan_review import NewVersion, PlanReview

COMMUNE_WIDTH = 24
SENTENCES_EACH = 3
"""Sentences of one village; more are counted."""
FILES_SHOWN = 12


class ReviewView(Struct, frozen=True, kw_only=True):
    """Everything the review shows."""

    today: date
    tree: ScheduleTree
    review: PlanReview
    files: Sequence[tuple[str, str]]
    """Each file that changes, with a word when it is new or gone."""
    problems: Sequence[Problem]
    """The gravest first."""

    @property
    def errors(self) -> int:
        """Return how many faults forbid publishing."""
        return sum(one.severity is Severity.ERROR for one in self.problems)


def review_lines(view: ReviewView, width: int) -> list[Line]:
    """Draw the whole review: the verdict first, then what it is about."""
    return [
        _balance(view),
        _verdict(view),
        *_told_lines(view, width),
        *_village_lines(view, width),
        *_version_lines(view, width),
        *_problem_lines(view, width),
        *_file_lines(view),
    ]


def conflict_lines(conflicts: Sequence[ConflictView]) -> list[Line]:
    """Show the conflicts to be settled, each with both sides."""
    rows: list[Line] = []
    for number, view in enumerate(conflicts):
        one = view.conflict
        role = Role.HEAD if not number else Role.DIM
        rows.append(line((f" {one.file} {one.key}".rstrip(), role)))
        for name, value in (
            (_("avant"), one.base),
            (_("ici"), one.mine),
            (_("publié"), one.theirs),
        ):
            shown = _("rien") if value is None else _one_line(value)
            rows.append(line(("   " + pad(name, 10), Role.DIM), (shown, role)))
    return rows


def _balance(view: ReviewView) -> Line:
    """Say in one row which way the passages go."""
    villages = view.review.villages
    if not villages:
        return line((" " + _("Aucun passage ne change dans les six mois."), Role.HEAD))
    lose = sum(one.after < one.before for one in villages)
    gain = sum(one.after > one.before for one in villages)
    same = len(villages) - lose - gain
    parts = [
        n_("{n} village perd des passages", "{n} villages perdent des passages", lose),
        n_("{n} village en gagne", "{n} villages en gagnent", gain),
        n_("{n} village change sans en perdre", "{n} villages changent sans en perdre", same),
    ]
    counts = (lose, gain, same)
    told = [part.format(n=n) for part, n in zip(parts, counts, strict=True) if n]
    return line((" " + " · ".join(told), Role.WARN if lose else Role.GOOD))


def _verdict(view: ReviewView) -> Line:
    if view.errors:
        told = n_("{n} erreur", "{n} erreurs", view.errors).format(n=view.errors)
        refused = _("✗ Contrôles : {errors}, la publication est refusée").format(errors=told)
        return line((" " + refused, Role.BAD))
    warnings = sum(one.severity is Severity.WARNING for one in view.problems)
    told = n_("{n} avertissement", "{n} avertissements", warnings).format(n=warnings)
    return line((" " + _("Contrôles : aucune erreur, {warnings}").format(warnings=told), Role.GOOD))


def _told_lines(view: ReviewView, width: int) -> list[Line]:
    """Say who is told once it is published."""
    told, booked = view.review.told, view.review.booked
    if not told:
        return [line((" " + _("Personne à prévenir."), Role.DIM))]
    count = n_("À prévenir : {n} mairie", "À prévenir : {n} mairies", len(told)).format(n=len(told))
    names = ", ".join(one.village.name for one in told)
    rows = [
        line((f" {count} · ", Role.HEAD) if not index else "   ", part)
        for index, part in enumerate(wrap_text(names, width - len(count) - 6)[:2])
    ]
    if booked:
        people = n_(
            "{n} rendez-vous à un passage qui change : l'équipe du bus le voit dans ses suites",
            "{n} rendez-vous à un passage qui change : l'équipe du bus les voit dans ses suites",
            booked,
        )
        rows.append(line((" ! " + people.format(n=booked), Role.WARN)))
    return rows


def _village_lines(view: ReviewView, width: int) -> list[Line]:
    if not view.review.villages:
        return []
    rows = [Line(), line((" " + _("Ce qui change dans les six mois"), Role.TITLE))]
    words = ChangeWords(view.tree)
    for one in view.review.villages:
        rows += _one_village(one, words.tell(one.changes), width)
    return rows


def _one_village(one: VillageChange, sentences: Sequence[str], width: int) -> list[Line]:
    delta = one.after - one.before
    count = n_("{n} passage", "{n} passages", one.after).format(n=one.after)
    role = Role.WARN if delta < 0 else Role.GOOD if delta > 0 else Role.DIM
    counted = f"{count} ({delta:+d})" if delta else count
    rows = [line("   ", (pad(one.village.name, COMMUNE_WIDTH), Role.HEAD), (counted, role))]
    for text in sentences[:SENTENCES_EACH]:
        first, *more = wrap_text(text, width - 8)
        rows += [line("     " + first), *(line("       " + part) for part in more)]
    left = len(sentences) - SENTENCES_EACH
    if left > 0:
        others = n_("et {n} autre changement", "et {n} autres changements", left).format(n=left)
        rows.append(line(("     " + others, Role.DIM)))
    return rows


def _version_lines(view: ReviewView, width: int) -> list[Line]:
    versions = view.review.versions
    if not versions:
        return []
    rows = [Line(), line((" " + _("Annoncé d'avance"), Role.TITLE))]
    for one in versions:
        first, *more = wrap_text(_version(one, view.today), width - 6)
        rows += [line("   " + first), *(line("     " + part) for part in more)]
    return rows


def _version(one: NewVersion, today: date) -> str:
    told = _("{tour} : horaires valables à partir du {day}, {ahead}")
    if one.is_known:
        told = _("{tour} : les horaires du {day} sont corrigés, {ahead}")
    days = (one.valid_from - today).days
    weeks = days // 7
    ahead = (
        n_("dans {n} semaine", "dans {n} semaines", weeks).format(n=weeks)
        if weeks
        else n_("dans {n} jour", "dans {n} jours", days).format(n=days)
    )
    return told.format(tour=one.name, day=format_day(one.valid_from), ahead=ahead)


def _problem_lines(view: ReviewView, width: int) -> list[Line]:
    shown = [one for one in view.problems if one.severity is not Severity.INFO]
    if not shown:
        return []
    rows = [Line(), line((" " + _("Contrôles"), Role.TITLE))]
    names = names_of(view.tree)
    for problem in shown:
        is_error = problem.severity is Severity.ERROR
        first, *more = wrap_text(explain_problem(problem, names), width - 6)
        sign, role = ("✗", Role.BAD) if is_error else ("!", Role.WARN)
        rows += [line((f"   {sign} ", role), first), *(line("     " + part) for part in more)]
    return rows


def _file_lines(view: ReviewView) -> list[Line]:
    count = n_("{n} fichier", "{n} fichiers", len(view.files)).format(n=len(view.files))
    rows = [Line(), line((" " + count, Role.TITLE))]
    for name, state in view.files[:FILES_SHOWN]:
        rows.append(line("   " + name, (f"  {state}" if state else "", Role.DIM)))
    return [*rows, *([line("   …")] if len(view.files) > FILES_SHOWN else [])]


def _one_line(value: Value) -> str:
    """Write a value of a conflict on its row."""
    return format_toml_value(value).splitlines()[0]
