"""The best order of the stops of a day, exact up to twelve: Held and Karp's table."""

from collections.abc import Callable

STOPS_MAX = 12

Cost = tuple[float, float]
"""Minutes late in all, then minutes driven: nobody waits before anybody drives less."""
LegCost = Callable[[int, int | None, int | None], Cost | None]
"""Cost of reaching the stop at a position (from 0) after another one.

No stop before: from the base. No stop to reach: back to it. None: it cannot be."""


def best_order(count: int, cost: LegCost) -> tuple[tuple[int, ...], Cost] | None:
    """Return the cheapest order of so many stops and its cost; None when none can be.

    Of orders that cost the same, the first in the order of their numbers.

    Raises:
        ValueError: more stops than can be ordered exactly.
    """
    if not 1 <= count <= STOPS_MAX:
        raise ValueError(f"{count} stops")
    stops = range(count)
    legs = [[[cost(place, i, j) for j in stops] for i in stops] for place in range(count)]
    # From each set of stops left to serve and the last one served: what the rest costs.
    everything = (1 << count) - 1
    rest: dict[tuple[int, int], tuple[Cost, int | None]] = {}
    for last in stops:
        back = cost(count, last, None)
        if back is not None:
            rest[0, last] = (back, None)
    for left in range(1, everything + 1):
        place = count - left.bit_count()
        nexts = [stop for stop in stops if left >> stop & 1]
        for last in stops:
            if left >> last & 1 or not place:
                continue
            row = legs[place][last]
            found: tuple[Cost, int | None] | None = None
            for stop in nexts:
                leg, after = row[stop], rest.get((left & ~(1 << stop), stop))
                if leg is None or after is None:
                    continue
                total = (leg[0] + after[0][0], leg[1] + after[0][1])
                if found is None or total < found[0]:
                    found = (total, stop)
            if found is not None:
                rest[left, last] = found
    return _from_base(count, cost, rest)


def cost_of(order: tuple[int, ...], cost: LegCost) -> Cost | None:
    """Return what an order costs; None when it cannot be."""
    late, driven = 0.0, 0.0
    ends = (None, *order), (*order, None)
    for place, (before, after) in enumerate(zip(*ends, strict=True)):
        leg = cost(place, before, after)
        if leg is None:
            return None
        late, driven = late + leg[0], driven + leg[1]
    return late, driven


def _from_base(
    count: int, cost: LegCost, rest: dict[tuple[int, int], tuple[Cost, int | None]]
) -> tuple[tuple[int, ...], Cost] | None:
    """Choose the first stop, then follow the table."""
    everything = (1 << count) - 1
    best: tuple[Cost, int] | None = None
    for stop in range(count):
        leg, after = cost(0, None, stop), rest.get((everything & ~(1 << stop), stop))
        if leg is None or after is None:
            continue
        total = (leg[0] + after[0][0], leg[1] + after[0][1])
        if best is None or total < best[0]:
            best = (total, stop)
    if best is None:
        return None
    order = [best[1]]
    left = everything & ~(1 << best[1])
    while left:
        following = rest[left, order[-1]][1]
        if following is None:
            break
        order.append(following)
        left &= ~(1 << following)
    return tuple(order), best[0]
