"""The stage: a simulator, a gateway in front of it, and a place for clients' home folders.

Comparing the gateway's ledger with the simulator's book (`GET /_sim/requests`) shows that every
request is accounted for once, with the tokens that the upstream says it used.
"""

import secrets
from pathlib import Path

from gateway import Gateway
from simulator import Simulator

# What a request asks for so that its answer takes seconds: time enough to leave in the middle.
SLOW_PROMPT = "[[tokens:200]] [[deltas:40]] [[pace:100]]"
SLOW_STREAM = {"messages": [{"role": "user", "content": SLOW_PROMPT}]}


class Stage:
    """Two processes and a folder, for the length of a `with` block."""

    def __init__(self, folder: Path, salve: Path, node_folder: Path) -> None:
        self.folder = folder
        self.salve = salve
        self.node_folder = node_folder
        self._simulator = Simulator(salve, folder)
        try:
            self.upstream = self._simulator.address
            self.gateway = self.another_gateway()
        except BaseException:
            self._simulator.process.kill()
            raise

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.process.kill()
        self._simulator.process.kill()

    def another_gateway(self) -> Gateway:
        """One more gateway before the same upstream, with nothing in its ledger."""
        return Gateway(self.salve, self.fresh_folder("gateway"), {"simulated": self.upstream})

    def fresh_folder(self, name: str) -> Path:
        """A new folder, such as the home of one client."""
        folder = self.folder / f"{name}-{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def mark(self) -> int:
        """The number of the last request that the simulator received so far."""
        return self._simulator.mark()

    def served(self, mark: int, path: str = "/v1/messages") -> list[dict]:
        """The requests for `path` that the simulator received after `mark`, oldest first."""
        return self._simulator.served(mark, path)

    def print_logs(self) -> None:
        """Prints the end of what each process said."""
        for process in (self._simulator.process, self.gateway.process):
            print(process.last_said(), flush=True)
