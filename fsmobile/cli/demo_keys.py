"""What the demo adds to the screens: the network's switch and the plug.

The screens run in a process of their own; these keys leave a mark in the workspace, and
the demo around them acts on it.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from fsmobile.texts.translation import _
from fsmobile.tui.palette import Extra
from fsmobile.tui.stage import Stage

NETWORK_MARK = "network-wanted"
NETWORK_KEY = "f8"
PLUG_KEY = "f9"


def demo_extras(workspace: Path) -> Sequence[Extra]:
    """Return the commands of the demo."""

    def switch(stage: Stage) -> None:
        mark = workspace / NETWORK_MARK
        if mark.exists():
            mark.unlink()
            stage.say(_("Réseau coupé : rien ne change pour vous. F8 le rétablit."))
        else:
            mark.touch()
            stage.say(_("Le réseau revient (quelques secondes)… puis 6 et s. F8 le recoupe."))

    def pull(_stage: Stage) -> None:
        # The real thing: no clean-up, no last word, as when the battery falls out.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    network = _("démo : rétablir ou couper le réseau")
    plug = _("démo : arracher la prise (kill -9)")
    return (
        Extra(key=NETWORK_KEY, label=network, run=switch),
        Extra(key=PLUG_KEY, label=plug, run=pull, works_blind=True),
    )


def demo_notice() -> str:
    """Return the sentence shown when the screens open."""
    return _("Démonstration, sans réseau. F8 : réseau · F9 : arracher la prise · ? : aide")
