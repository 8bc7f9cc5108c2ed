"""Bad input through real processes: a sentence each time, nothing lost, never a traceback."""

import contextlib
import re
import resource
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from warm_processes import Ended

from tests.end_to_end.bus_world import CHARENTE, BusWorld, make_world
from tests.end_to_end.terminal import ENTER, ESCAPE, F5
from tests.end_to_end.test_stolen_laptop import PASSPHRASE, an_encrypted_laptop

INVALID, NOT_ALLOWED, LATER, OUT_OF_STEP, USAGE, FAULTS = 3, 5, 7, 8, 64, 2
VISIT = ("visit", "add", "--road", "--procedure", "retraite-dossier")
NIR = "185057800608491"


def add_visit(world: BusWorld, *words: str) -> Ended:
    return world.run(*VISIT, *words)


def bytes_of(folder: Path) -> bytes:
    """Return everything that lies in a folder, file after file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def assert_kept(world: BusWorld, visits: int) -> None:
    """Check that every visit is still there, without its tick."""
    kept = world.visits()
    assert len(kept) == visits
    assert not any(visit["received"] for visit in kept)


@contextmanager
def portal(port: int, content_type: str, body: bytes) -> Iterator[None]:
    """Answer 200 with a page to whatever is asked, as a hotel's Wi-Fi does."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def hanging_up(port: int) -> Iterator[None]:
    """Take every connection and hang up at once, as a dying server does."""
    server = socket.create_server(("127.0.0.1", port))

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                server.accept()[0].close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_a_captive_portal_and_a_dead_server_get_a_sentence_and_lose_nothing(
    world: BusWorld,
) -> None:
    assert add_visit(world).code == 0
    with portal(world.port, "text/html", b"<html>Bienvenue au Wi-Fi de la mairie</html>"):
        page = world.run("sync")
    with portal(world.port, "application/vnd.fsmobile.sync.v1", b"not an answer"):
        noise = world.run("sync")
    with hanging_up(world.port):
        hung_up = world.run("sync")
    nobody = world.run("sync")
    assert [one.code for one in (page, noise, hung_up, nobody)] == [LATER] * 4
    assert "Wi-Fi" in page.err
    assert "Wi-Fi" in noise.err
    assert "ne répond pas" in hung_up.err
    assert hung_up.err == nobody.err
    assert_kept(world, 1)


def test_a_captive_portal_at_enrolment_leaves_the_laptop_ready_for_another_try(
    world: BusWorld,
) -> None:
    words, home = world.code(), world.folder / "nouveau"
    with portal(world.port, "text/html", b"<html>Bienvenue</html>"):
        refused = world.run("enrol", world.url, *words, "--plain", home=home)
    assert refused.code == LATER
    assert "Wi-Fi" in refused.err
    world.start_registry()
    assert world.run("enrol", world.url, *words, "--plain", home=home).code == 0


def test_a_refused_laptop_is_told_and_keeps_its_visits(world: BusWorld) -> None:
    assert add_visit(world).code == 0
    assert world.run_registry("revoke", "portable du bus").code == 0
    world.start_registry()
    refused = world.run("sync")
    assert refused.code == NOT_ALLOWED
    assert "retiré du registre" in refused.err
    assert_kept(world, 1)


def test_a_laptop_that_the_registry_forgot_is_told_and_keeps_its_visits(world: BusWorld) -> None:
    registry, copy = world.folder / "registre", world.folder / "copie"
    shutil.copytree(registry, copy)
    late = world.folder / "tard"
    world.start_registry()
    world.enrol(late, name="tard venu")
    world.stop_registry()
    shutil.rmtree(registry)
    copy.rename(registry)
    world.start_registry()
    refused = world.run("sync", home=late)
    assert refused.code == NOT_ALLOWED
    assert "ne connaît pas ce poste" in refused.err


def test_a_wrong_a_used_and_an_expired_code_get_three_sentences(
    world: BusWorld, tmp_path: Path
) -> None:
    stranger = make_world(tmp_path / "ailleurs")
    try:
        assert stranger.run_registry("init").code == 0
        wrong = stranger.code()
    finally:
        stranger.close()
    used, mistyped = world.code(), list(reversed(world.code()))
    now = world.environment["FSMOBILE_DECALAGE_HORLOGE"]
    world.environment["FSMOBILE_DECALAGE_HORLOGE"] = str(int(now) - 80 * 3600)
    expired = world.code()
    world.environment["FSMOBILE_DECALAGE_HORLOGE"] = now
    world.start_registry()
    assert world.run("enrol", world.url, *used, "--plain", home=world.folder / "premier").code == 0

    home = world.folder / "second"
    answers = [
        world.run("enrol", world.url, *words, "--plain", home=home)
        for words in (wrong, used, expired, mistyped, used[:11])
    ]
    assert [answer.code for answer in answers] == [INVALID] * 5
    sentences = [answer.err for answer in answers]
    assert len(set(sentences)) == 5
    for sentence, word in zip(
        sentences, ("ne connaît pas", "déjà servi", "périmé", "ne vont pas ensemble", "12 mots"),
        strict=True,
    ):  # fmt: skip
        assert word in sentence
    assert world.run("enrol", world.url, *world.code(), "--plain", home=home).code == 0


