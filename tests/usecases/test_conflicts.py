"""Two coordinators, one tour: nothing is overwritten, nothing is chosen for them."""

from datetime import timedelta
from pathlib import Path

import pytest

from fsmobile.errors import ChangedMeanwhile, InvalidInput, InvalidSchedule, NotAllowed, NotFound
from fsmobile.protocol.records import ScheduleResolution
from fsmobile.store import schedule_trees
from fsmobile.store.schedule_merges import Kept
from fsmobile.usecases.conflicts import (
    PendingMerge,
    forget_conflicts,
    load_conflicts,
    settle_conflict,
)
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedule_history import list_revisions
from fsmobile.usecases.schedule_publishing import (
    BroughtUpToDate,
    Publication,
    pull_schedule,
    record_publication,
)
from tests.usecases.coordinators import NORTH, UNIT, Office, an_office
from tests.worlds import a_laptop

JARNAGES = 'ouvert = "09:30-12:00"\ntrajet = 25'
BONNAT = 'ouvert = "09:30-12:00"\ntrajet = 30\n\n[sorties.mardi-bonnat.arrets.chatelus]'
KEY = "sorties.mercredi.arrets.jarnages.ouvert"
CANCELLED = 'format = "surcharge/1"\naction = "annule"\nmotif = "panne"\navis = "Pas de passage."\n'


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def theirs_first(office: Office, hours: str = "10:00-12:00", why: str = "marché") -> None:
    """Paul changes the hours at Jarnages and publishes, an hour later."""
    office.clock.ms += 3_600_000
    office.paul.edit(JARNAGES, f'ouvert = "{hours}"\ntrajet = 25')
    assert office.paul.publish(why)[0] == "published"


def mine_offline(office: Office, hours: str = "09:30-12:15") -> None:
    """Nadia changes the same hours in her folder."""
    office.nadia.edit(JARNAGES, f'ouvert = "{hours}"\ntrajet = 25')


def test_disjoint_edits_of_one_tour_are_merged_validated_and_seen_by_both(office: Office) -> None:
    theirs_first(office)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    office.nadia.write("surcharges/2026/2026-12-03-nord-souterraine.toml", CANCELLED)
    code, _first = office.nadia.publish("à l'aveugle")
    assert code == "stale"
    code, second = office.nadia.publish("à l'aveugle")
    assert code == "published"
    assert (second.merged_from, second.revision) == (1, 3)
    assert 'ouvert = "10:00-12:00"\ntrajet = 25' in office.nadia.read()
    assert 'ouvert = "09:30-11:45"\ntrajet = 30' in office.nadia.read()
    office.paul.laptop.sync()
    pulled = pull_schedule(office.paul.laptop.desk, office.paul.folder)
    assert pulled == BroughtUpToDate(revision=3, written=2)
    assert office.paul.tree() == office.nadia.tree()
    assert office.paul.tree() == {
        **schedule_trees.load_tree(office.paul.laptop.replica, "fsi-exemple-23")
    }


def test_a_merge_changes_only_the_lines_that_somebody_changed(office: Office) -> None:
    before = office.nadia.read()
    theirs_first(office)
    office.nadia.laptop.sync()
    office.nadia.edit("# semaines ISO, comme sur le calendrier des Postes", "# semaines ISO")
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    mine = office.nadia.read()
    office.nadia.publish()
    assert office.nadia.read() == mine.replace(JARNAGES, JARNAGES.replace("09:30", "10:00"))
    assert before.count("\n") == office.nadia.read().count("\n")


def test_one_field_changed_twice_is_shown_with_both_values_authors_and_times(
    office: Office,
) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    before = office.nadia.tree()
    pending = office.nadia.pending()
    (view,) = pending.open
    assert (view.conflict.file, view.conflict.key) == (NORTH, KEY)
    assert (view.conflict.base, view.conflict.mine, view.conflict.theirs) == (
        "09:30-12:00",
        "09:30-12:15",
        "10:00-12:00",
    )
    assert (view.theirs.author, view.theirs.revision, view.theirs.why) == (
        "agent-paul",
        2,
        "marché",
    )
    assert view.theirs.at == office.nadia.laptop.desk.at(office.clock.ms)
    assert pending.mine_at - view.theirs.at < timedelta(seconds=1)
    assert office.nadia.tree() == before
    assert not office.nadia.laptop.sync().to_send


