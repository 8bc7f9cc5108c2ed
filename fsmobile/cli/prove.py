"""`fsmobile prove`: random days of a fleet, played on this machine, and what must hold in each."""

import logging
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import nullcontext
from itertools import count, islice
from typing import Any

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import complain, say, say_json, say_table
from fsmobile.texts.proof_words import ACTS, FAULTS, PLANTED_MISTAKES, SITUATIONS
from fsmobile.texts.translation import _

WORLDS = 200
PLANTED_WORLDS = 50
"""Within which a planted mistake must be found."""
LINE_SECONDS = 5.0
"""Between two lines, where a line cannot be written again in place."""
SHOWN_SECONDS = 0.2
VIOLATED = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Declare how long to run, from which seed, and what to plant."""
    parser.add_argument(
        "--days", type=_positive, metavar="N", help=_("s'arrête après N jours simulés")
    )
    parser.add_argument("--worlds", type=_positive, metavar="N", help=_("s'arrête après N mondes"))
    parser.add_argument("--seed", type=int, metavar="S", help=_("graine du premier monde"))
    parser.add_argument(
        "--plant",
        choices=PLANTED_MISTAKES,
        metavar=_("ERREUR"),
        help=_("plante une erreur dans le programme : elle doit être trouvée"),
    )
    parser.add_argument(
        "--list-plants", action="store_true", help=_("liste les erreurs qu'on peut planter")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Run worlds; exit 0 when nothing was violated, 1 otherwise."""
    if arguments.list_plants:
        return _list_plants(arguments)
    try:
        # Deferred: a laptop has no registry to simulate; only this command asks for the extra.
        from fsmobile.simulation.campaign import run_worlds
        from fsmobile.simulation.mistakes import MISTAKES
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque du registre : {name}.").format(name=error.name))
        complain(_("Installez-la : pip install 'fsmobile[registry]'"))
        return 4
    mistake = MISTAKES[arguments.plant] if arguments.plant else None
    first = arguments.seed if arguments.seed is not None else mistake.first if mistake else 0
    # The registry logs each event; a simulated one has thousands, and nobody runs it.
    logging.getLogger("fsmobile.registry").setLevel(logging.CRITICAL)
    counter = LiveCount(shown=arguments.format == "text")
    with mistake.plant() if mistake else nullcontext():
        tally = run_worlds(
            islice(count(first), _worlds_max(arguments)),
            days=arguments.days,
            on_world=counter.show,
        )
    counter.close(tally)
    if arguments.format == "json":
        say_json(_as_json(tally, arguments.plant))
    else:
        _report(tally, arguments.plant)
    return VIOLATED if tally.violation else 0


class LiveCount:
    """The count of what was run so far: in place on a terminal, now and then a line elsewhere."""

    def __init__(self, *, shown: bool) -> None:
        """Start counting now."""
        self._shown = shown
        self._in_place = sys.stdout.isatty()
        self._last = time.monotonic()

    def show(self, tally: Any) -> None:
        """Show the count, if the last one is old enough."""
        now = time.monotonic()
        wait = SHOWN_SECONDS if self._in_place else LINE_SECONDS
        if self._shown and now - self._last >= wait:
            self._last = now
            self._write(tally)

    def close(self, tally: Any) -> None:
        """Show the last count and leave its line."""
        if self._shown:
            self._write(tally)
            if self._in_place:
                say()

    def _write(self, tally: Any) -> None:
        line = _(
            "{worlds} mondes, {days} jours, {ops} opérations, perdues {lost}, doublées {doubled}"
        )
        line = line.format(
            worlds=tally.worlds,
            days=int(tally.days),
            ops=tally.ops,
            lost=tally.lost,
            doubled=tally.doubled,
        )
        faults = _("{n} pannes").format(n=tally.faults.total())
        if self._in_place:
            sys.stdout.write(f"\r\x1b[K{line}, {faults}")
            sys.stdout.flush()
        else:
            say(f"{line}, {faults}")


def _report(tally: Any, plant: str | None) -> None:
    for title, counts, labels in (
        (_("Actes"), tally.acts, ACTS),
        (_("Pannes"), tally.faults, FAULTS),
        (_("Situations"), tally.situations, SITUATIONS),
    ):
        words = ", ".join(f"{_(labels[name])} {number}" for name, number in counts.most_common())
        say(_("{title} : {words}").format(title=title, words=words or "0"))
    if tally.violation:
        say(_("VIOLATION, graine {seed} : {what}").format(seed=tally.seed, what=tally.violation))
        say(_("Pour la rejouer : {command}").format(command=_replay(tally.seed, plant)))
    elif plant:
        say(_("L'erreur plantée n'a pas été trouvée : essayez d'autres mondes."))
    else:
        say(_("Rien n'a été violé."))
        if tally.missing:
            names = ", ".join(_(SITUATIONS[name]) for name in tally.missing)
            say(_("Jamais survenu, faute de mondes : {names}").format(names=names))


def _as_json(tally: Any, plant: str | None) -> dict[str, Any]:
    return {
        "worlds": tally.worlds,
        "first_seed": tally.first,
        "days": round(tally.days, 2),
        "acts": dict(tally.acts),
        "faults": dict(tally.faults),
        "situations": dict(tally.situations),
        "never_seen": tally.missing,
        "ops": tally.ops,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "plant": plant,
        "seed": tally.seed,
        "violation": tally.violation,
        "replay": _replay(tally.seed, plant) if tally.violation else None,
    }


def _replay(seed: int, plant: str | None) -> str:
    planted = f" --plant {plant}" if plant else ""
    return f"fsmobile prove --seed {seed} --worlds 1{planted}"


def _worlds_max(arguments: Namespace) -> int | None:
    if arguments.worlds is not None:
        return int(arguments.worlds)
    if arguments.plant:
        return PLANTED_WORLDS
    return None if arguments.days is not None else WORLDS


def _list_plants(arguments: Namespace) -> int:
    rows = [[name, _(sentence)] for name, sentence in PLANTED_MISTAKES.items()]
    if arguments.format == "json":
        say_json(dict(rows))
    else:
        say_table([_("Erreur"), _("Ce qu'elle fait")], rows)
    return 0


def _positive(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(_("un nombre entier à partir de 1 : {text}").format(text=text))
    return int(text)
