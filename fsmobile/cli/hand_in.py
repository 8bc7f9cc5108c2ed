"""`fsmobile bundle hand-in FILE`: gives the registry what another laptop wrote, or left behind."""

from pathlib import Path

from fsmobile.cli.output import say, say_json
from fsmobile.cli.sync import say_report
from fsmobile.cli.wiring import open_laptop, read_enrolment, sync_once
from fsmobile.config import Settings
from fsmobile.core.journal import JournalAct
from fsmobile.errors import NotFound
from fsmobile.protocol.hand_in import HandedIn
from fsmobile.store import journal
from fsmobile.store.identity import load_agent
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.desk import NOBODY


def hand_in_file(settings: Settings, path: Path, form: str) -> int:
    """Hand a sealed file in, then receive what it brought; again changes nothing more.

    Raises:
        NotFound: no such file.
        InvalidInput, NotAllowed, RegistryUnreachable: see `sync.hand_in.hand_in`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound("file", str(path)) from error
    done = _hand_in(settings, data)
    if form == "json":
        say_json(
            {
                "laptop": done.name,
                "unit": done.unit,
                "applied": done.applied,
                "aside": done.aside,
                "missing": done.missing,
            }
        )
    else:
        for line in _describe(done):
            say(line)
        say_report(sync_once(settings), form)
    return 0 if not done.missing else 7


def _hand_in(settings: Settings, data: bytes) -> HandedIn:
    # Deferred, as for a sync: httpx and cryptography are paid for by those who use them.
    from fsmobile.cli.signing import device_key
    from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
    from fsmobile.sync.hand_in import hand_in
    from fsmobile.sync.http_registry import HttpRegistry
    from fsmobile.sync.registry_keys import following

    replica = open_laptop(settings)
    try:
        url, key = read_enrolment(replica).registry_url, device_key(settings)
        with HttpRegistry(url, load_wire_dictionary(), DICTIONARY_ID) as registry:
            done = following(
                replica, registry, lambda: hand_in(registry, read_enrolment(replica), key, data)
            )
        agent_id = load_agent(replica) or NOBODY
        journal.note(replica, agent_id, JournalAct.HANDED_IN, done.name, done.applied)
        return done
    finally:
        replica.close()


def _describe(done: HandedIn) -> list[str]:
    lines = [
        n_(
            "{name} ({unit}) : {n} acte nouveau au registre.",
            "{name} ({unit}) : {n} actes nouveaux au registre.",
            done.applied,
        ).format(name=done.name, unit=done.unit, n=done.applied)
    ]
    if done.aside:
        lines.append(
            _(
                "Mis à part, un administrateur les regarde (fsmobile registry quarantine) : {n}."
            ).format(n=done.aside)
        )
    if done.missing:
        lines.append(
            _("Pas encore au registre : {n}. Gardez ce fichier et réessayez.").format(
                n=done.missing
            )
        )
    return lines
