"""Doubts: what cannot be judged, because the file that says it has a fault already told."""

from collections import defaultdict
from collections.abc import Iterable

from fsmobile.core.ids import RunId, StopId, TourId
from fsmobile.core.overrides import Override
from fsmobile.core.tours import Run, Tour, TourVersion
from fsmobile.errors import Problem, Severity

UNREAD_CODES = frozenset({"file_unreadable", "merge_markers_left"})
DAY_KEYS = frozenset(
    {"jours", "semaines", "rang", "cycle", "saison", "vacances", "feries", "dates", "effet", "fin"}
)
"""The keys that say on which days a run goes."""
PLACE_KEYS = frozenset({"lieu", "base", "arrets"})


class Doubts:
    """The faults of the files that make other rules say nothing: no fault is told twice."""

    def __init__(self, faults: Iterable[Problem]) -> None:
        """Keep the faults that leave a hole in the schedule."""
        self._faults = [
            one
            for one in faults
            if one.file is not None
            and (one.severity is Severity.ERROR or one.code == "unknown_key")
        ]
        self._by_file: defaultdict[str, list[Problem]] = defaultdict(list)
        for one in self._faults:
            self._by_file[one.file or ""].append(one)

    def about_tour(self, tour_id: TourId) -> bool:
        """Tell whether some file of a tour could not be read at all."""
        folder = f"tournees/{tour_id}/"
        return any(
            one.code in UNREAD_CODES or (one.code == "duplicate_identifier" and not one.field)
            for file, faults in self._by_file.items()
            if file.startswith(folder)
            for one in faults
        )

    def about_places(self) -> bool:
        """Tell whether a stop, a tour or an overlay that may use a place could not be read."""
        return any(
            one.file is not None
            and (one.file.startswith(("tournees/", "surcharges/")))
            and (one.code in UNREAD_CODES or _last_key(one) in PLACE_KEYS or not one.field)
            for one in self._faults
        )

    def about_days(self, version: TourVersion, run_id: RunId) -> bool:
        """Tell whether the days of a run are not those that its file meant."""
        own = self._by_file.get(version.position.file, ())
        return any(_is_day_key(one) and _is_of(one, f"sorties.{run_id}") for one in own)

    def about_target(self, tour: Tour, override: Override) -> bool:
        """Tell whether an overlay may aim at a passage that a fault hides."""
        if self.about_tour(tour.tour_id):
            return True
        return any(
            self.about_days(version, run.run_id) and _may_hold(run, override)
            for version in tour.versions
            for run in version.runs
        )


def _is_day_key(problem: Problem) -> bool:
    parts = (problem.field or "").split(".")
    named = {*parts, str(problem.params.get("value"))}
    return bool(named & DAY_KEYS) or problem.code == "unknown_key"


def _is_of(problem: Problem, prefix: str) -> bool:
    field = problem.field or ""
    return field == prefix or field.startswith(f"{prefix}.") or not field.startswith("sorties")


def _last_key(problem: Problem) -> str:
    return (problem.field or "").rpartition(".")[2]


def _may_hold(run: Run, override: Override) -> bool:
    stops: set[StopId] = {stop.stop_id for stop in run.stops}
    return override.scope in stops or override.scope in {"journee", "matin", "apres-midi"}
