"""Promises: tests named by the sentence they prove, and the loop that runs them.

A promise is a function that takes the stage and raises when it does not hold. Each one stands
alone: the order in which they are written is only the order in which they are read.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Promise:
    """A sentence and the function that proves it."""

    sentence: str
    prove: Callable


_promises: list[Promise] = []


def promise(sentence: str) -> Callable:
    """Registers the function below as the proof of `sentence`."""

    def register(prove: Callable) -> Callable:
        _promises.append(Promise(sentence, prove))
        return prove

    return register


class Broken(Exception):
    """A promise that does not hold, told without a stack of frames."""


def hold(condition: object, told: str) -> None:
    """Raises `Broken` with `told` unless `condition` is true."""
    if not condition:
        raise Broken(told)


def equal(found: object, wanted: object, what: str) -> None:
    """Raises `Broken` unless `found` is `wanted`."""
    hold(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


class Tally:
    """Counts what held and what did not, and prints each line as it is known."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def record(self, sentence: str, seconds: float, fault: str | None) -> None:
        """Prints one line for a promise, and the fault below it when there is one."""
        if fault is None:
            self.passed += 1
            print(f"ok    {sentence} ({seconds:.1f} s)", flush=True)
            return
        self.failed += 1
        print(f"FAIL  {sentence} ({seconds:.1f} s)", flush=True)
        print("      " + fault.rstrip().replace("\n", "\n      "), flush=True)


def run_all(stage: object, patterns: list[str], tally: Tally) -> None:
    """Proves every promise whose sentence contains one of `patterns`; all of them if none."""
    for each in _promises:
        if patterns and not any(pattern in each.sentence for pattern in patterns):
            continue
        started = time.monotonic()
        tally.record(each.sentence, *_prove(each, stage, started))


def _prove(each: Promise, stage: object, started: float) -> tuple[float, str | None]:
    fault = None
    try:
        each.prove(stage)
    except Broken as broken:
        fault = str(broken)
    except Exception as error:  # noqa: BLE001 - whatever a client raises is that promise's failure
        # The oldest frames are the promise's own; below them is the client's inner life.
        fault = "".join(traceback.format_exception(error, limit=3, chain=False))
    return time.monotonic() - started, fault
