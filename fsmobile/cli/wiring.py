"""The only place where parts are put together: settings, store, desk, registry, sync."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from fsmobile.cli.output import complain, count_up
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.cli.unlocking import data_key
from fsmobile.config import Settings, load_settings, make_home
from fsmobile.core.ids import AgentId
from fsmobile.core.journal import JournalAct
from fsmobile.errors import FsmobileError, NotAllowed, StoreBusy
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store import journal, search
from fsmobile.store.erasure import is_copy_due
from fsmobile.store.identity import Enrolment, load_agent, load_enrolment
from fsmobile.store.instance import check_instance, rotate_instance
from fsmobile.store.key_header import SlotKind, load_header
from fsmobile.store.locks import try_lock
from fsmobile.store.projections import rebuild_if_older
from fsmobile.store.replica import Replica, open_store
from fsmobile.store.second_copy import SecondCopy, count_uncopied, load_copy
from fsmobile.store.unlock_tries import count_refused, forget_refused
from fsmobile.sync.progress import BY_HAND, OnProgress, SyncReport, Verification
from fsmobile.texts.contact_warnings import warn_of_contacts
from fsmobile.texts.sync_report import describe_rebuild, describe_store_copy
from fsmobile.texts.translation import set_language
from fsmobile.usecases.agents import expect_opener
from fsmobile.usecases.desk import NOBODY, Desk, open_desk
from fsmobile.usecases.names import erase_expired_names
from fsmobile.usecases.timetable import load_timetable

Tell = Callable[[str, bool], None]
"""Shows counts where somebody looks, the last time with True."""
_FREE_TEXTS = ("note", "text", "task", "reference")
"""Arguments in which a person writes what they like."""


def read_settings(arguments: Namespace) -> Settings:
    """Return the settings of the laptop that the arguments name, and speak its language."""
    settings = load_settings(arguments.home, os.environ)
    set_language(settings.langue)
    return settings


def make_clock(settings: Settings) -> SystemClock:
    """Return the machine's clock, with the offset of the demo if there is one."""
    return SystemClock(offset_seconds=settings.decalage_horloge)


def open_laptop(settings: Settings, tell: Tell = count_up) -> Replica:
    """Open this laptop's store, made on the first day.

    Raises:
        StoreTooNew, StoreBusy, StoreFull: see `store.replica.open_store`.
        InvalidInput, NotAllowed, TryLater: see `unlocking.data_key`.
    """
    make_home(settings)
    key = data_key(settings)
    replica = open_store(
        settings.store_path,
        make_clock(settings),
        SystemChance(),
        key,
        lambda done, total: tell(describe_store_copy(done, total), done == total),
    )
    if key is not None and settings.tries_path.exists():
        _note_refusals(settings, replica)
    return replica


def _note_refusals(settings: Settings, replica: Replica) -> None:
    """Write the wrong passphrases into the journal, now that it is open."""
    refused = count_refused(settings.tries_path)
    if refused and load_enrolment(replica) is not None:
        with suppress(FsmobileError):
            agent_id = load_agent(replica) or NOBODY
            journal.note(replica, agent_id, JournalAct.UNLOCK_REFUSED, count=refused)
            forget_refused(settings.tries_path)


def read_enrolment(replica: Replica) -> Enrolment:
    """Return who this laptop is.

    Raises:
        NotAllowed: it is not enrolled.
    """
    enrolment = load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    return enrolment


def show_rebuild(done: int, total: int) -> None:
    """Tell how far the first opening by a new release is."""
    count_up(describe_rebuild(done, total), done == total)


def renew_store(settings: Settings, tell: Tell) -> None:
    """Do beforehand, on a connection of its own, what the first opening by a new release does."""
    replica = open_laptop(settings, tell)
    try:
        rebuild_if_older(
            replica, lambda done, total: tell(describe_rebuild(done, total), done == total)
        )
    finally:
        replica.close()


def make_desk(settings: Settings) -> Desk:
    """Sit down at this laptop's desk, with its timetable.

    Raises:
        NotAllowed: the laptop is not enrolled.
    """
    desk = open_desk(open_laptop(settings), load_catalogue(), settings.noms, show_rebuild)
    desk.trainings = settings.formations
    desk.silence_days = settings.silence
    desk.openers = _openers(settings)
    expect_opener(desk)
    load_timetable(desk)
    # A name that somebody agreed to until a day is gone on that day, whatever is done next.
    with suppress(FsmobileError):
        erase_expired_names(desk)
    return desk


def _openers(settings: Settings) -> tuple[AgentId, ...]:
    slots = load_header(settings.header_path).all_slots
    return tuple(AgentId(one.name) for one in slots if one.kind is SlotKind.PASSPHRASE)


