"""`make prove`: attacks the system with everything that can go wrong, and says what broke.

Each part has a function that runs it, prints what it finds, and returns whether nothing broke.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

from tests.attack import prove_deaths
from tests.attack.conversations import CONVERSATIONS
from tests.attack.prove_deaths import Share


def deaths(options: argparse.Namespace) -> bool:
    """Let everything go wrong once at every call of every conversation."""
    share = Share(options.seed, options.share)
    cases = calls = done = 0
    broken, known, stale, whole = 0, 0, [], True
    for found in prove_deaths.attack_all(options.conversation, share, options.processes):
        done += 1
        cases, calls, broken = cases + found.cases, calls + found.calls, broken + len(found.broken)
        known, whole = known + found.known.total(), whole and found.everything
        stale += found.stale()
        print(f"  {done:2} {found.conversation}: {found.calls} calls, {found.cases} cases", flush=True)
        for line in found.lines():
            print(f"     {line}")
        for mark, times in found.known.items():
            print(f"     known, {times} times: {mark}")
    for mark in stale:
        print(f"  MENDED {mark}\n         nothing breaks this any more: take the mark out of tests/attack/known.py")
    print(f"  {cases} cases, {'all of' if whole else 'a part of those of'} {calls} calls in {done} conversations")
    print(f"  {broken} violations that nobody knew, {known} known ones, {len(stale)} marks too many")
    return not broken and not stale


PARTS: dict[str, Callable[[argparse.Namespace], bool]] = {"deaths": deaths}


def main() -> int:
    """Run what the command line asks for, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="which part, all where none is named")
    parser.add_argument("--seed", type=int, default=0, help="what chooses the cases of a share (0)")
    parser.add_argument("--share", type=_share, default=1.0, help="how much of each part is run: 1, 0.1 or 1/10 (1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many run at once (all cores)")
    parser.add_argument("--conversation", action="append", default=[], help="only this conversation of the deaths")
    parser.add_argument("--case", help="one case of the deaths, by the name that a failure prints")
    parser.add_argument("--list", action="store_true", help="name the conversations")
    options = parser.parse_args()
    if options.list:
        print("\n".join(each.name for each in CONVERSATIONS))
        return 0
    if options.case:
        found = prove_deaths.run_one(options.case)
        print("\n".join(found.lines()) or f"{options.case} holds" + (", but for what is known" if found.known else ""))
        return bool(found.broken)
    return _prove(options)


def _prove(options: argparse.Namespace) -> int:
    failed = []
    for name in options.part or PARTS:
        began = time.monotonic()
        print(f"{name}, seed {options.seed}, share {options.share:g}", flush=True)
        if not PARTS[name](options):
            failed.append(name)
        print(f"  {name}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    print("nothing broke" if not failed else f"broken: {', '.join(failed)}")
    return bool(failed)


def _share(text: str) -> float:
    part, _, of = text.partition("/")
    share = float(part) / float(of or 1)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError("a share is more than 0 and at most 1")
    return share


if __name__ == "__main__":
    sys.exit(main())
