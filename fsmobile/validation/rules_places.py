"""Rules of places: the commune, the point on the globe, the constraints of the spot."""

from collections.abc import Iterator

from fsmobile.core.distances import distance_km
from fsmobile.core.folding import fold
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.spans import WeeklySpan
from fsmobile.errors import Severity
from fsmobile.validation.context import CommuneFacts
from fsmobile.validation.geometry import distance_outside_km, is_near_origin, point_of
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study

BORDER_TOLERANCE_KM = 3.0
"""The outlines are simplified, and a village hall may stand across a stream."""
FAR_FROM_COMMUNE_KM = 10.0
SAME_PLACE_KM = 0.03


@rule("commune_unknown", Severity.ERROR)
def check_commune_unknown(study: Study) -> Iterator[Finding]:
    """An INSEE code is not in the official list of communes of today.

    Example: `insee = "23999"`.
    """
    for place, commune in _communes(study):
        if commune is None and place.insee_code is not None:
            successor = study.context.find_successor(place.insee_code)
            meant = successor or _commune_of_postcode(study, place)
            yield found(
                place.place_id,
                place.position.of("insee"),
                value=place.insee_code,
                nearest=meant.insee_code if meant else None,
            )


@rule("commune_name_mismatch", Severity.WARNING)
def check_commune_name_mismatch(study: Study) -> Iterator[Finding]:
    """The name of the commune is not the official one: a merger, an abbreviation.

    Example: `commune = "St Amant de Boixe"` for Saint-Amant-de-Boixe.
    """
    for place, commune in _communes(study):
        if commune is None or not place.commune or place.commune == commune.name:
            continue
        if _commune_of_postcode(study, place) is None:
            yield found(
                place.place_id,
                place.position.of("commune"),
                value=place.commune,
                expected=commune.name,
            )


@rule("insee_is_postcode", Severity.WARNING)
def check_insee_is_postcode(study: Study) -> Iterator[Finding]:
    """A postcode was typed where the INSEE code of the commune is wanted.

    Example: `insee = "23000"` for Guéret, whose code is 23096.
    """
    for place, commune in _communes(study):
        is_right = commune is not None and fold(commune.name) == fold(place.commune)
        meant = None if is_right else _commune_of_postcode(study, place)
        if meant is not None:
            yield found(
                place.place_id,
                place.position.of("insee"),
                value=place.insee_code,
                commune=meant.name,
                expected=meant.insee_code,
            )


@rule("coordinates_out_of_range", Severity.ERROR)
def check_coordinates_out_of_range(study: Study) -> Iterator[Finding]:
    """A latitude is beyond the poles, or a longitude beyond the antimeridian.

    Example: `lat = 146.17`.
    """
    for place in study.tree.places.values():
        ranges = (("lat", place.latitude, 90), ("lon", place.longitude, 180))
        for key, degrees, limit in ranges:
            if degrees is not None and not -limit <= degrees <= limit:
                yield found(
                    place.place_id, place.position.of(key), value=f"{key} = {degrees}", limit=limit
                )


@rule("coordinates_near_origin", Severity.ERROR)
def check_coordinates_near_origin(study: Study) -> Iterator[Finding]:
    """A place is in the Gulf of Guinea: a tool that found nothing wrote zeros.

    Example: `lat = 0.0`, `lon = 0.0`.
    """
    for place in study.tree.places.values():
        point = point_of(place)
        if point is not None and is_near_origin(point):
            value = f"{place.latitude}, {place.longitude}"
            yield found(place.place_id, place.position.of("lat"), value=value)


@rule("coordinates_swapped", Severity.ERROR)
def check_coordinates_swapped(study: Study) -> Iterator[Finding]:
    """A place is far from its commune, and near it once latitude and longitude are exchanged.

    Example: `lat = 1.87`, `lon = 46.17` for Guéret.
    """
    for place, commune in _communes(study):
        if _is_swapped(place, commune):
            value = f"{place.latitude}, {place.longitude}"
            yield found(place.place_id, place.position.of("lat"), value=value)


