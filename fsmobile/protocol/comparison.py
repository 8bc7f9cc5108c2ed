"""The chain comparison: does what a laptop sends continue what is held?

The registry calls it before it writes anything. Every result is a type; the types stand in the
order in which the cases are tried (docs/protocol.md, « La comparaison »).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Continues:
    """The block continues what is held, or repeats the end of it."""

    known: int
    """How many of its first ops are held already (a lost reply, a duplicate)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Ops between what is held and the block are missing."""

    acked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """Two histories of one writer."""

    common: int
    """The last sequence up to which both are known to agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadHead:
    """The block does not add up to its own head."""


Comparison = Continues | Missing | Forked | BadHead


def compare(
    *,
    acked: int,
    chain_at: Callable[[int], bytes],
    first_seq: int,
    previous: bytes,
    chains: Sequence[bytes],
    head: bytes,
    last_seq: int,
) -> Comparison:
    """Compare a block with what is held of its writer.

    Args:
        acked: last sequence held; 0 for a writer that is new.
        chain_at: chain value held after a sequence from 0 to `acked`.
        first_seq: sequence of the first op of the block.
        previous: chain value before it, as the laptop has it.
        chains: chain value after each op, computed from `previous` and the ops.
        head: chain value after the last op, as the laptop has it.
        last_seq: last sequence that the laptop has at all.
    """
    if first_seq < 1 or head != (chains[-1] if chains else previous):
        return BadHead()
    if first_seq > acked + 1:
        return Missing(acked=acked)
    if chain_at(first_seq - 1) != previous:
        return Forked(common=0)
    known = 0
    for seq, chain in enumerate(chains, start=first_seq):
        if seq > acked:
            break
        if chain_at(seq) != chain:
            return Forked(common=seq - 1)
        known += 1
    if last_seq < acked:
        # Only as far as was compared: the laptop may have more that it did not send.
        return Forked(common=min(last_seq, first_seq - 1 + len(chains)))
    return Continues(known=known)
