"""The screen Synchro as lines: the network, what waits and since when, the last receipt."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from fsmobile.texts.dates import format_day_short, format_numeric_day, format_time
from fsmobile.texts.sync_report import count_visits
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, select, wrap_text
from fsmobile.tui.views.frame import Light, Network
from fsmobile.usecases.sync_status import Stick

LABEL_WIDTH = 19


class WaitingRow(Struct, frozen=True, kw_only=True):
    """An act recorded here that no receipt covers."""

    at: datetime
    kind: str
    """In words: `visite`, `passage ouvert`."""
    what: str


class SyncView(Struct, frozen=True, kw_only=True):
    """Everything the screen Synchro shows."""

    now: datetime
    network: Network
    synced_at: datetime | None = None
    receipt_at: datetime | None = None
    receipt_seq: int | None = None
    oldest_at: datetime | None = None
    waiting: tuple[WaitingRow, ...] = ()
    waiting_visits: int = 0
    refusals: tuple[str, ...] = ()
    cursor: int = 0
    report: tuple[str, ...] = ()
    """What the last exchange did, computed from receipts."""
    is_report_bad: bool = False
    news: tuple[str, ...] = ()
    """Changes of the timetable received since the last look."""
    clock_offset_seconds: int | None = None
    is_key_shared: bool = False
    """Another machine exchanges under this laptop's enrolment."""
    stick: Stick | None = None
    next_at: datetime | None = None
    """When the screens exchange by themselves; None when they do only when asked."""
    is_encrypted: bool = True
    registry_url: str = ""


def sync_lines(view: SyncView, width: int, height: int) -> list[Line]:
    """Draw the whole screen below the tabs."""
    rows = [rule(width, _("État")), *_state_lines(view)]
    if view.is_key_shared:
        rows.append(rule(width, (_("Une inscription, deux machines"), Role.WARN)))
        used = _("Une autre machine se sert de l'inscription de ce poste. Rien n'est perdu.")
        mend = _("N'en gardez qu'une ; à l'autre, il faut un nouveau code : prévenez la base.")
        rows += _told((used, mend), width, Role.WARN)
    if view.report:
        role = Role.WARN if view.is_report_bad else Role.PLAIN
        rows.append(rule(width, _("Compte rendu")))
        rows += _told(view.report, width, role)
    if view.news:
        rows.append(rule(width, _("Planning : ce qui change")))
        rows += _told(view.news[:6], width)
    if view.refusals:
        rows.append(rule(width, (_("Refusé par le registre"), Role.WARN)))
        rows += _told(view.refusals[:4], width, Role.WARN, sign="✗ ")
    rows += _waiting_lines(view, width, height - len(rows))
    return rows[:height]


def _told(texts: Sequence[str], width: int, role: Role = Role.PLAIN, sign: str = "") -> list[Line]:
    """Write sentences whole, however narrow the window."""
    rows = []
    for text in texts:
        first = "   " + sign
        for piece in wrap_text(text, width - cells(first)):
            rows.append(line((first + piece, role)))
            first = " " * cells(first)
    return rows


def _state_lines(view: SyncView) -> list[Line]:
    rows = [_pair(_("Réseau"), *_light(view.network))]
    if view.synced_at is None:
        rows.append(_pair(_("Dernier échange"), _("jamais encore")))
    else:
        rows.append(_pair(_("Dernier échange"), _moment(view.synced_at, view.now)))
    if view.receipt_at is None:
        rows.append(_pair(_("Dernier reçu"), _("aucun : rien n'est encore marqué ✓"), Role.DIM))
    else:
        seq = _("jusqu'au n° {n}").format(n=view.receipt_seq)
        text = f"✓ {_moment(view.receipt_at, view.now)} · {seq}"
        rows.append(_pair(_("Dernier reçu"), text, Role.GOOD))
    rows.append(_pair(_("À envoyer"), _waiting_text(view)))
    rows.append(_pair(_("Essai suivant"), _next_try(view)))
    if view.stick is not None:
        rows += _stick_lines(view.stick, view.now)
    if view.clock_offset_seconds is not None:
        rows.append(_clock(view.clock_offset_seconds))
    if view.is_encrypted:
        rows.append(_pair(_("Données"), _("chiffrées ; ^l verrouille"), Role.DIM))
    else:
        rows.append(_pair(_("Données"), _("non chiffré : qui a le disque lit tout"), Role.WARN))
    if view.registry_url:
        rows.append(_pair(_("Registre"), view.registry_url, Role.DIM))
    return rows