@pytest.mark.parametrize(
    ("kept", "value", "result"),
    [
        (Kept.MINE, None, "09:30-12:15"),
        (Kept.THEIRS, None, "10:00-12:00"),
        (Kept.VALUE, "09:45-12:00", "09:45-12:00"),
        (Kept.VALUE, '"09:45-12:00"', "09:45-12:00"),
    ],
)
def test_a_settled_conflict_is_published_and_the_history_says_over_whose_edit(
    office: Office, kept: Kept, value: str | None, result: str
) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    office.nadia.laptop.sync()
    office.nadia.pending()
    after = settle_conflict(office.nadia.laptop.desk, NORTH, KEY, kept, value)
    assert after.open == ()
    code, _ = office.nadia.publish("réunion")
    assert code == "published"
    assert f'ouvert = "{result}"\ntrajet = 25' in office.nadia.read()
    assert load_conflicts(office.nadia.laptop.desk) is None
    office.paul.laptop.sync()
    newest = list_revisions(office.paul.laptop.desk)[0]
    (resolution,) = newest.resolved
    assert (resolution.file, resolution.key, resolution.kept) == (NORTH, KEY, kept)
    assert (resolution.mine, resolution.theirs) == ('"09:30-12:15"', '"10:00-12:00"')
    assert (resolution.author, resolution.revision) == ("agent-paul", 2)
    assert newest.author == "agent-nadia"


def test_keeping_theirs_everywhere_leaves_nothing_to_publish(office: Office) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.THEIRS)
    with pytest.raises(InvalidInput, match="schedule_unchanged"):
        office.nadia.prepare()
    assert office.nadia.tree() == office.paul.tree()
    assert load_conflicts(office.nadia.laptop.desk) is None


def test_a_settlement_can_wait_while_the_folder_is_edited(office: Office) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    assert office.nadia.publish()[0] == "published"
    assert 'ouvert = "09:30-12:15"\ntrajet = 25' in office.nadia.read()
    assert "11:45" in office.nadia.read()


def test_a_settlement_is_asked_again_when_a_side_says_something_else(office: Office) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    office.paul.edit("10:00-12:00", "10:15-12:00")
    assert office.paul.publish()[0] == "published"
    office.nadia.laptop.sync()
    (view,) = office.nadia.pending().open
    assert (view.conflict.theirs, view.theirs.revision) == ("10:15-12:00", 3)


def test_what_was_settled_for_a_publication_that_came_too_late_is_in_the_next_one(
    office: Office,
) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    assert isinstance(office.nadia.prepare(), Publication)
    office.paul.edit('depart   = "08:30"', 'depart   = "08:25"')
    assert office.paul.publish()[0] == "published"
    assert [code for _op, code in office.nadia.laptop.sync().refused] == ["stale"]
    assert office.nadia.publish()[0] == "published"
    newest, *_others = list_revisions(office.nadia.laptop.desk)
    assert [(one.key, one.kept) for one in newest.resolved] == [(KEY, "mine")]
    assert 'depart   = "08:25"' in office.nadia.read()


def test_the_resolutions_of_one_revision_are_not_told_again_by_the_next(office: Office) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    office.nadia.publish()
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    office.nadia.publish()
    office.nadia.edit("09:30-11:45", "09:30-11:30")
    office.nadia.publish()
    assert [len(line.resolved) for line in list_revisions(office.nadia.laptop.desk)] == [
        0,
        0,
        1,
        0,
        0,
    ]


RUN = """
[sorties.{name}]
dates  = [2026-12-04]
depart = "08:30"
retour = "13:00"

[sorties.{name}.arrets.{stop}]
lieu   = "{stop}"
ouvert = "09:30-12:00"
trajet = 40
"""


def one_bus_in_two_villages(office: Office) -> None:
    """Each adds a run of the same bus on the same Friday, under another name."""
    paul, nadia = office.paul, office.nadia
    paul.write(NORTH, paul.read() + RUN.format(name="foire", stop="fursac"))
    nadia.write(NORTH, nadia.read() + RUN.format(name="marche", stop="jarnages"))
    assert paul.publish()[0] == "published"
    nadia.laptop.sync()