def test_a_store_from_a_newer_program_is_refused_and_not_touched(world: BusWorld) -> None:
    store = world.home / "fsmobile.db"
    with contextlib.closing(sqlite3.connect(store)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('fsmobile', 'the_year_after', '2027-01-01')"
        )
        connection.commit()
    before = store.read_bytes()
    for words in (("visit", "list"), VISIT, ("sync",), ("passage", "open", "charme")):
        refused = world.run(*words)
        assert refused.code == OUT_OF_STEP, refused.said
        assert "plus récent" in refused.err
    with world.open_screens() as screens:
        assert screens.wait_for_end() == OUT_OF_STEP
        assert "plus récent" in screens.text
        assert "Traceback" not in screens.written
    assert store.read_bytes() == before


def test_a_second_screen_program_is_refused_while_commands_work_beside_the_first(
    world: BusWorld,
) -> None:
    with world.open_screens() as first:
        first.wait_for("À la porte")
        first.send("a")
        first.wait_for("Qui travaille ?")
        first.send("1")
        first.wait_for("ici depuis")
        with world.open_screens() as second:
            assert second.wait_for_end() == LATER
            assert "déjà ouvert" in second.text
            assert "Traceback" not in second.written
        added = world.run("visit", "add", "--procedure", "retraite-dossier")
        assert added.code == 0, added.said
        assert len(world.visits()) == 1
        first.wait_for("F5")
        first.send(F5)
        first.wait_for("Visites ici · 1 ")
        world.start_registry()
        synced = world.run("sync", "--format", "json")
        assert synced.code == 0, synced.said
        assert synced.json["received_visits"] == 1
        first.wait_for(re.compile(r"1 pers\..*✓"))
        first.send("q")
        assert first.wait_for_end() == 0
    with world.open_screens() as third:
        third.wait_for("Visites ici · 1 ")


FAULTY_PLACES = """format = "lieux/1"

[lieux.ruffec-base]
nom     = "Ruffec"
type    = "base"
commune = "Ruffec"
insee   = "16999"
lat     = "46.03"
lon     = 0.20376
adrese  = "Rue du Temple"
"""
FAULTY_VEHICLES = """format = "vehicules/1"

[vehicules.bus-1]
nom  = "Bus"
type = "bus"
base = "ruffec-base"
places = "beaucoup"
"""


@pytest.fixture
def faulty_schedule(tmp_path: Path) -> Path:
    """The Charente timetable with four kinds of faults, in three files."""
    folder = tmp_path / "planning"
    shutil.copytree(CHARENTE, folder)
    (folder / "lieux.toml").write_text(FAULTY_PLACES, encoding="utf-8")
    (folder / "vehicules.toml").write_text(FAULTY_VEHICLES, encoding="utf-8")
    (tour,) = (folder / "tournees" / "charente").iterdir()
    text = tour.read_text(encoding="utf-8").replace("effet    = 2026-01-05", "effet = 2026-02-30")
    tour.write_text(text, encoding="utf-8")
    return folder


def test_every_fault_of_a_schedule_is_told_at_once_with_its_place(
    world: BusWorld, faulty_schedule: Path
) -> None:
    checked = world.run("schedule", "check", str(faulty_schedule))
    assert checked.code == FAULTS
    for place, hint in (
        (r"lieux\.toml:7:\d+", "16999"),
        (r"lieux\.toml:8:\d+", "Attendu"),
        (r"lieux\.toml:10:\d+", "adresse"),
        (r"vehicules\.toml:7:\d+", "places"),
        (r"tournees/charente/[^:]+:\d+:\d+", "date"),
    ):
        found = re.search(rf"{place}.*", checked.out)
        assert found, f"{place} in {checked.out}"
        assert hint in found.group(), found.group()


