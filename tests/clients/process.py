"""Starting and stopping the binary under test, and waiting until it is up."""

import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from promises import Broken, hold

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
START_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 30.0
LOG_LINES_SHOWN = 30


class Process:
    """A running command of Salve's, its output in a log beside it."""

    def __init__(self, name: str, command: list, environment: dict, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """Everything it has printed so far."""
        return self.log.read_text(errors="replace")

    def last_said(self) -> str:
        """The end of what it printed, for a person to read."""
        lines = self.said().splitlines()[-LOG_LINES_SHOWN:]
        return "\n".join([f"--- the end of what `{self.name}` said", *lines])

    def wait_until(self, is_up, what: str) -> object:
        """Waits for `is_up` to return something, as long as the process runs."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            found = is_up()
            if found:
                return found
            code = self.running.poll()
            hold(code is None, f"`{self.name}` ended with exit code {code}: {self.said()}")
            time.sleep(0.02)
        raise Broken(f"`{self.name}` {what}: {self.said()}")

    def printed_address(self) -> str:
        """The first loopback address that it prints."""
        found = self.wait_until(lambda: ADDRESS.search(self.said()), "printed no address")
        return found.group(0)

    def wait_until_ready(self, base_url: str) -> None:
        """Returns once `/readyz` answers 200."""
        self.wait_until(lambda: is_ready(base_url), f"is not ready at {base_url}")

    def stop(self) -> int:
        """Asks it to end, as a service manager would, and returns its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Waits for its end, which has to come, and returns its exit code."""
        try:
            return self.running.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken(f"`{self.name}` did not end in {STOP_SECONDS_MAX} s") from None

    def kill(self) -> None:
        """Ends it without a word, as the kernel does when memory runs out."""
        self.running.kill()
        self.running.wait()


def is_ready(base_url: str) -> bool:
    """Whether `/readyz` answers 200."""
    try:
        with urllib.request.urlopen(base_url + "/readyz", timeout=2):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
