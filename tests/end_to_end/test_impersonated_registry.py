"""A registry over real TLS: no old version of it, no impostor, no secret in its log or its name."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fleet_worlds import PASSPHRASE, add_account
from worlds import Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.cli.system import SystemClock
from fsmobile.errors import BadSignature, RegistryUnreachable
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import make_registry, open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.service import RegistryService
from fsmobile.store import queries
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.usecases import visits

NOTE = "ZXMARQUEXZ"


@dataclass
class Serving:
    """A registry's process."""

    url: str
    process: "subprocess.Popen[str]"
    log: list[str] = field(default_factory=list)


@contextmanager
def serving(data: Path, certificate: Path) -> Iterator[Serving]:
    command = [sys.executable, "-m", "fsmobile", "registry", "serve", "--data", str(data),
               "--port", "0", "--log", "info", "--tls-cert", str(certificate),
               "--tls-key", str(certificate.with_suffix(".key"))]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split(" : ")[1].strip()
        served = Serving(url, process)
        reader = threading.Thread(target=served.log.extend, args=(process.stderr,))
        reader.start()
        try:
            yield served
        finally:
            process.terminate()
            reader.join(10)


def a_data_folder(folder: Path, seed: int) -> tuple[Path, RegistryService]:
    folder.mkdir()
    engine = open_engine(sqlite_url(folder))
    make_registry(engine, SystemClock(), SeededChance(seed))
    return folder, open_registry(engine, SystemClock(), SeededChance(seed + 50), no_problems)


def a_certificate(path: Path) -> Path:
    """Make a certificate of 127.0.0.1, signed by itself, with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def sync(laptop: Laptop, url: str) -> int:
    with HttpRegistry(url, load_wire_dictionary(), DICTIONARY_ID) as door:
        return SyncEngine(laptop.replica, door, laptop.key).run().received


def test_a_registry_under_another_certificate_or_another_key_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_data, registry = a_data_folder(tmp_path / "vrai", 1)
    false_data, _impostor = a_data_folder(tmp_path / "faux", 2)
    true_certificate = a_certificate(tmp_path / "vrai.pem")
    false_certificate = a_certificate(tmp_path / "faux.pem")
    laptop = a_laptop(registry)
    visits.record_visit(laptop.desk, a_visit(note=NOTE))
    monkeypatch.setenv("SSL_CERT_FILE", str(true_certificate))
    with serving(false_data, false_certificate) as impostor:
        with pytest.raises(RegistryUnreachable):
            sync(laptop, impostor.url)
        # Even with a certificate that the laptop trusts, an authority deceived or bought.
        monkeypatch.setenv("SSL_CERT_FILE", str(false_certificate))
        with pytest.raises(BadSignature):
            sync(laptop, impostor.url)
    assert queries.load_sync_state(laptop.replica).waiting == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(true_certificate))
    with serving(true_data, true_certificate) as genuine:
        assert sync(laptop, genuine.url) == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(
    ("version", "is_spoken"),
    [
        (ssl.TLSVersion.TLSv1, False),
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ],
)
def test_no_tls_older_than_1_2_is_spoken(
    tmp_path: Path, version: ssl.TLSVersion, *, is_spoken: bool
) -> None:
    data, _registry = a_data_folder(tmp_path / "vrai", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # This side would speak the old ones: it is the registry that must refuse.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with serving(data, a_certificate(tmp_path / "vrai.pem")) as served:
        port = int(served.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as bare:
            if is_spoken:
                with context.wrap_socket(bare) as spoken:
                    assert spoken.version()
            else:
                with pytest.raises((ssl.SSLError, ConnectionResetError)):
                    context.wrap_socket(bare)


def test_no_secret_is_in_the_log_nor_in_the_list_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, registry = a_data_folder(tmp_path / "vrai", 1)
    add_account(registry, "ana")
    laptop = a_laptop(registry)
    visits.record_visit(laptop.desk, a_visit(note=NOTE))
    certificate = a_certificate(tmp_path / "vrai.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(data, certificate) as served:
        assert sync(laptop, served.url) == 1
        with httpx.Client(base_url=served.url, follow_redirects=True) as browser:
            shown = browser.get("/flotte/connexion").text
            token = shown.partition('name="form_token" value="')[2].partition('"')[0]
            for passphrase in (PASSPHRASE + " ?", PASSPHRASE):
                form = {"name": "ana", "passphrase": passphrase, "code": "", "form_token": token}
                answer = browser.post("/flotte/connexion", data=form)
            assert "Se déconnecter" in answer.text
            cookies = [value for value in browser.cookies.values() if value]
        name = Path(f"/proc/{served.process.pid}/cmdline")
        listed = name.read_bytes().decode() if name.exists() else ""
        assert not name.exists() or "serve" in listed
    told = listed + "".join(served.log)
    assert "/v1/sync" in told
    seed = (laptop.key.seed.hex(), registry.key.seed.hex())
    for secret in (PASSPHRASE, NOTE, "retraite-dossier", token, *cookies, *seed):
        assert secret not in told
