"""Mistakes planted on purpose: a simulator that does not find them has stopped looking."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from fsmobile.simulation import kept_mistakes as kept
from fsmobile.simulation import laptop_mistakes as laptop
from fsmobile.simulation import registry_mistakes as registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake that a simulator must find."""

    plant: Callable[[], AbstractContextManager[Any]]
    first: int = 0
    """The seed from which the search starts: near where it was found last, to spare time."""


MISTAKES: dict[str, Mistake] = {
    plant.__name__.replace("_", "-"): Mistake(plant=plant, first=first)
    for plant, first in (
        (registry.receipt_without_storing, 0),
        (registry.acknowledge_before_commit, 0),
        (registry.no_fork_check, 11),
        (registry.gap_accepted, 11),
        (registry.bad_op_stops_the_queue, 1),
        (registry.history_not_compared, 11),
        (registry.history_of_numbers_only, 11),
        (registry.agencies_mixed, 0),
        (registry.foreign_scope_accepted, 2),
        (registry.refused_op_forwarded, 1),
        (registry.cursor_skips_the_rest, 0),
        (registry.duplicate_taken_in, 5),
        (registry.outcomes_of_what_was_sent, 104),
        (registry.own_ops_scanned_again, 0),
        (registry.quarantine_dropped, 7),
        (registry.revoked_still_served, 7),
        (registry.stale_publication_dropped, 2),
        (registry.later_ops_first, 20),
        (laptop.cursor_before_rows, 8),
        (laptop.new_ids_after_fork, 3),
        (laptop.forgets_what_was_acknowledged, 0),
        (laptop.cursors_never_go_back, 116),
        (laptop.fold_by_arrival, 15),
        (laptop.gap_unheeded, 11),
        (laptop.pulled_not_projected, 0),
        (laptop.unknown_kind_dropped, 1),
        (laptop.answer_unverified, 31),
        (laptop.full_disk_swallowed, 29),
        (laptop.upgrade_forgets_others, 5),
        (laptop.cut_history_not_asked_again, 18),
        (laptop.erasure_not_done, 8),
        (registry.own_laptop_left_out, 3),
        (registry.snapshot_leaves_one_out, 2),
        (registry.left_bus_closed_at_once, 0),
        (laptop.bus_left_and_kept, 0),
        (laptop.stolen_key_trusted, 7),
        (laptop.sent_by_the_clock, 1),
        (laptop.days_without_the_erased, 0),
        (kept.dropped_before_its_receipt, 4),
        (kept.date_unheeded, 0),
        (kept.dropped_too_young, 4),
        (kept.carried_when_erased, 0),
        (kept.received_name_kept, 3),
        (kept.name_outlives_its_day, 2),
        (kept.left_bus_not_read_again, 33),
        (kept.later_booking_dropped, 9),
        (kept.double_booking_unsaid, 3),
        (kept.figures_not_forgotten, 0),
        (kept.index_not_forgotten, 2),
        (kept.ledger_by_its_last_number, 34),
        (kept.journal_reworded, 10),
    )
}
"""By the name that `fsmobile prove --plant` takes; the first is the canary."""
CANARY = "receipt-without-storing"
