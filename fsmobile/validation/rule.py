"""Rule: one check of a schedule, with its code and its gravity; what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fsmobile.core.positions import NOWHERE, Position
from fsmobile.errors import Param, Problem, Severity
from fsmobile.validation.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, before it is given the code of the rule that found it."""

    subject: str
    """Id of what is at fault: `nord`, `nord/dun`, `2026-11-24-nord-dun`."""
    position: Position = NOWHERE
    severity: Severity | None = None
    """Graver or lighter than the rule's own."""
    params: dict[str, Param] = field(default_factory=dict)


Check = Callable[[Study], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; the docstring of its check is its public documentation."""

    code: str
    severity: Severity
    check: Check

    def problems(self, study: Study) -> Iterator[Problem]:
        """Yield what the rule finds in a schedule."""
        for finding in self.check(study):
            place = finding.position
            yield Problem(
                code=self.code,
                severity=finding.severity or self.severity,
                file=place.file or None,
                line=place.line,
                column=place.column,
                params={"id": finding.subject, **finding.params},
            )


def rule(code: str, severity: Severity) -> Callable[[Check], Rule]:
    """Make a rule of a check."""

    def make(check: Check) -> Rule:
        return Rule(code=code, severity=severity, check=check)

    return make


def found(
    subject: str, position: Position, *, severity: Severity | None = None, **params: Param
) -> Finding:
    """Make a finding; the parameters fill its sentence."""
    return Finding(subject=subject, position=position, severity=severity, params=params)
