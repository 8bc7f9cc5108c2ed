"""A territory drawn with braille dots: its border, points, names that do not overlap."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from math import cos, radians

from fsmobile.tui.lines import Line, Role, Span, cells, cut

Point = tuple[float, float]
"""Latitude, longitude."""
Ring = Sequence[Point]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EMPTY = 0x2800
_DOTS_WIDE, _DOTS_HIGH = 2, 4
NAME_WIDTH = 14


class TerritoryMap:
    """Cells of a rectangle, the territory fitted into it with the same scale both ways."""

    def __init__(self, width: int, height: int, rings: Iterable[Ring]) -> None:
        self._width, self._height = width, height
        self._rings = [list(ring) for ring in rings]
        points = [point for ring in self._rings for point in ring] or [(0.0, 0.0), (1.0, 1.0)]
        south, north = min(p[0] for p in points), max(p[0] for p in points)
        west, east = min(p[1] for p in points), max(p[1] for p in points)
        self._squeeze = cos(radians((south + north) / 2))
        wide, high = (east - west) * self._squeeze or 1.0, (north - south) or 1.0
        dots_wide, dots_high = width * _DOTS_WIDE - 1, height * _DOTS_HIGH - 1
        self._scale = max(0.0, min(dots_wide / wide, dots_high / high))
        self._north, self._west = north, west
        self._dots = [[0] * width for _row in range(height)]
        self._signs: dict[tuple[int, int], Span] = {}
        for ring in self._rings:
            self.draw_line([*ring, *ring[:1]])

    def draw_line(self, points: Sequence[Point]) -> None:
        """Join points by straight lines of dots."""
        places = [self._place(point) for point in points]
        for (x1, y1), (x2, y2) in pairwise(places):
            steps = max(abs(x2 - x1), abs(y2 - y1), 1)
            for step in range(steps + 1):
                self._dot(x1 + (x2 - x1) * step // steps, y1 + (y2 - y1) * step // steps)

    def draw_dot(self, point: Point) -> None:
        """Put one dot."""
        self._dot(*self._place(point))

    def draw_sign(self, point: Point, sign: str, role: Role) -> None:
        """Put a sign over the dots; the first one at a place stays."""
        cell = self._cell_of(point)
        if cell is not None:
            self._signs.setdefault(cell, Span(sign, role))

    def write_name(self, point: Point, name: str) -> None:
        """Write a name beside a sign where nothing else stands, or leave it out.

        At the right if there is room, else at the left. Signs come first, then names.
        """
        cell = self._cell_of(point)
        shown = cut(name, NAME_WIDTH)
        size = cells(shown)
        if cell is None or not size:
            return
        row, column = cell
        for first in (column + 1, column - size):
            taken = {(row, place) for place in range(first - 1, first + size + 1)} - {cell}
            if first >= 0 and first + size <= self._width and not taken & self._signs.keys():
                for rank, char in enumerate(shown):
                    self._signs[row, first + rank] = Span(char, Role.PLAIN)
                return

    def lines(self) -> list[Line]:
        """Return the rows, each of the map's width."""
        rows: list[Line] = []
        for row in range(self._height):
            drawn = [self._draw_cell(row, column) for column in range(self._width)]
            runs = groupby(drawn, key=lambda span: span.role)
            rows.append(
                Line(tuple(Span("".join(span.text for span in run), role) for role, run in runs))
            )
        return rows

    def _draw_cell(self, row: int, column: int) -> Span:
        sign = self._signs.get((row, column))
        if sign is not None:
            return sign
        bits = self._dots[row][column]
        return Span(chr(_EMPTY + bits) if bits else " ", Role.FRAME)

    def _cell_of(self, point: Point) -> tuple[int, int] | None:
        """Return the row and column of a point; None outside the map."""
        x, y = self._place(point)
        column, row = x // _DOTS_WIDE, y // _DOTS_HIGH
        return (row, column) if 0 <= row < self._height and 0 <= column < self._width else None

    def _place(self, point: Point) -> tuple[int, int]:
        latitude, longitude = point
        x = (longitude - self._west) * self._squeeze * self._scale
        y = (self._north - latitude) * self._scale
        return round(x), round(y)

    def _dot(self, x: int, y: int) -> None:
        column, row = x // _DOTS_WIDE, y // _DOTS_HIGH
        if 0 <= column < self._width and 0 <= row < self._height:
            self._dots[row][column] |= _DOTS[y % _DOTS_HIGH][x % _DOTS_WIDE]