def test_a_schedule_with_faults_is_not_even_half_published(
    world: BusWorld, faulty_schedule: Path
) -> None:
    coordinator = world.folder / "coordination"
    before = world.run_registry("status", "--format", "json").json
    world.start_registry()
    refused = world.run("schedule", "publish", str(faulty_schedule), home=coordinator)
    assert refused.code == INVALID
    for name in ("lieux.toml:7", "lieux.toml:8", "charente/"):
        assert name in refused.err
    synced = world.run("sync", "--format", "json", home=coordinator)
    assert synced.json["to_send"] == 0
    after = world.run_registry("status", "--format", "json").json
    assert (after["kinds"], after["revisions"]) == (before["kinds"], before["revisions"])


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--minutes", "0"), INVALID, "durée"),
        (("--minutes", "1800"), INVALID, "durée"),
        (("--people", "0"), INVALID, "personnes"),
        (("--age", "35-ish"), USAGE, "35-ish"),
        (("--note", f"NIR {NIR}"), INVALID, "sécurité sociale"),
        (("--note", "n° 1 85 05 78 006 084 91"), INVALID, "sécurité sociale"),
        (("--note", "n° fiscal 30 23 217 600 053"), INVALID, "fiscal"),
        (("--note", "FR76 3000 6000 0112 3456 7890 189"), INVALID, "IBAN"),
        (("--note", "4970 1012 3456 7893"), INVALID, "carte"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_before_it_reaches_the_disk(
    world: BusWorld, words: tuple[str, str], code: int, sentence: str
) -> None:
    before = bytes_of(world.home)
    refused = add_visit(world, *words)
    assert refused.code == code, refused.said
    assert sentence in refused.err
    assert words[1].encode() not in bytes_of(world.home) or words[1].encode() in before
    assert world.visits() == []


@pytest.mark.parametrize("words", [(*VISIT, "--note"), ("passage", "note", "charme")])
def test_bytes_that_are_no_text_are_a_slip_of_the_keyboard(
    world: BusWorld, words: tuple[str, ...]
) -> None:
    # What Python makes of the byte 0xff on a command line: half of a surrogate pair.
    refused = world.run(*words, "caf\udcff")
    assert refused.code == USAGE
    assert "ni du texte" in refused.err
    assert world.visits() == []


def test_a_forbidden_number_typed_on_the_screen_never_reaches_the_disk(world: BusWorld) -> None:
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.send("n", "1", ENTER, "e")
        screens.wait_for("Note, sans n° de sécu")
        screens.send(f"suivi {NIR}")
        screens.wait_for("sécurité sociale")
        screens.send(ENTER)
        screens.wait_until_quiet()
        assert NIR.encode() not in bytes_of(world.home)
        screens.kill()
    assert NIR.encode() not in bytes_of(world.home)


def test_a_hostile_note_is_shown_and_kept_as_it_was_typed(world: BusWorld) -> None:
    note = "[/ [@click=app.quit]x \x1b]0;titre\x07 \x1b[2J \u202egauche"
    assert add_visit(world, "--note", note).code == 0
    assert [visit["note"] for visit in world.visits()] == [note]
    typed = "[/ [@click=app.quit]x"
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.send("n", "1", ENTER, "e")
        screens.wait_for("Note, sans n° de sécu")
        screens.send(typed, ENTER)
        screens.wait_for(typed)
        screens.send("r", ENTER)
        screens.wait_for("Visites ici · 1 ")
        screens.send(ESCAPE, "*")
        screens.wait_for(typed)
        assert "\u202e" not in screens.written
        screens.send("q")
        assert screens.wait_for_end() == 0
    assert {visit["note"] for visit in world.visits()} == {note, typed}


@contextmanager
def full_disk(process: int) -> Iterator[None]:
    """Refuse every byte that a process would add to a file, as a full disk does."""
    _soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_is_told_before_the_form_is_left_and_the_visit_is_still_there(
    world: BusWorld,
) -> None:
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.send("n", "1", "r", "e", "t", ENTER)
        screens.wait_for("Issue   ▸")
        with full_disk(screens.process.pid):
            screens.send("r", ENTER)
            shown = screens.wait_for("Le disque est plein")
            assert "Retraite" in shown
            assert "Issue" in shown
            assert world.visits() == []
        screens.send(ENTER)
        screens.wait_for("Visites ici · 1 ")
        screens.send("q")
        assert screens.wait_for_end() == 0
        assert "Traceback" not in screens.written
    assert len(world.visits()) == 1


def test_a_plug_pulled_on_a_full_disk_keeps_the_draft(world: BusWorld) -> None:
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.send("n", "1", "r", "e", "t", ENTER)
        screens.wait_for("Issue   ▸")
        with full_disk(screens.process.pid):
            screens.send("r", ENTER)
            screens.wait_for("Le disque est plein")
            screens.kill()
    with world.open_screens() as screens:
        assert "Retraite" in screens.wait_for("brouillon de")


def test_an_encrypted_laptop_opens_on_a_full_disk_and_shows_the_day(world: BusWorld) -> None:
    home = an_encrypted_laptop(world)
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    with world.open_screens(home) as screens:
        screens.wait_for("Poste verrouillé")
        with full_disk(screens.process.pid):
            screens.send(*PASSPHRASE, ENTER)
            screens.wait_for("Le disque est plein : la journée se lit")
            assert "Charm" in screens.wait_for("À la porte")
            screens.send("q")
            assert screens.wait_for_end() == 0
        assert "Traceback" not in screens.written
