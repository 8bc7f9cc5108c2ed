"""Questions about who told which commune; nothing here writes."""

from collections import defaultdict
from contextlib import suppress

from fsmobile.core.commune_notices import CommuneFact, CommuneState, fold_commune
from fsmobile.protocol.notice_records import commune_entity
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import read_record
from fsmobile.store.queries import list_waiting
from fsmobile.store.replica import Replica

_AFTER_EVERY_CODE = "\x7f"


def load_communes(replica: Replica, agency: str) -> dict[str, CommuneState]:
    """Return what is known of each commune of an agency, for those with at least one fact."""
    first = commune_entity(agency, "")
    facts: defaultdict[str, list[CommuneFact]] = defaultdict(list)
    rows = replica.connection.execute(
        "SELECT body FROM op WHERE entity > ?1 AND entity < ?2 AND entity <> op_id"
        " AND body IS NOT NULL UNION ALL"
        " SELECT body FROM remote WHERE entity > ?1 AND entity < ?2 AND entity <> op_id"
        " AND body IS NOT NULL",
        (first, first + _AFTER_EVERY_CODE),
    ).fetchall()
    for (body,) in rows:
        op = read_op(body)
        # An op that this program cannot read is kept for a later one, and reported elsewhere.
        with suppress(ValueError):
            fact = read_record(op)
            if isinstance(fact, CommuneFact):
                facts[op.entity.removeprefix(first)].append(fact)
    return {code: fold_commune(code, of_one) for code, of_one in facts.items()}


def list_waiting_communes(replica: Replica, agency: str) -> set[str]:
    """Return the communes of which a fact made here has no receipt yet."""
    first = commune_entity(agency, "")
    return {
        line.entity.removeprefix(first)
        for line in list_waiting(replica)
        if line.entity.startswith(first)
    }