@rule("place_outside_departement", Severity.WARNING)
def check_place_outside_departement(study: Study) -> Iterator[Finding]:
    """A place is outside the département of the structure.

    WARNING when its INSEE code says so; ERROR when its point is outside the département that
    its own INSEE code names. Example: Valence (16392, Charente) at 43.45 N, 5.41 E.
    """
    own = study.tree.agency.department
    for place, commune in _communes(study):
        if place.insee_code is None or commune is None:
            continue
        department = _department_of(place.insee_code)
        if own is not None and own in study.context.departments and department != own:
            yield found(
                place.place_id, place.position.of("insee"), value=place.insee_code, department=own
            )
        point = _trusted_point(place, commune)
        rings = tuple(study.context.outline_of(department)) if point else ()
        if point and rings and distance_outside_km(point, rings) > BORDER_TOLERANCE_KM:
            yield found(
                place.place_id,
                place.position.of("lat"),
                severity=Severity.ERROR,
                value=f"{place.latitude}, {place.longitude}",
                department=department,
            )


@rule("place_far_from_commune", Severity.WARNING)
def check_place_far_from_commune(study: Study) -> Iterator[Finding]:
    """A point is more than 10 km from the town hall of its commune.

    Example: a village hall whose address was found in the next canton.
    """
    for place, commune in _communes(study):
        point = _trusted_point(place, commune)
        centre = _centre(commune)
        if point is None or centre is None or commune is None or place.insee_code is None:
            continue
        rings = tuple(study.context.outline_of(_department_of(place.insee_code)))
        is_told = bool(rings) and distance_outside_km(point, rings) > BORDER_TOLERANCE_KM
        distance = distance_km(point, centre)
        if distance > FAR_FROM_COMMUNE_KM and not is_told:
            yield found(
                place.place_id, place.position.of("lat"), value=distance, commune=commune.name
            )


@rule("duplicate_place", Severity.WARNING)
def check_duplicate_place(study: Study) -> Iterator[Finding]:
    """Two places are less than 30 m apart: probably the same one under two names.

    Example: `dun-mairie` and `dun-place-mairie`.
    """
    points = [
        (point, place) for place in study.tree.places.values() if (point := _own_point(place))
    ]
    points.sort(key=lambda pair: pair[0])
    for rank, (point, place) in enumerate(points):
        for other_point, other in points[rank + 1 :]:
            if other_point[0] - point[0] > SAME_PLACE_KM / 100:
                break
            if distance_km(point, other_point) < SAME_PLACE_KM:
                yield found(
                    other.place_id,
                    other.position,
                    value=other.place_id,
                    other=place.place_id,
                )


@rule("place_unavailable", Severity.ERROR)
def check_place_unavailable(study: Study) -> Iterator[Finding]:
    """A passage is planned while its place is taken (`indisponible`).

    Example: a stop on a Thursday morning where the market is.
    """
    told: set[object] = set()
    for passage in study.upcoming:
        place = study.place(passage.place_id)
        taken = _taken(place, passage) if place and place.unavailable else None
        if place is None or taken is None:
            continue
        position = study.position_of(passage)
        key = (position.file, position.line, passage.tour_id, passage.stop_id, taken.weekday)
        if key in told:
            continue
        told.add(key)
        hours = taken.hours
        yield found(
            f"{passage.tour_id}/{passage.stop_id}",
            position,
            value=place.place_id,
            date=passage.service_date.isoformat(),
            hours=f"{hours.starts:%H:%M}-{hours.ends:%H:%M}",
        )


@rule("parking_permit_expired", Severity.WARNING)
def check_parking_permit_expired(study: Study) -> Iterator[Finding]:
    """A passage is planned after the last day of the permission to park.

    Example: `autorisation_fin = 2026-12-31`, with passages in January.
    """
    told: set[str] = set()
    for passage in study.upcoming:
        place = study.place(passage.place_id)
        if place is None or place.permit_until is None or place.place_id in told:
            continue
        if passage.service_date > place.permit_until:
            told.add(place.place_id)
            yield found(
                place.place_id,
                place.position.of("autorisation_fin"),
                value=place.place_id,
                until=place.permit_until.isoformat(),
                date=passage.service_date.isoformat(),
            )


@rule("place_not_accessible", Severity.INFO)
def check_place_not_accessible(study: Study) -> Iterator[Finding]:
    """A place is not accessible to a person in a wheelchair, and names no other place.

    Example: `pmr = false` without `repli`.
    """
    for place in study.tree.places.values():
        if place.is_accessible is False and place.fallback_id is None:
            yield found(place.place_id, place.position.of("pmr"), value=place.place_id)


