"""A week without a network: the visits go to the registry by stick, its receipts come back."""

from pathlib import Path

from warm_processes import Ended

from tests.end_to_end.bus_world import BusWorld

DAYS = 7


def work_a_week(world: BusWorld) -> int:
    """Open the day's first stop and record visits on seven dates; return how many acts."""
    acts = 0
    for _ in range(DAYS):
        world.record(count=2)
        acts += 2
        stops = world.run("passage", "list", "--format", "json").json
        if stops:
            assert world.run("passage", "open", stops[0]["passage"]).code == 0
            acts += 1
        world.let_days_pass()
    return acts


def carry(world: BusWorld, file: Path) -> Ended:
    """Take the stick to the base and its answer back to the bus; return what the base said."""
    at_base = world.run_registry("import", str(file))
    assert at_base.code == 0, at_base.said
    return at_base


def test_a_week_by_stick_arrives_once_and_its_receipts_come_back(world: BusWorld) -> None:
    stick = world.folder / "cle"
    stick.mkdir()
    acts = work_a_week(world)
    nobody = world.run("sync")
    assert nobody.code == 7
    exported = world.run("bundle", "export", str(stick), "--format", "json").json
    assert (exported["ops"], exported["visits"]) == (acts, 2 * DAYS)
    assert not any(visit["received"] for visit in world.visits())
    file = Path(exported["file"])

    assert f"{acts} actes nouveaux" in carry(world, file).out
    answer = file.with_suffix(".fsack")
    read = world.run("bundle", "import", str(answer))
    assert read.code == 0, read.said
    assert f"Visites : {2 * DAYS} sur {2 * DAYS} reçues" in read.out
    assert all(visit["received"] for visit in world.visits())
    (entry,) = world.run("bundle", "list", "--format", "json").json
    assert entry["acked_at_ms"] is not None
    before = world.exported()

    assert ": 0 acte nouveau" in carry(world, file).out
    assert world.run("bundle", "import", str(answer)).code == 0
    assert world.exported() == before

    world.start_registry()
    report = world.sync()
    assert (report["to_send"], report["received"], report["healed"]) == (0, 0, [])
    nothing = world.run("bundle", "export", str(stick))
    assert nothing.code == 3
    assert "Rien n'attend" in nothing.said
    assert world.run("bundle", "export", "--empty", str(stick)).code == 0
    assert report["requests"] == 1
    assert world.exported() == before
    assert len(before) == len({op["op_id"] for op in before})
    assert world.held()["visit.record"] == 2 * DAYS
    assert world.run_registry("verify").code == 0


def test_a_stick_that_was_damaged_on_the_way_is_refused_and_the_next_one_taken(
    world: BusWorld,
) -> None:
    stick = world.folder / "cle"
    stick.mkdir()
    world.record(count=3)
    file = Path(world.run("bundle", "export", str(stick), "--format", "json").json["file"])
    whole = file.read_bytes()
    before = world.exported()
    for spoilt in (whole[:-1], whole[: len(whole) // 2], b"", whole[:200] + b"\0" + whole[201:]):
        file.write_bytes(spoilt)
        refused = world.run_registry("import", str(file))
        assert refused.code == 3, refused.said
        assert not file.with_suffix(".fsack").exists()
    assert world.exported() == before
    file.write_bytes(whole)
    assert "3 actes nouveaux" in carry(world, file).out
