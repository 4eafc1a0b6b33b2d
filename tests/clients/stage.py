"""The stage: a simulator, a gateway in front of it, and a place for clients' home folders.

Comparing the gateway's ledger with the simulator's book (`GET /_sim/requests`) shows that every
request is accounted for once, with the tokens that the upstream says it used.
"""

import json
import secrets
import urllib.request
from pathlib import Path

from environment import clean_environment
from gateway import Gateway
from process import Process

# What a request asks for so that its answer takes seconds: time enough to leave in the middle.
SLOW_PROMPT = "[[tokens:200]] [[deltas:40]] [[pace:100]]"
SLOW_STREAM = {"messages": [{"role": "user", "content": SLOW_PROMPT}]}


class Stage:
    """Two processes and a folder, for the length of a `with` block."""

    def __init__(self, folder: Path, salve: Path, node_folder: Path) -> None:
        self.folder = folder
        self.salve = salve
        self.node_folder = node_folder
        command = [salve, "simulate", "--listen", "127.0.0.1:0"]
        self._simulator = Process("salve simulate", command, clean_environment(folder), folder)
        try:
            self.upstream = self._simulator.printed_address()
            self.gateway = Gateway(salve, self.fresh_folder("gateway"), self.upstream)
        except BaseException:
            self._simulator.kill()
            raise

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.process.kill()
        self._simulator.kill()

    def fresh_folder(self, name: str) -> Path:
        """A new folder, such as the home of one client."""
        folder = self.folder / f"{name}-{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def mark(self) -> int:
        """The number of the last request that the simulator received so far."""
        return max((served["seq"] for served in self._book(after=0)), default=0)

    def served(self, mark: int, path: str = "/v1/messages") -> list[dict]:
        """The requests for `path` that the simulator received after `mark`, oldest first."""
        return [served for served in self._book(mark) if served["path"] == path]

    def print_logs(self) -> None:
        """Prints the end of what each process said."""
        for process in (self._simulator, self.gateway.process):
            print(process.last_said(), flush=True)

    def _book(self, after: int) -> list[dict]:
        url = f"{self.upstream}/_sim/requests?after={after}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["requests"]
