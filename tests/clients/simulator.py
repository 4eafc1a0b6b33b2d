"""An upstream: `salve simulate` in a process of its own, with its books and its faults."""

import json
import secrets
import urllib.request
from pathlib import Path

from environment import clean_environment
from process import Process


def status_fault(status: int, kind: str, message: str) -> str:
    """The fault of an error answer, in the simulator's language."""
    return f"status={status};type={kind};message={json.dumps(message)}"


QUOTA_EMPTY = status_fault(
    429,
    "insufficient_quota",
    "You exceeded your current quota, please check your plan and billing details.",
)


class Simulator:
    """A running simulator. `options` are those of `salve simulate`."""

    def __init__(
        self, salve: Path, folder: Path, *options: str, listen: str = "127.0.0.1:0"
    ) -> None:
        command = [salve, "simulate", "--listen", listen, *options]
        # The address is read from the log, so each start has a log of its own.
        name = f"salve simulate {secrets.token_hex(4)}"
        self.process = Process(name, command, clean_environment(folder), folder)
        try:
            self.address = self.process.printed_address()
        except BaseException:
            self.process.kill()
            raise

    def mark(self) -> int:
        """The number of the last request that it received so far."""
        return max((served["seq"] for served in self._book(after=0)), default=0)

    def served(self, mark: int = 0, path: str = "/v1/messages") -> list[dict]:
        """The requests for `path` that it received after `mark`, oldest first."""
        return [served for served in self._book(mark) if served["path"] == path]

    def queue(self, fault: str, times: int = 1, **when: object) -> None:
        """Lets the next `times` requests for which `when` holds go wrong by `fault`."""
        self._control("/_sim/faults", {"fault": fault, "times": times, "when": when})

    def change(self, **change: object) -> None:
        """Changes its profile from the next request on: `like`, `set`, `add`."""
        self._control("/_sim/profile", change)

    def _book(self, after: int) -> list[dict]:
        return self._control(f"/_sim/requests?after={after}")["requests"]

    def _control(self, path: str, body: object = None) -> dict:
        sent = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.address + path, data=sent, timeout=10) as answer:
            said = answer.read()
        return json.loads(said) if said else {}