@rule("replacement_in_other_commune", Severity.WARNING)
def check_replacement_in_other_commune(study: Study) -> Iterator[Finding]:
    """An overlay takes a passage to another commune: those who wait there will not know.

    Example: `action = "lieu"` from La Celle-Dunoise to Dun-le-Palestel.
    """
    usual = {(one.tour.tour_id, str(one.stop.stop_id)): one.stop.place_id for one in study.plans}
    for override in study.tree.overrides:
        if override.action is not OverrideAction.PLACE:
            continue
        before = study.place(usual.get((override.tour_id, str(override.scope))))
        after = study.place(override.place_id)
        if before is None or after is None or before.insee_code == after.insee_code:
            continue
        yield found(
            override.override_id,
            override.position.of("lieu"),
            value=before.commune or before.place_id,
            other=after.commune or after.place_id,
        )


@rule("place_unused", Severity.INFO)
def check_place_unused(study: Study) -> Iterator[Finding]:
    """A place is described and never used: by no stop, overlay, base or other place.

    Example: a place left from a timetable of long ago.
    """
    tree = study.tree
    if study.doubts.about_places():
        return
    used = {one.place_id for one in tree.overrides}
    used |= {vehicle.base_id for vehicle in tree.vehicles.values()}
    used |= {place.fallback_id for place in tree.places.values()}
    for tour in tree.tours.values():
        for version in tour.versions:
            used.add(version.base_id)
            used |= {run.base_id for run in version.runs}
            used |= {stop.place_id for run in version.runs for stop in run.stops}
    for place in tree.places.values():
        if place.place_id not in used:
            yield found(place.place_id, place.position, value=place.place_id)


def _communes(study: Study) -> Iterator[tuple[Place, CommuneFacts | None]]:
    """Yield each place that has an INSEE code, with its commune when the list holds it."""
    find = study.context.find_commune
    for place in study.tree.places.values():
        if find is not None and place.insee_code is not None:
            yield place, find(place.insee_code)


def _commune_of_postcode(study: Study, place: Place) -> CommuneFacts | None:
    """Return the commune of the place's name, when its code is that commune's postcode."""
    if place.insee_code is None:
        return None
    name = fold(place.commune)
    communes = study.context.communes_of_postcode(place.insee_code)
    named = [one for one in communes if fold(one.name) == name]
    return named[0] if named and named[0].insee_code != place.insee_code else None


def _department_of(insee_code: str) -> str:
    return insee_code[:3] if insee_code.startswith(("97", "98")) else insee_code[:2]


def _centre(commune: CommuneFacts | None) -> tuple[float, float] | None:
    if commune is None or commune.latitude is None or commune.longitude is None:
        return None
    return commune.latitude, commune.longitude


def _is_swapped(place: Place, commune: CommuneFacts | None) -> bool:
    point, centre = _own_point(place), _centre(commune)
    if point is None or centre is None or abs(point[1]) > 90:
        return False
    swapped = distance_km((point[1], point[0]), centre)
    return swapped < FAR_FROM_COMMUNE_KM * 3 < distance_km(point, centre)


def _own_point(place: Place) -> tuple[float, float] | None:
    """Return the point of a place, unless it is one that another rule refuses."""
    point = point_of(place)
    return None if point is None or is_near_origin(point) else point


def _trusted_point(place: Place, commune: CommuneFacts | None) -> tuple[float, float] | None:
    return None if _is_swapped(place, commune) else _own_point(place)


def _taken(place: Place, passage: PlannedPassage) -> WeeklySpan | None:
    hours, weekday = passage.call.hours, passage.service_date.weekday()
    spans = (one for one in place.unavailable if one.weekday == weekday)
    return next((one for one in spans if hours is not None and one.hours.overlaps(hours)), None)


PLACE_RULES = (
    check_commune_unknown,
    check_commune_name_mismatch,
    check_insee_is_postcode,
    check_coordinates_out_of_range,
    check_coordinates_near_origin,
    check_coordinates_swapped,
    check_place_outside_departement,
    check_place_far_from_commune,
    check_duplicate_place,
    check_place_unavailable,
    check_parking_permit_expired,
    check_place_not_accessible,
    check_replacement_in_other_commune,
    check_place_unused,
)