def test_one_bus_in_two_villages_is_refused_though_no_key_clashes(office: Office) -> None:
    one_bus_in_two_villages(office)
    before = office.nadia.tree()
    pending = office.nadia.pending()
    assert pending.open == ()
    assert "vehicle_overlap" in {problem.code for problem in pending.refusals}
    assert pending.both_changed == (NORTH,)
    assert office.nadia.tree() == before
    assert not office.nadia.laptop.sync().to_send
    shown = load_conflicts(office.nadia.laptop.desk)
    assert shown is not None
    assert shown.refusals == pending.refusals
    office.nadia.edit("dates  = [2026-12-04]", "dates  = [2026-12-18]")
    assert office.nadia.publish()[0] == "published"
    assert "[sorties.foire]" in office.nadia.read()


def test_the_registry_refuses_one_bus_in_two_villages_by_itself(tmp_path: Path) -> None:
    """Even from a laptop whose own check was not run."""
    office = an_office(tmp_path)
    desk = office.nadia.laptop.desk
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    tree = office.nadia.tree()
    for village in ("fursac", "jarnages"):
        tree[NORTH] += RUN.format(name=village, stop=village)
    record_publication(desk, tree, revisions, "")
    assert [code for _op, code in office.nadia.laptop.sync().refused] == ["rejected"]


def test_a_whole_file_can_be_settled_on_one_side(office: Office) -> None:
    name = "surcharges/2026/2026-12-03-nord-souterraine.toml"
    office.paul.write(name, CANCELLED)
    office.nadia.write(name, 'format = "surcharge/1"\naction = "horaire"\nouvert = "10:00-12:00"\n')
    assert office.paul.publish()[0] == "published"
    office.nadia.laptop.sync()
    pending = office.nadia.pending()
    assert [view.conflict.key for view in pending.open] == ["action"]
    settle_conflict(office.nadia.laptop.desk, name, "", Kept.THEIRS)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    assert office.nadia.publish()[0] == "published"
    assert office.nadia.read(name) == CANCELLED
    newest = list_revisions(office.nadia.laptop.desk, name)[0]
    assert [(one.key, one.kept) for one in newest.resolved] == [("", "theirs")]


def test_a_file_deleted_here_and_changed_there_is_a_conflict_on_the_file(office: Office) -> None:
    name = "surcharges/2026/2026-12-08-nord-celle-dunoise.toml"
    office.nadia.write(name, None)
    office.paul.edit("2026-12-01", "2026-12-02", name)
    assert office.paul.publish()[0] == "published"
    office.nadia.laptop.sync()
    (view,) = office.nadia.pending().open
    assert (view.conflict.file, view.conflict.key, view.conflict.mine) == (name, "", None)
    with pytest.raises(InvalidInput, match="settled_value_not_single"):
        settle_conflict(office.nadia.laptop.desk, name, "", Kept.VALUE, "1")
    settle_conflict(office.nadia.laptop.desk, name, "", Kept.MINE)
    assert office.nadia.publish()[0] == "published"
    assert not (office.nadia.folder / name).exists()


def test_a_merge_given_up_is_asked_from_the_start(office: Office) -> None:
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    assert forget_conflicts(office.nadia.laptop.desk)
    assert not forget_conflicts(office.nadia.laptop.desk)
    assert load_conflicts(office.nadia.laptop.desk) is None
    assert len(office.nadia.pending().open) == 1


def test_more_conflicts_than_an_op_can_tell_are_refused_and_nothing_is_recorded(
    office: Office,
) -> None:
    desk = office.nadia.laptop.desk
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    files = {f"surcharges/2026/{number:040}.toml": CANCELLED for number in range(700)}
    settled = tuple(
        ScheduleResolution(
            file=name, key=KEY, kept="mine", mine=None, theirs="x" * 80, revision=1, author="paul"
        )
        for name in files
    )
    with pytest.raises(InvalidSchedule, match="publication_too_large"):
        record_publication(desk, files, revisions, "", settled)
    assert not office.nadia.laptop.sync().to_send


def test_what_is_no_conflict_cannot_be_settled(office: Office) -> None:
    with pytest.raises(NotFound):
        settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    theirs_first(office)
    mine_offline(office)
    office.nadia.laptop.sync()
    office.nadia.pending()
    with pytest.raises(NotFound):
        settle_conflict(office.nadia.laptop.desk, NORTH, "nom", Kept.MINE)
    with pytest.raises(NotFound):
        settle_conflict(office.nadia.laptop.desk, "lieux.toml", "", Kept.MINE)


