"""A map as inline SVG: the borders of départements and the stops, without a tile or a script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians

from fsmobile.reference.outlines import find_outline

WIDTH = 480.0
MARGIN = 14.0
LETTER, LINE = 7.4, 17.0
"""Size of the labels, for telling which would cover another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoint:
    """A stop, or the town hall of the commune that a page is about."""

    latitude: float
    longitude: float
    label: str
    is_here: bool = False
    """Of the commune of the page: larger, and named first."""
    is_stop: bool = True


def draw_map(departments: Iterable[str], points: Sequence[MapPoint], title: str) -> str:
    """Draw the stops on their départements, or nothing when no border or no point is known.

    A map is decoration: the page says the same in words.
    """
    rings = [ring for one in dict.fromkeys(departments) for ring in find_outline(one)]
    if not rings or not points:
        return ""
    frame = _Frame.around([(lat, lon) for ring in rings for lon, lat in ring])
    paths = "".join(f'<path d="{_path(frame, ring)}"/>' for ring in rings)
    dots = "".join(_dot(frame, point) for point in sorted(points, key=lambda one: one.is_here))
    return (
        f'<svg class="map" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}">'
        f'<g class="land">{paths}</g>{dots}{_labels(frame, points)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to points of the drawing, the same scale both ways."""

    west: float
    north: float
    scale: float
    """Points for a degree of latitude."""
    narrowing: float
    """A degree of longitude for one of latitude."""
    height: float

    @classmethod
    def around(cls, places: Sequence[tuple[float, float]]) -> "_Frame":
        latitudes, longitudes = zip(*places, strict=True)
        north, south = max(latitudes), min(latitudes)
        narrowing = cos(radians((north + south) / 2))
        width = max((max(longitudes) - min(longitudes)) * narrowing, 0.01)
        scale = min((WIDTH - 2 * MARGIN) / width, WIDTH / max(north - south, 0.01))
        height = (north - south) * scale + 2 * MARGIN
        return cls(min(longitudes), north, scale, narrowing, height)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = MARGIN + (longitude - self.west) * self.narrowing * self.scale
        return x, MARGIN + (self.north - latitude) * self.scale


def _path(frame: _Frame, ring: Sequence[tuple[float, float]]) -> str:
    points = (frame.at(latitude, longitude) for longitude, latitude in ring)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _dot(frame: _Frame, point: MapPoint) -> str:
    x, y = frame.at(point.latitude, point.longitude)
    name = "here" if point.is_here else "stop"
    if not point.is_stop:
        corners = f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z"
        return f'<path class="town" d="{corners}"/>'
    radius = 7 if point.is_here else 4.5
    return f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _labels(frame: _Frame, points: Sequence[MapPoint]) -> str:
    """Write the names that cover no other name, no stop and no edge, those of here first."""
    places = (frame.at(point.latitude, point.longitude) for point in points)
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in places]
    written: list[str] = []
    for point in sorted(points, key=lambda one: (not one.is_here, -one.latitude)):
        x, y = frame.at(point.latitude, point.longitude)
        wide = len(point.label) * LETTER
        for left in (x + 10, x - 10 - wide):
            box = (left, y - LINE / 2, left + wide, y + LINE / 2)
            if left >= 0 and box[2] <= WIDTH and not any(_overlap(box, one) for one in taken):
                taken.append(box)
                name = ' class="here"' if point.is_here else ""
                label = escape(point.label)
                written.append(f'<text{name} x="{left:.1f}" y="{y + 4.5:.1f}">{label}</text>')
                break
    return "".join(written)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
