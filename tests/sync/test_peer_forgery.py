"""The other laptop of the bus forges what a third one recorded."""

from worlds import UNIT, a_laptop, a_registry, a_visit

from fsmobile.protocol.scopes import unit_scope
from fsmobile.store import pages
from fsmobile.store.projections import rebuild
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import Verification
from fsmobile.sync.verification import verify_days
from fsmobile.usecases import visits


def test_what_a_peer_said_under_the_id_of_another_gives_way_to_the_registry_s():
    """It gives this laptop its own words under the id of a visit that a third one recorded."""
    registry = a_registry()
    other = a_laptop(registry)
    third = a_laptop(registry, seed=4, name="c")
    visit_id = visits.record_visit(third.desk, a_visit(minutes=15))
    (body,) = third.replica.connection.execute("SELECT body FROM op").fetchone()
    forged = body.replace(b'"minutes":15', b'"minutes":55')
    assert forged != body
    pages.store_from_peer(other.replica, [forged], unit_scope(UNIT))
    assert [row.state.visit.minutes for row in visits.list_visits(other.desk)] == [55]
    third.sync()
    other.sync()
    (row,) = visits.list_visits(other.desk)
    assert (row.state.visit_id, row.state.visit.minutes, row.is_received) == (visit_id, 15, True)
    before = [*other.replica.connection.execute("SELECT * FROM visit")]
    rebuild(other.replica)
    assert [*other.replica.connection.execute("SELECT * FROM visit")] == before
    found = Verification(is_whole=True)
    verify_days(other.replica, SyncEngine(other.replica, registry, other.key), found)
    assert found.is_same
