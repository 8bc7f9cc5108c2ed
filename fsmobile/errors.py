"""Every error of the program, as one tree; six categories, six reactions.

    FsmobileError
    ├─ InvalidInput            the person can mend it; .problems lists every fault found
    │  ├─ InvalidRecurrence  InvalidTour  InvalidVisit  InvalidSchedule  InvalidSettings
    │  └─ PersonalDataRefused
    ├─ NotFound                .kind, .id
    ├─ NotAllowed              the registry refuses this laptop, or the record is read-only
    ├─ ChangedMeanwhile        the record moved on while it was being edited
    ├─ TryLater                nothing is wrong with the data
    │  ├─ RegistryUnreachable
    │  └─ StoreBusy  StoreFull
    └─ OutOfStep               going on would do harm; a person must look
       ├─ StoreTooNew  ProtocolMismatch
       └─ BadSignature  RepeatedFork

Errors carry a stable `code` and parameters, never a sentence: sentences are in
`texts/sentences.py`, exit codes in `cli/exit_codes.py`, HTTP in `registry/problems.py`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Param = str | int | float | bool | None


class Severity(StrEnum):
    """How grave a problem is; the words are those of the reports."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault that a person can mend, with the place where it stands."""

    code: str
    """Stable snake_case name; `texts` holds a sentence for each."""
    severity: Severity = Severity.ERROR
    file: str | None = None
    """Path inside the schedule tree, with `/`, or the name of a settings file."""
    line: int | None = None
    """From 1."""
    column: int | None = None
    """From 1."""
    field: str | None = None
    """Dotted key or form field, as the person knows it (`sorties.mardi.jours`)."""
    params: Mapping[str, Param] = dataclasses.field(default_factory=dict)
    """What the sentence needs: `value`, `expected`, `nearest`…"""


class FsmobileError(Exception):
    """Root of the tree; `code` chooses the sentence, `params` fill it."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Mapping[str, Param] = params


class InvalidInput(FsmobileError):
    """What was given cannot be taken; the person can mend it."""

    def __init__(self, code: str, problems: Sequence[Problem] = (), **params: Param) -> None:
        super().__init__(code, **params)
        self.problems: tuple[Problem, ...] = tuple(problems)


class InvalidRecurrence(InvalidInput):
    """A rule of days that cannot be."""


class InvalidTour(InvalidInput):
    """A tour that cannot be."""


class InvalidVisit(InvalidInput):
    """A visit that cannot be recorded as it stands."""


class InvalidSchedule(InvalidInput):
    """A schedule tree with faults in its files."""


class InvalidSettings(InvalidInput):
    """Settings with unknown keys or wrong types."""


class PersonalDataRefused(InvalidInput):
    """A number that names a person was found in a free text."""


class NotFound(FsmobileError):
    """What was looked for is not here; `kind` and `id` say what."""

    def __init__(self, kind: str, id: str, **params: Param) -> None:
        super().__init__(f"{kind}_not_found", kind=kind, id=id, **params)
        self.kind = kind
        self.id = id


class NotAllowed(FsmobileError):
    """Refused: by the registry, or because the record is read-only."""


class ChangedMeanwhile(FsmobileError):
    """The record moved on while it was being edited."""


class TryLater(FsmobileError):
    """Nothing is wrong with the data; the same act may go through later."""


class RegistryUnreachable(TryLater):
    """No answer that is the registry's: no network, a captive portal, a dead server."""


class StoreBusy(TryLater):
    """Another program holds the laptop's store."""


class StoreFull(TryLater):
    """The disk cannot take one more record."""


class OutOfStep(FsmobileError):
    """Going on would do harm; a person must look."""


class StoreTooNew(OutOfStep):
    """The store was written by a newer program; nothing was touched."""


class ProtocolMismatch(OutOfStep):
    """The registry speaks a protocol that this program does not know."""


class BadSignature(OutOfStep):
    """An answer is not signed by the registry this laptop was enrolled with."""


class RepeatedFork(OutOfStep):
    """The same key forks again and again: two machines share it."""
