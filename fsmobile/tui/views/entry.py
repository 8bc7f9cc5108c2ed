"""The fast entry form as lines: what is asked, what will be recorded, which key changes it."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from fsmobile.core.ids import OperatorId
from fsmobile.core.visits import OUTCOME_LETTERS, AgeBand, Whereabouts
from fsmobile.texts.dates import format_minutes, format_time
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.translation import _, mark, n_
from fsmobile.tui.lines import Line, Role, Span, boxed, cells, cut, line, pad, rule, spread
from fsmobile.tui.picker import Choice, Picker
from fsmobile.tui.visit_entry_keys import AGE_KEYS
from fsmobile.tui.visit_entry_state import (
    EnquiryDraft,
    Entry,
    EntryBook,
    Hint,
    Step,
    choices_of,
)

LABEL_WIDTH = 12
DETAIL_KEPT = 12
"""What stands at the right of a choice keeps this much: `ici`, `09:30-12:00`."""
NARROW = 60
"""Below this width the keys stand alone."""


class EntryNames(Struct, frozen=True, kw_only=True):
    """How codes of the form are shown."""

    place: str
    """Where the visit takes place."""
    procedure: Callable[[str], str]
    operator: Callable[[OperatorId | str], str]
    commune: Callable[[str], str]


HINTS = {
    Hint.CHOOSE_PROCEDURE: mark("Choisissez d'abord une démarche : 2 ou 3 lettres, puis ⏎"),
    Hint.NO_MATCH: mark("Aucune démarche ne s'appelle ainsi : ⌫ efface ; « non » : non couverte"),
    Hint.CHOOSE_OUTCOME: mark("Choisissez l'issue : r, p, s, o, a ou x"),
    Hint.CHOOSE_REFERRAL: mark("Choisissez vers qui la personne est orientée"),
    Hint.CHOOSE_OPERATOR: mark("Choisissez l'opérateur de cette démarche"),
    Hint.TOO_MANY: mark("Une visite prend vingt demandes au plus"),
    Hint.NO_PASSAGE: mark("Aucun passage ici : l choisit « sur la route » ou « à la base »"),
}

_OUTCOMES = (
    ("r", mark("Résolu")),
    ("p", mark("Pièces")),
    ("s", mark("Suite")),
    ("o", mark("Orienté")),
    ("a", mark("Abandon")),
    ("x", mark("Sans objet")),
)

_QUESTIONS = {
    Step.PROCEDURE: mark("Démarche"),
    Step.OPERATOR: mark("Opérateur"),
    Step.REFERRAL: mark("Vers qui"),
    Step.CHANNEL: mark("Par quel moyen"),
    Step.RESIDENCE: mark("Habite"),
}


def entry_box(
    entry: Entry, book: EntryBook, names: EntryNames, width: int, height: int
) -> list[Line]:
    """Draw the form in a box of at most `height` rows."""
    rows = entry_lines(entry, book, names, width - 4, height - 2)
    name = _("Correction") if entry.correcting else _("Visite")
    tail = f"{names.place} · {format_time(entry.starts)} · {_('brouillon gardé')}"
    tail = cut(tail, width - 10 - cells(name))
    return boxed(rows, width, line((name, Role.TITLE)), line((tail, Role.DIM)))


def entry_lines(
    entry: Entry, book: EntryBook, names: EntryNames, width: int, height: int
) -> list[Line]:
    """Draw the form without a frame."""
    if entry.step in _QUESTIONS:
        facts = _short_facts(entry, names, width)
        return [
            *_pick_lines(entry, book, names, width, height - len(facts) - 1),
            rule(width),
            *facts,
        ]
    return _facts_lines(entry, names, width, height)


def _pick_lines(
    entry: Entry, book: EntryBook, names: EntryNames, width: int, height: int
) -> list[Line]:
    choices = choices_of(entry, book)
    before = [
        line((pad(_("Déjà"), LABEL_WIDTH), Role.DIM), _enquiry_text(enquiry, names))
        for enquiry in entry.done
    ][-2:]
    rows = picker_lines(
        _(_QUESTIONS[entry.step]), entry.picker, choices, width, height - len(before)
    )
    return [*before, *rows]


def picker_lines(
    question: str, picker: Picker, choices: Sequence[Choice], width: int, height: int
) -> list[Line]:
    """Draw what was typed and the lines it leaves, the first nine with their digit."""
    found = n_("{n} réponse", "{n} réponses", len(choices)).format(n=len(choices))
    count = found if picker.query else ""
    typed = line(
        (question + " ", Role.TITLE), ("▸ ", Role.KEY), (picker.query, Role.HEAD), ("▏", Role.KEY)
    )
    if not picker.takes_text:
        typed = line((question, Role.TITLE))
    rows = [spread(typed, line((count, Role.DIM)), width)]
    room = max(1, min(9, height - 1))
    first = max(0, min(picker.cursor - room + 1, len(choices) - room))
    for index in range(first, min(len(choices), first + room)):
        rows.append(_choice_line(choices[index], index, index == picker.cursor, width))
    if not choices:
        rows.append(line(("  " + _("rien de ce nom ; ⌫ efface une lettre"), Role.WARN)))
    return rows + [Line()] * (room + 1 - len(rows))


def _choice_line(choice: Choice, index: int, is_here: bool, width: int) -> Line:
    number = str(index + 1) if index < 9 else " "
    detail = cut(choice.detail, max(DETAIL_KEPT, width - cells(choice.label) - 6))
    name = cut(choice.label, width - cells(detail) - 6) if detail else choice.label
    left = line(
        ("▶ " if is_here else "  ", Role.KEY),
        (number + " ", Role.KEY),
        (name, Role.HEAD if is_here else Role.PLAIN),
        press=number.strip(),
    )
    return spread(left, line((detail, Role.DIM)), width)


def _short_facts(entry: Entry, names: EntryNames, width: int) -> list[Line]:
    """Say what comes after the picker, so that nothing recorded is hidden."""
    if entry.step is not Step.PROCEDURE:
        return [line(("⏎ " + _("prendre la ligne") + "   ⌫ " + _("revenir"), Role.DIM))]
    if width < NARROW:
        return _outcome_lines(None, [Span(pad(_("Puis"), LABEL_WIDTH - 4), Role.DIM)], width)
    people = _("{n} pers.").format(n=entry.people)
    unsaid = _("âge, commune, premier contact : non communiqué")
    return [
        *_outcome_lines(None, [Span(pad(_("Puis"), LABEL_WIDTH - 4), Role.DIM)], width),
        line((f"{people} · {label(entry.channel)} · {unsaid}", Role.DIM)),
    ]


def _outcome_lines(chosen: str | None, lead: Sequence[Span], width: int) -> list[Line]:
    """Draw the outcomes with their keys, on as many rows as they need."""
    options = [(key, _(name)) for key, name in _OUTCOMES]
    return _option_lines(options, chosen, lead, width)


def _option_lines(
    options: Sequence[tuple[str, str]], chosen: str | None, lead: Sequence[Span], width: int
) -> list[Line]:
    rows: list[list[Span]] = [list(lead)]
    blank = sum(cells(span.text) for span in lead)
    used = blank
    for key, name in options:
        text = f"{key} {name}"
        size = cells(text) + (4 if key == chosen else 2)
        if used + size - 2 > width and used > blank:
            rows.append([Span(" " * blank)])
            used = blank
        if key == chosen:
            rows[-1] += [Span(f"[{text}]", Role.HEAD), Span("  ")]
        else:
            rows[-1] += [Span(key, Role.KEY), Span(f" {name}  ")]
        used += size
    return [Line(tuple(row)) for row in rows]


def _facts_lines(entry: Entry, names: EntryNames, width: int, height: int) -> list[Line]:
    now = entry.current
    if now is None:
        return []
    rows = _now_lines(entry, now, names, width)
    # What was asked before takes the room that is left: every field stays to be seen.
    room = max(1, min(3, height - len(rows)))
    before = [
        line((pad(_("Déjà"), LABEL_WIDTH), Role.DIM), _enquiry_text(enquiry, names))
        for enquiry in entry.done[-room:]
    ]
    return [*before, *rows]


def _now_lines(entry: Entry, now: EnquiryDraft, names: EntryNames, width: int) -> list[Line]:
    rows: list[Line] = []
    rows.append(_fact(_("Démarche"), names.procedure(now.procedure), "⌫", _("revenir"), width))
    operator = _("aucun") if now.operator is None else names.operator(now.operator)
    rows.append(_fact(_("Opérateur"), operator, "f", _("changer"), width))
    rows += _issue_lines(now, names, width)
    obstacle = _("aucun") if now.obstacle is None else label(now.obstacle)
    rows.append(_fact(_("Blocage"), obstacle, "b", _("site en panne, réseau…"), width))
    rows.append(_fact(_("Aide"), label(now.help), "t", _("changer"), width))
    usual = _("par 5 min (habituel)") if entry.minutes is None else _("par 5 min")
    usual = f"{usual}, d {_('au chrono')}"
    rows.append(_fact(_("Durée"), format_minutes(entry.shown_minutes), "← →", usual, width))
    rows.append(_fact(_("Personnes"), str(entry.people), "1…9", _("ou ↑ ↓"), width))
    rows.append(_fact(_("Venue"), label(entry.channel), "m", _("changer"), width))
    rows += _person_lines(entry, names, width)
    rows.append(_fact(_("Mandat"), label(entry.mandate), "j", _("changer"), width))
    is_here = entry.whereabouts is Whereabouts.PASSAGE
    where = names.place if is_here else label(entry.whereabouts)
    rows.append(_fact(_("Lieu"), where, "l", _("route, base"), width))
    # A note that is written needs the room of the sentence.
    how = _("Modifier") if entry.note else _("écrire, sans n° de sécu, fiscal, IBAN, carte")
    rows.append(_fact(_("Note"), entry.note or "—", "e", how, width))
    return rows


def _person_lines(entry: Entry, names: EntryNames, width: int) -> list[Line]:
    unsaid = _("non communiqué")
    residence = unsaid if entry.residence is None else names.commune(entry.residence)
    rows = [
        _fact(_("Contact"), label(entry.first_contact), "c", _("1re fois, déjà venu"), width),
        _fact(_("Habite"), residence, "h", _("ici, puis ailleurs"), width),
    ]
    if entry.step is Step.AGE:
        options = [
            (str(number), "?" if band is AgeBand.UNKNOWN else label_short(band))
            for number, band in AGE_KEYS.items()
        ]
        lead = [Span(pad(_("Âge"), LABEL_WIDTH - 2), Role.TITLE), Span("▸ ", Role.KEY)]
        rows += _option_lines(options, None, lead, width)
    else:
        rows.append(_fact(_("Âge"), label(entry.age_band), "g", _("choisir"), width))
    return rows


def _fact(name: str, value: str, key: str, what: str, width: int) -> Line:
    """Draw a field: its name, what will be recorded, the key that changes it."""
    if width < NARROW:
        what = ""
    hint = line((key, Role.KEY), (" " + what if key and what else what, Role.DIM))
    room = min(30, width - LABEL_WIDTH - cells(hint.text) - 2)
    left = line((pad(name, LABEL_WIDTH), Role.DIM), pad(value, max(8, room)), press=key[:1])
    if width < NARROW:
        return spread(left, hint, width)
    return line(*left.spans, "  ", *hint.spans, press=key[:1])


def _issue_lines(now: EnquiryDraft, names: EntryNames, width: int) -> list[Line]:
    key = next((key for key, outcome in OUTCOME_LETTERS.items() if outcome is now.outcome), None)
    arrow = "▸ " if now.outcome is None else "  "
    lead = [Span(pad(_("Issue"), LABEL_WIDTH - 4), Role.TITLE), Span(arrow, Role.KEY)]
    rows = _outcome_lines(key, lead, width)
    if now.referred_to is not None:
        way = None if now.referral_channel is None else label(now.referral_channel)
        sent = " · ".join(filter(None, (names.operator(now.referred_to), way, now.reference)))
        number = _("changer, n n° de dossier")
        rows.append(_fact(_("Vers qui"), sent, "o", number, width))
    return rows


def _enquiry_text(enquiry: EnquiryDraft, names: EntryNames) -> str:
    outcome = "…" if enquiry.outcome is None else label_short(enquiry.outcome)
    return f"{names.procedure(enquiry.procedure)} · {outcome}"