def _light(network: Network) -> tuple[str, Role]:
    match network.light:
        case Light.IN_STEP:
            return "● " + _("à jour"), Role.GOOD
        case Light.SENDING:
            sending = _("envoi {done}/{total}").format(done=network.done, total=network.total)
            return "↻ " + (network.loading or sending), Role.ACCENT
        case Light.ATTENTION:
            return "! " + _("à regarder"), Role.WARN
        case Light.NOT_ENROLLED:
            return "○ " + _("poste non inscrit : fsmobile enrol ADRESSE CODE"), Role.PLAIN
        case Light.WAITING:
            return "○ " + _("joint tout à l'heure ; s envoie ce qui attend"), Role.PLAIN
        case Light.UNTRIED:
            return "○ " + _("aucun échange encore : s essaie maintenant"), Role.PLAIN
        case Light.OFFLINE:
            return "○ " + _("hors ligne : tout est enregistré ici, rien n'est perdu"), Role.PLAIN


def _waiting_text(view: SyncView) -> str:
    if not view.network.waiting or view.oldest_at is None:
        return _("rien : tout a son reçu") if view.receipt_at else _("rien")
    oldest = _("la plus ancienne : {at}").format(at=_moment(view.oldest_at, view.now))
    acts = n_("{n} acte", "{n} actes", view.network.waiting).format(n=view.network.waiting)
    if view.waiting_visits:
        acts = f"{acts}, {_('dont {visits}').format(visits=count_visits(view.waiting_visits))}"
    return f"{acts} · {oldest}"


def _stick_lines(stick: Stick, now: datetime) -> list[Line]:
    """Say what the stick carries, and whether the registry's answer came back."""
    acts = n_("{n} acte", "{n} actes", stick.ops).format(n=stick.ops)
    what = f"{acts}, {_('dont {visits}').format(visits=count_visits(stick.visits))}"
    if stick.first_at is not None and stick.last_at is not None:
        span = _("du {first} au {last}").format(
            first=format_numeric_day(stick.first_at.date()),
            last=format_numeric_day(stick.last_at.date()),
        )
        what = f"{what} · {span}"
    written = _("écrite {at}").format(at=_moment(stick.made_at, now))
    if stick.answered_at is not None:
        answer = "✓ " + _("réponse lue {at}").format(at=_moment(stick.answered_at, now))
    elif stick.last_answer_at is not None:
        at = _moment(stick.last_answer_at, now)
        answer = _("sans réponse ; la dernière {at}").format(at=at)
    else:
        answer = _("sans réponse encore")
    return [
        _pair(_("Clé USB"), what),
        _pair("", written, Role.DIM),
        _pair("", answer, Role.DIM),
    ]


def _next_try(view: SyncView) -> str:
    if view.next_at is None:
        return _("seulement quand vous appuyez sur s")
    if view.network.light is Light.SENDING:
        return _("en cours")
    seconds = round((view.next_at - view.now).total_seconds())
    if seconds <= 0:
        return _("maintenant")
    if seconds < 60:
        return _("de lui-même dans {n} s · s : tout de suite").format(n=seconds)
    at = format_time(view.next_at.time())
    return _("de lui-même à {at} · s : tout de suite").format(at=at)


def _clock(seconds: int) -> Line:
    if abs(seconds) < 60:
        return _pair(_("Horloge"), _("juste, à {n} s près").format(n=abs(seconds)), Role.DIM)
    text = _("! écart de {n} min avec le registre").format(n=round(abs(seconds) / 60))
    return _pair(_("Horloge"), text, Role.WARN)


def _moment(at: datetime, now: datetime) -> str:
    clock = format_time(at.time())
    return clock if at.date() == now.date() else f"{format_day_short(at.date())} {clock}"


def _pair(name: str, value: str, role: Role = Role.PLAIN) -> Line:
    return line(("   " + pad(name, LABEL_WIDTH), Role.DIM), (value, role))


def _waiting_lines(view: SyncView, width: int, height: int) -> list[Line]:
    if height < 3:
        return []
    rows = [rule(width, _("À envoyer") + f" · {view.network.waiting}")]
    if not view.waiting:
        how = _("rien n'attend · s interroge le registre pour recevoir du nouveau")
        return [*rows, line(("   " + how, Role.DIM))]
    room = height - 1
    first = max(0, min(view.cursor - room + 2, len(view.waiting) - room))
    for index in range(first, min(len(view.waiting), first + room)):
        row = view.waiting[index]
        text = line(
            " ▶ " if index == view.cursor else "   ",
            pad(_moment(row.at, view.now), 20 if row.at.date() != view.now.date() else 7),
            pad(row.kind, 18),
            (row.what, Role.DIM),
        )
        rows.append(select(text, width) if index == view.cursor else text)
    return rows
