"""A rule of days while it is typed: its words, its next dates, even weeks or every other one."""

from collections.abc import Sequence
from datetime import date

from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.week_parity import ParityChoice
from fsmobile.formats.recurrence_phrases import RuleAdvice
from fsmobile.formats.recurrence_reading import read_recurrence
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.formats.toml_tables import nearest
from fsmobile.texts.recurrence_words import describe_recurrence
from fsmobile.texts.translation import _, mark, speaking
from fsmobile.tui.lines import Line, Role, line
from fsmobile.tui.plan_words import describe_dates
from fsmobile.tui.stage import PromptReading
from fsmobile.usecases.planning_rules import ask_parity, list_next_dates

_ADVICE = {
    RuleAdvice.TWO_RULES: mark("cela fait deux règles : une sortie pour chacune"),
    RuleAdvice.HOURS: mark("les heures se donnent à chaque arrêt"),
    RuleAdvice.VALIDITY: mark("le premier et le dernier jour sont ceux de la version"),
    RuleAdvice.WEEK_OF_MONTH: mark("écrivez « 1er mardi », « paires » ou « une semaine sur deux »"),
    RuleAdvice.EXCEPTION: mark("une date en moins est un passage à annuler"),
    RuleAdvice.YEAR: mark("écrivez l'année : 24/11/2026"),
}


def read_rule(tree: ScheduleTree, text: str, day: date) -> PromptReading:
    """Show what a typed rule is: in words, its next dates, and what a week 53 does to it."""
    reading = read_recurrence(text, day)
    rows: list[Line] = []
    if reading.stray:
        quote = _quote if reading.advice else _quote_with_day
        words = ", ".join(map(quote, reading.stray))
        rows.append(line((_("je ne comprends pas {words}").format(words=words), Role.WARN)))
    rows += [line((_(_ADVICE[one]), Role.WARN)) for one in reading.advice]
    if RuleAdvice.TWO_RULES in reading.advice:
        return PromptReading(rows=tuple(rows))
    if not reading.rule.weekdays and not reading.rule.dates:
        rows.append(line((_("il manque le jour : mardi, jeudi…"), Role.WARN)))
        return PromptReading(rows=tuple(rows))
    rows.append(line((describe_recurrence(reading.rule), Role.HEAD)))
    dates = list_next_dates(tree, reading.rule, day)
    if not dates:
        rows.append(line((_("aucune date en sept ans"), Role.WARN)))
        return PromptReading(rows=tuple(rows))
    for start in range(0, len(dates), 4):
        rows.append(line((describe_dates(dates[start : start + 4]), Role.PLAIN)))
    choice = ask_parity(tree, reading.rule, day)
    if choice is None:
        return PromptReading(rows=tuple(rows), is_ready=reading.is_whole)
    with speaking("fr"):
        other = describe_recurrence(choice.cycle_rule)
    return PromptReading(
        rows=(*rows, *_parity_lines(choice)),
        is_ready=reading.is_whole,
        other=other,
        other_label=_("Une semaine sur deux"),
    )


def _quote(word: str) -> str:
    return f"« {word} »"


def _quote_with_day(word: str) -> str:
    """Quote a word, with the day of the week that it looks like."""
    day = nearest(word, WEEKDAYS)
    return _quote(word) if day is None else f"{_quote(word)} ({day} ?)"


def describe_parity(choice: ParityChoice) -> str:
    """Say the dates of both around the new year, in one text."""
    return _("Cette parité : {parity}. Une semaine sur deux : {cycle}.").format(
        parity=_short(choice.by_parity), cycle=_short(choice.by_cycle)
    )


def _parity_lines(choice: ParityChoice) -> list[Line]:
    """Set both side by side at the next 53-week year."""
    year = choice.new_year.year
    title = _("Nouvel An {before}/{after}, après une semaine 53 :").format(
        before=year - 1, after=year
    )
    return [
        line((title, Role.WARN)),
        line(("  " + _("cette parité   "), Role.DIM), _short(choice.by_parity)),
        line(("  " + _("un sur deux    "), Role.DIM), _short(choice.by_cycle)),
    ]


def _short(days: Sequence[date]) -> str:
    return " · ".join(f"{day.day}/{day.month}" for day in days)
