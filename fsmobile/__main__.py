"""The door of the program; `--version` is answered before anything is imported."""

import gc
import sys


def main() -> int:
    """Run the command line; return its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from fsmobile import __version__

        sys.stdout.write(f"fsmobile {__version__}\n")
        return 0
    # What modules make while they load stays; looking for garbage in it is a tenth of the start.
    gc.disable()
    # Deferred: asking for the version costs nothing else.
    from fsmobile.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
