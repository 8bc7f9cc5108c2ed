"""Doubts: what cannot be judged, because the file that says it has a fault already told."""

from collections import defaultdict
from collections.abc import Iterable

from fsmobile.core.ids import StopId, TourId
from fsmobile.core.overrides import Override
from fsmobile.core.tours import Run, Tour, TourVersion
from fsmobile.errors import Problem, Severity

UNREAD_CODES = frozenset({"file_unreadable", "merge_markers_left"})
NAMELESS_CODES = frozenset(
    {"invalid_identifier", "reserved_identifier", "version_same_effect_date"}
)
"""What has no name of its own is not where others look for it."""
DAY_KEYS = frozenset(
    {"jours", "semaines", "rang", "cycle", "saison", "vacances", "feries", "dates", "effet", "fin"}
)
"""The keys that say on which days a run goes."""
SCHOOL_FILE = "calendriers/vacances.toml"
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
        """Tell whether a file of a tour could not be read, or something in it found no name."""
        folder = f"tournees/{tour_id}/"
        return any(
            one.code in UNREAD_CODES | NAMELESS_CODES
            or (one.code == "duplicate_identifier" and not one.field)
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

    def about_days(self, version: TourVersion, run: Run) -> bool:
        """Tell whether the days of a run are not those that its file meant."""
        if run.recurrence.needs_school_calendar and self._by_file.get(SCHOOL_FILE):
            return True
        own = self._by_file.get(version.position.file, ())
        return self.about_tour(version.tour_id) or any(
            _is_day_key(one) and _is_of(one, f"sorties.{run.run_id}") for one in own
        )

    def about_stop_days(self, version: TourVersion, run: Run) -> bool:
        """Tell whether a stop of a run is not served on the days that its file meant."""
        own = self._by_file.get(version.position.file, ())
        stops = f"sorties.{run.run_id}.arrets."
        return any(_is_day_key(one) and (one.field or "").startswith(stops) for one in own)

    def about_drive(self, version: TourVersion, stop_id: StopId) -> bool:
        """Tell whether how long the drive to a stop takes was said, and not understood."""
        own = self._by_file.get(version.position.file, ())
        return any((one.field or "").endswith(f"arrets.{stop_id}.trajet") for one in own)

    def about_target(self, tour: Tour, override: Override) -> bool:
        """Tell whether an overlay may aim at a passage that a fault hides."""
        if self.about_tour(tour.tour_id):
            return True
        return any(
            (run.recurrence.lacks_weekdays or self.about_days(version, run))
            and _may_hold(run, override)
            for version in tour.versions
            for run in version.runs
        )


def _is_day_key(problem: Problem) -> bool:
    parts = (problem.field or "").split(".")
    meant = problem.params.get("nearest" if problem.code == "unknown_key" else "value")
    return bool({*parts, str(meant)} & DAY_KEYS)


def _is_of(problem: Problem, prefix: str) -> bool:
    field = problem.field or ""
    return field == prefix or field.startswith(f"{prefix}.") or not field.startswith("sorties")


def _last_key(problem: Problem) -> str:
    return (problem.field or "").rpartition(".")[2]


def _may_hold(run: Run, override: Override) -> bool:
    stops: set[StopId] = {stop.stop_id for stop in run.stops}
    return override.scope in stops or override.scope in {"journee", "matin", "apres-midi"}
