"""References between the files of a schedule: each id must be declared somewhere."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from fsmobile.core.overrides import Override
from fsmobile.core.positions import Position
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import Run, Tour, TourVersion
from fsmobile.errors import Problem
from fsmobile.formats.toml_tables import Report, nearest


@dataclass(slots=True, kw_only=True)
class _Checker:
    """What is declared, and the faults found so far."""

    report: Report
    declared: Mapping[str, Set[str] | None]
    """Ids by kind (`lieu`, `vehicule`, `agent`); None when their file cannot be read."""

    def check(self, kind: str, value: str | None, position: Position, key: str) -> None:
        """Report an id that nothing declares, unless its file is already at fault."""
        known = self.declared[kind]
        if not value or known is None or value in known or not position.has(key):
            return
        place = position.of(key)
        self.report.append(
            Problem(
                code="foreign_key_violation",
                file=place.file,
                line=place.line,
                column=place.column,
                field=key,
                params={"value": value, "expected": kind, "nearest": nearest(value, known)},
            )
        )

    def check_all(self, kind: str, values: Iterable[str], position: Position, key: str) -> None:
        """Report each id of a list that nothing declares."""
        for rank, value in enumerate(values):
            inner = f"{key}.{rank}"
            self.check(kind, value, position, inner if position.has(inner) else key)


def check_references(
    tree: ScheduleTree,
    report: Report,
    *,
    has_places: bool,
    has_vehicles: bool,
    unread_tours: Set[str] = frozenset(),
) -> None:
    """Report every id that no file declares; a file that cannot be read is not held to it."""
    checker = _Checker(
        report=report,
        declared={
            "lieu": set(tree.places) if has_places else None,
            "vehicule": set(tree.vehicles) if has_vehicles else None,
            "agent": set(tree.agents) if has_vehicles else None,
        },
    )
    for place in tree.places.values():
        checker.check("lieu", place.fallback_id, place.position, "repli")
    for vehicle in tree.vehicles.values():
        checker.check("lieu", vehicle.base_id, vehicle.position, "base")
    for tour in tree.tours.values():
        _check_tour(tour, checker, is_whole=tour.tour_id not in unread_tours)
    _check_overrides(tree.overrides, checker)


def _check_tour(tour: Tour, checker: _Checker, *, is_whole: bool) -> None:
    dates = {version.valid_from: version for version in reversed(tour.versions)}
    for version in tour.versions:
        if dates[version.valid_from] is not version:
            _report_at(checker.report, "version_same_effect_date", version, "effet")
        if is_whole and version.replaces is not None and version.replaces not in dates:
            _report_at(checker.report, "foreign_key_violation", version, "remplace")
        _check_service(version, checker)
        for run in version.runs:
            _check_service(run, checker)
            for stop in run.stops:
                checker.check("lieu", stop.place_id, stop.position, "lieu")


def _check_service(part: TourVersion | Run, checker: _Checker) -> None:
    """Check the vehicle, the base and the crew of a version, or those of a run."""
    checker.check("vehicule", part.vehicle_id, part.position, "vehicule")
    checker.check("lieu", part.base_id, part.position, "base")
    checker.check_all("agent", part.crew, part.position, "equipage")


def _report_at(report: Report, code: str, version: TourVersion, key: str) -> None:
    place = version.position.of(key)
    value = version.valid_from if key == "effet" else version.replaces
    report.append(
        Problem(
            code=code,
            file=place.file,
            line=place.line,
            column=place.column,
            field=key,
            params={"value": str(value)},
        )
    )


def _check_overrides(overrides: Iterable[Override], checker: _Checker) -> None:
    overrides = tuple(overrides)
    names = {override.override_id for override in overrides}
    for override in overrides:
        position = override.position
        checker.check("lieu", override.place_id, position, "lieu")
        checker.check("vehicule", override.vehicle_id, position, "vehicule")
        checker.check_all("agent", override.crew or (), position, "equipage")
        if override.replaces is not None and override.replaces not in names:
            place = position.of("remplace")
            checker.report.append(
                Problem(
                    code="overlay_replaces_unknown",
                    file=place.file,
                    line=place.line,
                    column=place.column,
                    field="remplace",
                    params={
                        "value": override.replaces,
                        "nearest": nearest(override.replaces, names),
                    },
                )
            )
