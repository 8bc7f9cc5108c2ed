"""Coverage as lines: the facts as a table, the same territory as a map beside or below."""

from collections.abc import Sequence

from msgspec import Struct

from fsmobile.core.coverage import GOAL_MINUTES, Coverage
from fsmobile.texts.coverage_words import (
    band_row,
    describe_left_out,
    describe_method,
    describe_presence,
    describe_unlocated,
    left_out_row,
    rhythm_row,
)
from fsmobile.texts.dates import format_number
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, beside, line, pad, rule, wrap_text
from fsmobile.tui.territory_map import Point, Ring, TerritoryMap

TABLE_WIDTH = 45
MAP_WIDTH_MIN = 24


class NamedPoint(Struct, frozen=True, kw_only=True):
    """A point of the map with its name."""

    name: str
    point: Point


class CoverageView(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    territory: str
    """Name of the département, or of several."""
    coverage: Coverage
    relief: float
    districts: Coverage | None = None
    rings: tuple[Ring, ...] = ()
    stops: tuple[NamedPoint, ...] = ()
    far: tuple[Point, ...] = ()
    """Every locality beyond twenty minutes."""
    unlocated: tuple[str, ...] = ()


def coverage_lines(view: CoverageView, width: int, height: int) -> list[Line]:
    """Draw the table, and the map where there is room beside it."""
    map_width = width - TABLE_WIDTH - 1
    title = _("Couverture · {where} · {n} habitants").format(
        where=view.territory, n=format_number(view.coverage.inhabitants)
    )
    if not view.rings or map_width < MAP_WIDTH_MIN:
        rows = table_lines(view, width, height - 1)
        return [rule(width, title), *rows]
    rows = table_lines(view, TABLE_WIDTH, height - 1)
    drawn = [*map_lines(view, map_width - 2, height - 2), _legend()]
    rows += [Line()] * (height - 1 - len(rows))
    right = [Line((*line(" ").spans, *row.spans)) for row in drawn]
    return [rule(width, title), *beside(rows, right, width, TABLE_WIDTH)]


def table_lines(view: CoverageView, width: int, height: int) -> list[Line]:
    """Draw the facts; the localities left out take what room there is."""
    coverage = view.coverage
    rows = [line((pad("", 16) + pad(_("au moins"), 13) + _("environ"), Role.DIM))]
    rows += [
        line(" ", pad(name, 15), pad(least, 13), (about, Role.HEAD))
        for name, least, about in (band_row(coverage, band) for band in coverage.bands)
    ]
    rows += [line((_("Un passage à 20 min ou moins"), Role.DIM))]
    for every, people in coverage.rhythms:
        name, share = rhythm_row(coverage, every, people)
        rows.append(line(" ", pad(name, 28), (share, Role.HEAD)))
    rows += [line(" " + text) for text in wrap_text(describe_presence(coverage), width - 2)]
    if view.districts is not None:
        rows.append(_districts_line(view.districts))
    if view.unlocated:
        told = wrap_text(describe_unlocated(view.unlocated), width - 2)
        rows += [line((" " + text, Role.WARN)) for text in told]
    method = wrap_text(describe_method(coverage, view.relief), width - 2)
    rows += [line((describe_left_out(coverage), Role.DIM))]
    room = max(0, height - len(rows) - len(method))
    rows += [_left_out_line(*left_out_row(one), width) for one in coverage.left_out[:room]]
    rows += [Line()] * (height - len(rows) - len(method))
    return [*rows, *(line((" " + text, Role.DIM)) for text in method)][:height]


def map_lines(view: CoverageView, width: int, height: int) -> list[Line]:
    """Draw the border, the localities that are too far, the stops with their names."""
    drawn = TerritoryMap(width, height, view.rings)
    for point in view.far:
        drawn.draw_dot(point)
    for stop in view.stops:
        drawn.draw_sign(stop.point, "●", Role.GOOD)
    for one in view.coverage.left_out:
        drawn.draw_sign((one.locality.latitude, one.locality.longitude), "○", Role.WARN)
    for name, point in {stop.name: stop.point for stop in view.stops}.items():
        drawn.write_name(point, name)
    return drawn.lines()


def swap_rings(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[Ring, ...]:
    """Turn rings of longitude and latitude into rings of points."""
    return tuple([(latitude, longitude) for longitude, latitude in ring] for ring in rings)


def _left_out_line(name: str, people: str, minutes: str, width: int) -> Line:
    return line(" ○ ", pad(name, width - 24), pad(people, 9, right=True), "  ", minutes)


def _districts_line(districts: Coverage) -> Line:
    near = districts.localities - districts.left_out_localities
    told = _("Quartiers prioritaires à 20 min : {near} sur {n}").format(
        near=near, n=districts.localities
    )
    return line(" ", told)


def _legend() -> Line:
    told = _("● arrêt · ○ ⠂ à plus de {n} min").format(n=GOAL_MINUTES)
    return line((" " + told, Role.DIM))
