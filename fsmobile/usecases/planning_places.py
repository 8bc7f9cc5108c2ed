"""Places and stops of a plan: found among those of the files, or in the gazetteer by commune."""

from collections.abc import Container, Iterator, Sequence

from fsmobile.core.documents import KeyPath
from fsmobile.core.folding import fold
from fsmobile.core.ids import PlaceId, StopId
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_edits import KeyChange, put_place
from fsmobile.formats.schedule_writing import openings_value
from fsmobile.formats.toml_tables import suggest_slug
from fsmobile.reference.communes import Commune, find_commune, search_communes
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
    change_version,
    require_version,
)

PROPOSED_MAX = 9


def find_places(tree: ScheduleTree, query: str) -> list[Place]:
    """Find places of the files by the starts of words of their name or commune."""
    words = fold(query).split()
    return [
        place
        for place in sorted(tree.places.values(), key=lambda one: one.name)
        if all(f" {word}" in f" {fold(f'{place.name} {place.commune}')}" for word in words)
    ][:PROPOSED_MAX]


def find_communes(tree: ScheduleTree, query: str) -> list[Commune]:
    """Find communes by a few letters, a postcode or an INSEE code, the own département first."""
    if not query.strip():
        return []
    hits = search_communes(query, own_department=tree.agency.department, hits_max=PROPOSED_MAX)
    return [hit.commune for hit in hits]


def place_in(tree: ScheduleTree, insee_code: str, name: str) -> Place:
    """Make a new place in a commune, at its town hall until somebody moves the point.

    Raises:
        InvalidInput: no such commune today.
    """
    commune = find_commune(insee_code)
    if commune is None:
        raise InvalidInput("commune_not_found", value=insee_code)
    return Place(
        place_id=PlaceId(free_slug(name, tree.places)),
        name=name.strip(),
        commune=commune.name,
        insee_code=commune.insee_code,
        latitude=commune.latitude,
        longitude=commune.longitude,
    )


def add_stop(
    sheets: Sheets,
    passage: PlannedPassage,
    place: Place,
    spans: Sequence[TimeSpan],
    reach: Reach,
) -> Texts:
    """Add a stop to the run of a passage, and its place when no file knows it.

    Raises:
        InvalidInput: a stop of a rule is not for one day.
    """
    if reach is Reach.ONCE or passage.run_id is None:
        raise InvalidInput("rule_is_not_once")
    version = require_version(sheets.tree, passage)
    taken = {stop for tour in sheets.tree.tours.values() for stop in tour.stop_ids()}
    stop_id = StopId(free_slug(place.commune or place.name, taken))
    path: KeyPath = ("sorties", passage.run_id, "arrets", stop_id)
    table = {"lieu": place.place_id, "ouvert": openings_value(spans, None)}
    change = KeyChange(path=path, before=None, after=table)
    texts = change_version(sheets, version, [change], reach, passage.original_date)
    is_known = place.place_id in sheets.tree.places
    return texts if is_known else {**put_place(sheets.files, place), **texts}


def free_slug(name: str, taken: Container[str]) -> str:
    """Make an identifier of a name: `la-celle-dunoise-2` when the first one is taken."""
    return next(one for one in _slugs(name) if one not in taken)


def _slugs(name: str) -> Iterator[str]:
    root = (suggest_slug(name) or "lieu")[:36].strip("-") or "lieu"
    yield root
    number = 2
    while True:
        yield f"{root}-{number}"
        number += 1
