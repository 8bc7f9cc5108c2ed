"""Report: the problems of a schedule by code, with samples, and the totals that are exact."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fsmobile.errors import Problem, Severity

SAMPLES_MAX = 1_000
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """All problems of one code and one gravity."""

    code: str
    severity: Severity
    total: int
    """Exact, however few samples are kept."""
    samples: tuple[Problem, ...]
    """The first ones, by file, line and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What checking one or several schedules has found."""

    today: date
    """The day for which it holds."""
    agencies: tuple[str, ...] = ()
    """Ids of the structures that were checked."""
    notices: tuple[Notice, ...] = ()
    """The gravest first, then by code."""
    acknowledged: int = 0
    """Problems that somebody has accepted for a while; they are in no notice."""

    def count(self, severity: Severity) -> int:
        """Count the problems of a gravity."""
        return sum(notice.total for notice in self.notices if notice.severity is severity)


def make_report(
    problems: Iterable[Problem],
    today: date,
    *,
    agencies: Sequence[str] = (),
    acknowledged: int = 0,
) -> Report:
    """Group problems into notices."""
    groups: defaultdict[tuple[int, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[_ORDER.index(problem.severity), problem.code].append(problem)
    notices = []
    for (rank, code), group in sorted(groups.items()):
        group.sort(key=_place)
        samples = tuple(group[:SAMPLES_MAX])
        notices.append(Notice(code=code, severity=_ORDER[rank], total=len(group), samples=samples))
    return Report(
        today=today,
        agencies=tuple(agencies),
        notices=tuple(notices),
        acknowledged=acknowledged,
    )


def format_report(report: Report, explain: Callable[[Problem], str]) -> dict[str, object]:
    """Return a report as the values of a JSON document; `explain` gives the sentences."""
    return {
        "summary": {
            "date": report.today.isoformat(),
            "structures": list(report.agencies),
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "infos": report.count(Severity.INFO),
            "acknowledged": report.acknowledged,
        },
        "notices": [
            {
                "code": notice.code,
                "severity": str(notice.severity),
                "totalNotices": notice.total,
                "sampleNotices": [_format_sample(one, explain) for one in notice.samples],
            }
            for notice in report.notices
        ],
    }


def _format_sample(problem: Problem, explain: Callable[[Problem], str]) -> dict[str, object]:
    params = {key: value for key, value in problem.params.items() if value is not None}
    return {
        "fichier": problem.file,
        "ligne": problem.line,
        "colonne": problem.column,
        "id": params.pop("id", problem.field),
        "message": explain(problem),
        "params": params,
    }


def _place(problem: Problem) -> tuple[str, int, int, str]:
    subject = str(problem.params.get("id") or problem.field or "")
    return (problem.file or "", problem.line or 0, problem.column or 0, subject)
