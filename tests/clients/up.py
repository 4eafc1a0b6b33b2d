"""`salve up`: from nothing to a client that answers, by pasting what it prints."""

import json
import re
import secrets
from pathlib import Path

from claude_code import claude, claude_environment
from environment import clean_environment
from process import Process, free_port
from promises import equal, hold, promise
from stage import Stage

EXPORT = re.compile(r"^\s*export (ANTHROPIC_[A-Z_]+)=[\"']?([^\"'\s]+)[\"']?\s*$", re.MULTILINE)


class Up:
    """A running `salve up`, and what it printed until it was ready."""

    def __init__(self, stage: Stage, home: Path, port: int) -> None:
        command = [stage.salve, "up", "--listen", f"127.0.0.1:{port}"]
        name = f"salve up {secrets.token_hex(4)}"
        self.process = Process(name, command, clean_environment(home), home)
        self.process.wait_until(self._has_said_all, "printed no lines to paste")
        self.text = self.process.said()
        self.pasted = dict(EXPORT.findall(self.text))

    def _has_said_all(self) -> bool:
        said = self.process.said()
        return len(EXPORT.findall(said)) >= 2 and "stop" in said.lower()

    def stop(self) -> None:
        """Stops it as a service manager would; it has to take that well."""
        equal(self.process.stop(), 0, "exit code of `salve up` after SIGTERM")


@promise("`salve up` prints what to paste, and Claude Code answers with it")
def paste_and_go(stage: Stage) -> None:
    home = stage.fresh_folder("home")
    up = Up(stage, home, free_port())
    try:
        hold("simulator" in up.text.lower(), f"does not say it simulates: {up.text}")
        for wanted in ("$env:ANTHROPIC_BASE_URL", '"env"', "ANTHROPIC_AUTH_TOKEN"):
            hold(wanted in up.text, f"{wanted} is missing in: {up.text}")
        address, token = up.pasted["ANTHROPIC_BASE_URL"], up.pasted["ANTHROPIC_AUTH_TOKEN"]
        run = claude(stage.node_folder, claude_environment(home, address, token), "Hello.")
        equal(run.exit_code, 0, "exit code of Claude Code")
        hold(run.text, "the answer is empty")
    finally:
        up.stop()


@promise("the `env` block that `salve up` prints works from ~/.claude/settings.json")
def settings_block(stage: Stage) -> None:
    home = stage.fresh_folder("home")
    up = Up(stage, home, free_port())
    try:
        block = _json_after(up.text, '"env"')
        (home / ".claude").mkdir()
        (home / ".claude" / "settings.json").write_text(json.dumps(block))
        bare = claude_environment(home, "", "")
        del bare["ANTHROPIC_BASE_URL"], bare["ANTHROPIC_AUTH_TOKEN"]
        run = claude(stage.node_folder, bare, "Hello.")
        equal(run.exit_code, 0, "exit code of Claude Code")
    finally:
        up.stop()


@promise("a second `salve up` reuses the key and the database of the first")
def second_up(stage: Stage) -> None:
    home = stage.fresh_folder("home")
    port = free_port()
    first = Up(stage, home, port)
    first.stop()
    second = Up(stage, home, port)
    second.stop()
    equal(second.pasted, first.pasted, "what to paste")


def _json_after(text: str, mark: str) -> dict:
    """The JSON object that holds `mark`."""
    start = text.rindex("{", 0, text.index(mark))
    return json.JSONDecoder().raw_decode(text[start:])[0]
