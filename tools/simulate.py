"""Runs many simulated worlds: `python -m tools.simulate --seeds N --from S`."""

import argparse
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"


def main() -> int:
    """Run worlds one after the other; print what broke, and what came up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--keep-going", action="store_true", help="do not stop at a failure")
    arguments = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    # By name: tests are no package that a tool could import as such.
    simulator = import_module("convergence.simulator")

    marks: Counter[str] = Counter()
    broken = 0
    begun = time.monotonic()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    for seed in seeds:
        try:
            marks.update(simulator.run_seed(seed).marks)
        except simulator.InvariantBroken as error:
            broken += 1
            print(f"seed {seed}: {error}", flush=True)
            if not arguments.keep_going:
                raise
    took = time.monotonic() - begun
    situations = ", ".join(f"{name} {count}" for name, count in marks.most_common())
    print(f"{len(seeds)} worlds in {took:.1f} s, {broken} broken; seen in: {situations}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
