"""`fsmobile registry`: backup, restoration, verification, devices, erasure, TLS, as processes."""

import json
import sqlite3
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from worlds import SeededChance, a_laptop, a_visit, no_problems

from fsmobile.cli.main import run
from fsmobile.cli.registry_arguments import PORT
from fsmobile.cli.system import SystemClock
from fsmobile.errors import NotAllowed
from fsmobile.registry.administration import make_registry, open_registry, revoke
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A registry with three visits of one laptop."""
    folder = tmp_path / "registre"
    folder.mkdir()
    engine = open_engine(sqlite_url(folder))
    make_registry(engine, SystemClock(), SeededChance(1))
    registry = open_registry(engine, SystemClock(), SeededChance(2), no_problems)
    laptop = a_laptop(registry, name="portable-lyon")
    for _ in range(3):
        visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    engine.dispose()
    return folder


def registry(act: str, data: Path, *words: str | Path) -> int:
    return run(["registry", *act.split(), "--data", str(data), *map(str, words)])


@contextmanager
def opened(data: Path) -> Iterator[RegistryService]:
    """The registry of a folder, in this process."""
    engine = open_engine(sqlite_url(data))
    yield open_registry(engine, SystemClock(), SeededChance(3), no_problems)
    engine.dispose()


def test_a_backup_is_written_read_again_and_put_back(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("backup", data, tmp_path / "copie.db") == 0
    assert "3 actes" in capsys.readouterr().out
    assert registry("backup", data, tmp_path / "copie.db") == 3
    assert registry("restore", data, tmp_path / "copie.db") == 0
    assert registry("restore", tmp_path / "ailleurs", tmp_path / "copie.db") == 0
    assert registry("restore", data, tmp_path / "absente.db") == 4
    capsys.readouterr()
    for place in (data, tmp_path / "ailleurs"):
        assert registry("stats", place, "--format", "json") == 0
        held = json.loads(capsys.readouterr().out)
        assert (held["ops"], held["epochs"], held["events"]) == (3, 2, {"registry_restored": 1})


def test_verification_leaves_with_8_and_names_what_is_wrong(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("verify", data) == 0
    with sqlite3.connect(data / "registry.db") as connection:
        connection.execute("UPDATE op SET body = x'00' WHERE gsn = 2")
        (op_id,) = connection.execute("SELECT op_id FROM op WHERE gsn = 2").fetchone()
    connection.close()
    capsys.readouterr()
    assert registry("verify", data) == 8
    assert f"body_altered  {op_id}" in capsys.readouterr().out


def test_an_erased_act_is_erased_again_after_a_restoration(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry("backup", data, tmp_path / "copie.db")
    registry("export", data, tmp_path / "avant.jsonl")
    lines = (tmp_path / "avant.jsonl").read_text(encoding="utf-8").splitlines()
    op_id = json.loads(lines[0])["op_id"]
    assert registry("erase", data, op_id, "--ground", "demande de la personne") == 0
    assert registry("erase", data, "inconnu", "--ground", "demande") == 4
    (data / "registry.db").unlink()
    for journal in data.glob("registry.db-*"):
        journal.unlink()
    capsys.readouterr()
    assert registry("restore", data, tmp_path / "copie.db") == 0
    assert "Effacements refaits : 1." in capsys.readouterr().out
    registry("export", data, tmp_path / "apres.jsonl")
    first = json.loads((tmp_path / "apres.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (first["op_id"], first["body"]) == (op_id, None)
    assert registry("export", data, tmp_path / "apres.jsonl") == 3


def test_devices_and_what_happened_to_them_are_listed(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("revoke", data, "portable-lyon") == 0
    assert registry("devices", data) == 0
    out = capsys.readouterr().out
    assert "portable-lyon (révoqué)" in out
    assert "Poste révoqué.  portable-lyon" in out
    assert registry("devices", data, "--format", "json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [event["kind"] for event in listed["events"]] == ["laptop_revoked"]
    assert registry("stats", data) == 0
    assert registry("status", data) == 0


def test_plain_http_is_refused_beyond_this_machine(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("serve", data, "--host", "0.0.0.0", "--port", "0") == 3
    assert "--tls-cert" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["cert", "both"])
def test_a_certificate_that_cannot_be_read_is_said_at_once(
    data: Path, tmp_path: Path, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "x.pem"
    broken.write_text("rien")
    key = ["--tls-key", broken] if given == "both" else []
    assert registry("serve", data, "--port", "0", "--tls-cert", broken, *key) == 3
    assert "certificat" in capsys.readouterr().err


def test_the_registry_speaks_tls_with_a_given_certificate(data: Path, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    with serving(data, "--tls-cert", str(certificate), "--tls-key", str(key)) as address:
        assert address.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"{address}/readyz", context=context) as answer:
            assert json.load(answer) == {"ready": True}


@contextmanager
def serving(data: Path, *words: str) -> Iterator[str]:
    command = [sys.executable, "-m", "fsmobile", "registry", "serve", "--data", str(data)]
    with subprocess.Popen(
        [*command, "--port", "0", *words], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(" : ")[1].strip()
        process.terminate()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "registre")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_a_name_of_two_laptops_leaves_with_3_and_gives_the_ids_that_status_shows(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(sqlite_url(data))
    service = open_registry(engine, SystemClock(), SeededChance(9), no_problems)
    a_laptop(service, name="portable-lyon", unit="bus-charente/bus-2", seed=8)
    engine.dispose()
    assert registry("revoke", data, "portable-lyon") == 3
    told = capsys.readouterr().err
    assert registry("status", data, "--format", "json") == 0
    devices = json.loads(capsys.readouterr().out)["devices"]
    assert [one["id"][:12] in told for one in devices] == [True, True]
    for act in ("status", "devices"):
        assert registry(act, data) == 0
        shown = capsys.readouterr().out
        assert [one["id"][:12] in shown for one in devices] == [True, True]
    assert registry("revoke", data, devices[0]["id"][:12]) == 0


def test_the_help_of_serve_says_the_port_without_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(["registry", "serve", "--help"])
    assert str(PORT) in capsys.readouterr().out


def test_work_kept_apart_is_listed_read_and_taken_in(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(data) as service:
        lost = a_laptop(service, name="perdu", seed=12)
        revoke(service, "perdu")
        visits.record_visit(lost.desk, a_visit())
        with pytest.raises(NotAllowed):
            lost.sync()
    assert registry("quarantine list", data) == 0
    assert "perdu" in capsys.readouterr().out
    assert registry("quarantine show", data, "perdu") == 0
    shown = capsys.readouterr().out
    assert "visite" in shown
    assert "à décider" in shown
    assert "retraite-dossier" in shown
    assert registry("quarantine take-in", data, "perdu", "--by", "Claire") == 0
    assert "1 acte repris." in capsys.readouterr().out
    assert registry("quarantine refuse", data, "perdu", "--by", "Claire") == 0
    assert "0 acte laissé dehors" in capsys.readouterr().out
    assert registry("quarantine list", data, "--format", "json") == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["waiting"], line["taken_in"], line["refused"]) == (0, 1, 0)
    assert registry("quarantine take-in", data, "perdu", "--by", " ") != 0
    assert "le nom de la personne" in capsys.readouterr().err


def test_a_laptop_is_given_to_another_bus_and_listed_until_it_knows(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("assign", data, "portable-lyon", "--unit", "bus-charente/bus-9") == 0
    said = capsys.readouterr().out
    assert "bus-charente/bus-9 (agent)" in said
    assert "unit:bus-charente/bus-1" in said
    assert registry("erasures", data, "--format", "json") == 0
    (waiting,) = json.loads(capsys.readouterr().out)["unconfirmed"]
    assert waiting["unit"] == "bus-charente/bus-9"
    assert registry("assign", data, "portable-lyon", "--unit", "bus-charente/bus-9") == 3
    assert "déjà à bus-charente/bus-9" in capsys.readouterr().err
    assert registry("devices", data) == 0
    assert "Poste affecté à un autre bus" in capsys.readouterr().out


def test_a_retention_is_decided_shown_and_carried_out(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry("retention apply", data) == 0
    assert "tout est gardé" in capsys.readouterr().out
    assert registry("retention keep", data, "bus-charente", "visit", "1") == 0
    assert registry("retention list", data, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [(one["family"], one["months"], one["done_before_ms"]) for one in told] == [
        ("visit", 1, None)
    ]
    assert registry("retention apply", data) == 0
    assert "bus-charente visit : 0 contenu supprimé." in capsys.readouterr().out
    assert registry("retention list", data) == 0
    assert "visit" in capsys.readouterr().out
    assert registry("retention keep", data, "bus-charente", "schedule", "1") == 3
    assert "Donnez l'une de celles-ci" in capsys.readouterr().err


def test_exports_and_what_is_kept_are_in_the_journal_and_a_cut_tail_is_found_by_its_head(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry("export", data, tmp_path / "actes.jsonl")
    registry("retention keep", data, "bus-charente", "visit", "12")
    capsys.readouterr()
    registry("journal show", data, "--format", "json")
    rows = json.loads(capsys.readouterr().out)
    assert [(row["kind"], row["detail"]) for row in rows] == [
        ("exported", "ops"),
        ("retention_decided", "bus-charente visit 12"),
    ]
    assert registry("journal verify", data, "--format", "json") == 0
    head = json.loads(capsys.readouterr().out)["head"]
    assert registry("journal verify", data, "--head", head) == 0
    with sqlite3.connect(data / "registry.db") as connection:
        connection.execute("DELETE FROM event WHERE seq = 2")
    assert registry("journal verify", data) == 0
    assert registry("journal verify", data, "--head", head) == 8


@pytest.mark.parametrize(
    ("address", "exit_code", "said"),
    [
        ("postgresql://u:motsecret@127.0.0.1:1/x", 7, "La base ne répond pas"),
        ("mysql://u:motsecret@127.0.0.1/x", 3, "L'adresse de la base n'en est pas une."),
        ("n'importe quoi:motsecret", 3, "L'adresse de la base n'en est pas une."),
        ("postgresql://u:motsecret@[::1/x", 3, "L'adresse de la base n'en est pas une."),
    ],
)
def test_a_database_that_does_not_answer_is_said_in_words_without_its_password(
    address: str, exit_code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for act in (["status"], ["serve", "--port", "0"], ["account", "list"]):
        assert run(["registry", *act, "--database", address]) == exit_code
        shown = "".join(capfd.readouterr())
        assert said in shown
        assert "motsecret" not in shown
        assert "Traceback" not in shown