def test_pulling_brings_the_edits_of_others_and_keeps_mine(office: Office) -> None:
    theirs_first(office)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    office.nadia.write("LISEZMOI.txt", "à moi")
    office.nadia.laptop.sync()
    assert pull_schedule(office.nadia.laptop.desk, office.nadia.folder) == BroughtUpToDate(
        revision=2, written=1
    )
    assert "10:00-12:00" in office.nadia.read()
    assert "11:45" in office.nadia.read()
    assert office.nadia.read("LISEZMOI.txt") == "à moi"
    again = pull_schedule(office.nadia.laptop.desk, office.nadia.folder)
    assert again == BroughtUpToDate(revision=2, written=0)
    code, publication = office.nadia.publish()
    assert (code, publication.merged_from) == ("published", None)


def test_what_was_settled_for_a_pull_is_told_by_the_next_publication(office: Office) -> None:
    mine_offline(office)
    theirs_first(office)
    office.nadia.laptop.sync()
    assert isinstance(pull_schedule(office.nadia.laptop.desk, office.nadia.folder), PendingMerge)
    settle_conflict(office.nadia.laptop.desk, NORTH, KEY, Kept.MINE)
    pulled = pull_schedule(office.nadia.laptop.desk, office.nadia.folder)
    assert isinstance(pulled, BroughtUpToDate)
    assert office.nadia.publish()[0] == "published"
    newest = list_revisions(office.nadia.laptop.desk)[0]
    assert [(one.key, one.kept) for one in newest.resolved] == [(KEY, "mine")]


def test_pulling_one_bus_in_two_villages_says_so_and_lets_it_be_mended(office: Office) -> None:
    one_bus_in_two_villages(office)
    pulled = pull_schedule(office.nadia.laptop.desk, office.nadia.folder)
    assert isinstance(pulled, BroughtUpToDate)
    assert "vehicle_overlap" in {problem.code for problem in pulled.refusals}
    with pytest.raises(InvalidSchedule):
        office.nadia.prepare()
    office.nadia.edit(RUN.format(name="foire", stop="fursac"), "")
    assert office.nadia.publish()[0] == "published"


def test_a_copied_folder_is_merged_from_the_revision_it_was_copied_from(office: Office) -> None:
    copy = office.nadia.folder.parent / "copie"
    office.nadia.folder.rename(copy)
    office.nadia.folder = copy
    theirs_first(office)
    office.nadia.edit(BONNAT, BONNAT.replace("12:00", "11:45"))
    office.nadia.laptop.sync()
    code, publication = office.nadia.publish()
    assert (code, publication.merged_from) == ("published", 1)
    assert "10:00-12:00" in office.nadia.read()


def test_a_publication_handed_over_by_a_later_sync_is_the_base_of_the_next(office: Office) -> None:
    mine_offline(office)
    assert isinstance(office.nadia.prepare(), Publication)
    office.nadia.laptop.sync()
    office.nadia.edit("09:30-12:15", "09:45-12:15")
    code, publication = office.nadia.publish()
    assert (code, publication.base, publication.merged_from) == ("published", 2, None)


def test_a_folder_with_a_fault_is_merged_only_once_it_is_mended(office: Office) -> None:
    theirs_first(office)
    office.nadia.laptop.sync()
    office.nadia.edit(JARNAGES, 'ouvert = "9h30-12h"\ntrajet = 25')
    with pytest.raises(InvalidSchedule):
        office.nadia.prepare()


def test_an_agent_publishes_nothing(office: Office) -> None:
    laptop = a_laptop(office.registry, unit=UNIT, role="agent", seed=9)
    office.paul.laptop = laptop
    with pytest.raises(NotAllowed):
        office.paul.prepare()


def test_a_file_written_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("a = 2\n")
    (tmp_path / "b.toml").write_text("b = 1\n")
    before = {"a.toml": b"a = 1\n", "b.toml": b"b = 1\n"}
    with pytest.raises(ChangedMeanwhile):
        write_folder(tmp_path, before, {"a.toml": "a = 3\n", "b.toml": "b = 3\n"})
    assert (tmp_path / "a.toml").read_text() == "a = 2\n"
    assert (tmp_path / "b.toml").read_text() == "b = 1\n"


def test_no_file_is_written_outside_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="path_outside_folder"):
        write_folder(tmp_path / "dossier", {}, {"../dehors.toml": "a = 1\n"})
    assert not (tmp_path / "dehors.toml").exists()
