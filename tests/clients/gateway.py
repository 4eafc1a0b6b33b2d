"""The gateway under test: `salve serve` with its channels, one group, one key; and its ledger."""

import json
import secrets
import subprocess
import time
from pathlib import Path

from environment import clean_environment
from process import Process, free_port
from promises import hold

SETTLE_SECONDS_MAX = 10.0

CONFIG = """\
[server]
listen = "127.0.0.1:{port}"

[store]
url = "sqlite:{folder}/salve.db"
{channels}
[[group]]
name = "default"
channels = {names}
{group}

[[key]]
name = "ci"
secret = "${{SALVE_KEY_CI}}"
group = "default"
"""

CHANNEL = """
[[channel]]
name = "{name}"
kind = "anthropic"
base_url = "{upstream}"
credential = {{ api_key = "${{UPSTREAM_KEY}}" }}
models = ["claude-*"]
"""


class Gateway:
    """A configuration in a folder of its own, and the process that serves it while it runs.

    `upstreams` are the addresses of the channels by name, in the order in which they are tried;
    `group` is further settings of their group.
    """

    def __init__(
        self, salve: Path, folder: Path, upstreams: dict[str, str], group: str = ""
    ) -> None:
        self.salve = salve
        self.folder = folder
        self.key = "sk-test-" + secrets.token_hex(16)
        self.upstream_key = "sk-upstream-" + secrets.token_hex(16)
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        self.config = folder / "salve.toml"
        channels = [CHANNEL.format(name=name, upstream=at) for name, at in upstreams.items()]
        self.config.write_text(
            CONFIG.format(
                port=port,
                folder=folder,
                channels="".join(channels),
                names=json.dumps(list(upstreams)),
                group=group,
            )
        )
        self.process = self.start()

    def start(self) -> Process:
        """Starts serving, again if need be, and returns once it is ready."""
        command = [self.salve, "serve", "--config", self.config]
        self.process = Process("salve serve", command, self._environment(), self.folder)
        self.process.wait_until_ready(self.base_url)
        return self.process

    def ledger(self) -> list[dict]:
        """Every entry of the ledger, as `salve log --json` prints it."""
        command = [self.salve, "log", "--json", "--limit", "100000", "--config", self.config]
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, timeout=30
        )
        hold(done.returncode == 0, f"salve log --json: exit {done.returncode}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def entry(self, request_id: str) -> dict:
        """The one entry of a request, waited for: the ledger is written in batches."""
        found = self._settled(lambda entry: entry["request_id"] == request_id, 1)
        hold(len(found) == 1, f"{len(found)} entries for request {request_id}, wanted one")
        return found[0]

    def session(self, session_id: str, count: int) -> list[dict]:
        """The entries of a session, oldest first, waited for until there are `count`."""
        found = self._settled(lambda entry: entry["session"] == session_id, count)
        return sorted(found, key=lambda entry: entry["time"])

    def _settled(self, is_wanted, count: int) -> list[dict]:
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while True:
            found = [entry for entry in self.ledger() if is_wanted(entry)]
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    def _environment(self) -> dict[str, str]:
        secret = {"SALVE_KEY_CI": self.key, "UPSTREAM_KEY": self.upstream_key}
        return clean_environment(self.folder) | secret
