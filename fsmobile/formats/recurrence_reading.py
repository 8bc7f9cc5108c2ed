"""A rule of days read from plain French words, as a coordinator types it.

It reads all that `fsmobile.texts.recurrence_words` writes, and shorter: « ma paires », « 1er 3e
lundi », « mardi une semaine sur deux depuis le 8/9/2026 ». Nothing is raised while one types:
what is not understood comes back beside what is, and what no rule can say is never guessed.
"""

from dataclasses import dataclass
from datetime import date

from fsmobile.core.recurrence import Cycle, Recurrence
from fsmobile.formats.recurrence_grammar import GRAMMAR
from fsmobile.formats.recurrence_phrases import RuleAdvice, Words
from fsmobile.formats.typed_dates import plain_words


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """What was understood of a typed rule."""

    rule: Recurrence
    stray: tuple[str, ...] = ()
    """Words that say nothing known, or an impossible date or number."""
    advice: tuple[RuleAdvice, ...] = ()
    """What to write instead of what no rule can say."""

    @property
    def is_whole(self) -> bool:
        """Tell whether everything was understood and some day is named."""
        is_understood = not self.stray and not self.advice
        return is_understood and bool(self.rule.weekdays or self.rule.dates)


def read_recurrence(text: str, cycle_start: date) -> RuleReading:
    """Read a rule as it is typed; a cycle without a date begins in the week of `cycle_start`."""
    words = Words(cycle_start)
    plain, at = plain_words(text), 0
    while at < len(plain):
        for pattern, take in GRAMMAR:
            found = pattern.match(plain, at)
            if found is not None and found.end() > at:
                if not take(words, found):
                    words.stray.append(found[0].strip())
                at = found.end()
                break
    _finish(words)
    return RuleReading(
        rule=_rule(words), stray=tuple(words.stray), advice=tuple(dict.fromkeys(words.advice))
    )


def _finish(words: Words) -> None:
    """Find what the words said apart and no single rule can hold together."""
    if words.start_said and words.cycle_length is None:
        words.stray.append(words.start_said)
        words.advice.append(RuleAdvice.VALIDITY)
    if words.counts_days and words.start_said and not words.weekdays:
        words.weekdays.add(words.cycle_start.weekday())
    shared = words.cycle_days
    ranks = {frozenset(words.ranks_of.get(day, ())) for day in words.weekdays}
    if (shared and shared != words.weekdays) or len(ranks) > 1:
        words.advice.append(RuleAdvice.TWO_RULES)


def _rule(words: Words) -> Recurrence:
    cycle = None
    if words.cycle_length is not None:
        cycle = Cycle(
            length=words.cycle_length,
            starts_on=words.cycle_start,
            ranks=frozenset(words.cycle_ranks or {1}),
            count=words.cycle_count,
        )
    return Recurrence(
        weekdays=frozenset(words.weekdays),
        parity=words.parity,
        weeks=frozenset(words.weeks),
        ranks=frozenset(words.ranks),
        cycle=cycle,
        seasons=tuple(words.seasons),
        school=words.school,
        holidays=words.holidays,
        dates=tuple(words.dates),
    )