def notice_restore(settings: Settings, replica: Replica) -> bool:
    """Go on under a new writer if this store was put back from a copy; tell whether it was."""
    lock = try_lock(settings.sync_lock_path)
    if lock is None:
        # A sync is running, and looks for itself.
        return False
    try:
        return check_instance(replica, settings.instance_path)
    finally:
        lock.release()


@contextmanager
def working_desk(arguments: Namespace) -> Iterator[Desk]:
    """Give a command its desk, and close the store behind it; say what a text should not hold."""
    desk = make_desk(read_settings(arguments))
    try:
        yield desk
        warning = warn_of_contacts(*(getattr(arguments, name, None) for name in _FREE_TEXTS))
        if warning:
            complain(warning)
    finally:
        desk.replica.close()


def sync_once(
    settings: Settings,
    on_progress: OnProgress | None = None,
    why: str = BY_HAND,
    verification: Verification | None = None,
) -> SyncReport:
    """Exchange with the registry, on a connection of its own; one at a time in a home.

    If a verification is given, the days that it asks for are compared and mended after it.

    Raises:
        StoreBusy: another sync is running.
        NotAllowed, RegistryUnreachable, OutOfStep: see `sync.engine.SyncEngine.run`.
    """
    make_home(settings)
    lock = try_lock(settings.sync_lock_path)
    if lock is None:
        raise StoreBusy("sync_running")
    replica = open_laptop(settings)
    try:
        check_instance(replica, settings.instance_path)
        report = _exchange(settings, replica, on_progress, why, verification)
        rotate_instance(replica, settings.instance_path)
        if report.pulled:
            with suppress(FsmobileError):
                search.tidy(replica)
        return report
    finally:
        replica.close()
        lock.release()


def copy_once(settings: Settings) -> bool:
    """Bring the second copy up to date, on a connection of its own; tell whether it is."""
    try:
        replica = open_laptop(settings)
    except FsmobileError:
        return False
    try:
        renew_copy(settings, replica)
    except (FsmobileError, OSError):
        # The stick is out, or full: the evening check says that these acts are here alone.
        return False
    finally:
        replica.close()
    return True


def renew_copy(settings: Settings, replica: Replica) -> SecondCopy | None:
    """Write the second copy again; return None when everything has a receipt.

    Raises:
        NotFound, StoreFull, NotAllowed: see `sync.second_copy.keep_copy`.
    """
    if count_uncopied(replica) == 0 and load_copy(replica) is None:
        return None
    # Deferred, as for a sync: most starts have nothing to copy.
    from fsmobile.cli.signing import device_key
    from fsmobile.reference.wire_dictionary import load_wire_dictionary
    from fsmobile.sync.second_copy import keep_copy

    folder = settings.copy_path
    if not settings.copie:
        folder.mkdir(mode=0o700, exist_ok=True)
    return keep_copy(replica, device_key(settings), load_wire_dictionary(), folder)


def _exchange(
    settings: Settings,
    replica: Replica,
    on_progress: OnProgress | None,
    why: str,
    verification: Verification | None,
) -> SyncReport:
    # Deferred: httpx and cryptography are paid for by a sync, not by the start.
    from fsmobile.cli.signing import device_key
    from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
    from fsmobile.sync.engine import SyncEngine
    from fsmobile.sync.http_registry import HttpRegistry
    from fsmobile.sync.own_key import showing_handovers
    from fsmobile.sync.peer import hand_over
    from fsmobile.sync.registry_keys import following
    from fsmobile.sync.second_copy import hand_in_left_copies
    from fsmobile.sync.snapshots import SnapshotLoader
    from fsmobile.sync.verification import verify_days

    url, dictionary = read_enrolment(replica).registry_url, load_wire_dictionary()
    key = device_key(settings)

    def exchange() -> SyncReport:
        enrolment = read_enrolment(replica)
        loader = SnapshotLoader(replica, registry, key, settings.store_path.parent)
        engine = SyncEngine(
            replica, registry, key, on_progress=on_progress, why=why, snapshots=loader
        )
        hand_in_left_copies(replica, enrolment, registry, key, settings.copy_path)
        report = engine.run()
        hand_over(replica, registry, enrolment.registry_key)
        if verification is not None:
            verify_days(replica, engine, verification)
        return report

    with HttpRegistry(url, dictionary, DICTIONARY_ID) as registry:
        report = following(replica, registry, lambda: showing_handovers(replica, exchange))
        was_due = is_copy_due(replica)
        with suppress(FsmobileError, OSError):
            renew_copy(settings, replica)
        if was_due and not is_copy_due(replica):
            # What was erased was in the copy too: only now can the registry be told.
            SyncEngine(replica, registry, key, why=why).run()
    return report
