"""Questions about the absences of agents; nothing here writes."""

from contextlib import suppress

from fsmobile.core.absences import AbsenceFact, AbsenceRecorded, fold_absences
from fsmobile.protocol.absence_records import AGENT_ABSENCE
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import read_record
from fsmobile.store.queries import list_waiting
from fsmobile.store.replica import Replica


def load_absences(replica: Replica, scope: str) -> list[tuple[AbsenceRecorded, bool]]:
    """Return the absences that stand in a scope, and whether receipts cover them."""
    rows = replica.connection.execute(
        "SELECT body FROM op WHERE kind = ?1 AND scope = ?2 AND body IS NOT NULL UNION ALL"
        " SELECT body FROM remote WHERE kind = ?1 AND scope = ?2 AND body IS NOT NULL",
        (AGENT_ABSENCE, scope),
    ).fetchall()
    facts: list[AbsenceFact] = []
    for (body,) in rows:
        # An op that this program cannot read is kept for a later one, and reported elsewhere.
        with suppress(ValueError):
            fact = read_record(read_op(body))
            if isinstance(fact, AbsenceFact):
                facts.append(fact)
    waiting = {line.entity for line in list_waiting(replica)}
    return [(one, one.op_id not in waiting) for one in fold_absences(facts)]
