"""Promises: tests named by the sentence they prove, and the loop that runs them.

A promise is a function that takes the stage and raises when it does not hold. Each one stands
alone: the order in which they are written is only the order in which they are read.
"""

import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

# Promises that are proved at a time, of those that can be. A client mostly starts up and waits.
AT_A_TIME = 4


@dataclass
class Promise:
    """A sentence and the function that proves it."""

    sentence: str
    prove: Callable
    is_apart: bool


_promises: list[Promise] = []


def promise(sentence: str, is_apart: bool = False) -> Callable:
    """Registers the function below as the proof of `sentence`.

    A proof that is apart uses nothing that others use, so it runs beside others of its kind.
    """

    def register(prove: Callable) -> Callable:
        _promises.append(Promise(sentence, prove, is_apart))
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
    wanted = [each for each in _promises if _is_wanted(each, patterns)]
    for each in wanted:
        if not each.is_apart:
            tally.record(each.sentence, *_prove(each, stage))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        proofs = {pool.submit(_prove, each, stage): each for each in wanted if each.is_apart}
        for proof in as_completed(proofs):
            tally.record(proofs[proof].sentence, *proof.result())


def _is_wanted(each: Promise, patterns: list[str]) -> bool:
    return not patterns or any(pattern in each.sentence for pattern in patterns)


def _prove(each: Promise, stage: object) -> tuple[float, str | None]:
    started = time.monotonic()
    fault = None
    try:
        each.prove(stage)
    except Broken as broken:
        fault = str(broken)
    except Exception as error:  # noqa: BLE001 - whatever a client raises is that promise's failure
        # The oldest frames are the promise's own; below them is the client's inner life.
        fault = "".join(traceback.format_exception(error, limit=3, chain=False))
    return time.monotonic() - started, fault
