"""A scene: upstreams of its own, a gateway before them, and one user of Claude Code.

Nothing of it is shared, so promises that play on scenes are proved several at a time.
"""

from claude_code import Run, bash_call, claude, claude_environment
from gateway import Gateway
from promises import Broken, equal, hold
from simulator import Simulator
from stage import Stage


class Scene:
    """Named upstreams, each with options of `salve simulate`, for the length of a `with` block."""

    def __init__(self, stage: Stage, group: str = "", **upstreams: list[str]) -> None:
        self._stage = stage
        self._folder = stage.fresh_folder("scene")
        self.home = stage.fresh_folder("home")
        self.upstreams: dict[str, Simulator] = {}
        self.gateway = None
        try:
            for name, options in upstreams.items():
                self.upstreams[name] = Simulator(stage.salve, self._folder, *options)
            addresses = {name: each.address for name, each in self.upstreams.items()}
            self.gateway = Gateway(stage.salve, self._folder, addresses, group)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_: object) -> None:
        if self.gateway:
            self.gateway.process.kill()
        for upstream in self.upstreams.values():
            upstream.process.kill()

    def restart(self, name: str, *options: str) -> None:
        """Puts another upstream in the place of one, at the same address."""
        before = self.upstreams[name]
        before.process.kill()
        listen = before.address.removeprefix("http://")
        self.upstreams[name] = Simulator(
            self._stage.salve, self._folder, *options, listen=listen
        )

    def run(self, prompt: str, *options: str, **settings: str) -> Run:
        """Runs Claude Code in this scene's home; `settings` are environment variables."""
        here = claude_environment(self.home, self.gateway.base_url, self.gateway.key)
        return claude(self._stage.node_folder, here | settings, prompt, *options)

    def ask(self, prompt: str, *options: str, **settings: str) -> Run:
        """Runs Claude Code, which has to end well, without an error or a retry on the way."""
        run = self.run(prompt, *options, **settings)
        retries = [event for event in run.events if event.get("subtype") == "api_retry"]
        is_error = run.exit_code or run.result["is_error"] or "API Error" in run.text
        if is_error or retries:
            told = f"exit {run.exit_code}, {retries=}, it said {run.text[:500]!r}"
            raise Broken(f"{told}\n{self.story()}")
        return run

    def work(self, *options: str) -> Run:
        """One turn with a Bash tool, whose output has to come back: two requests."""
        run = self.ask(bash_call(40, 2), "--allowedTools", "Bash", *options)
        hold("salve-42-here" in run.text, f"the tool's output is missing: {run.text[:500]!r}")
        return run

    def entries(self) -> list[dict]:
        """The entries of all messages, oldest first. Ends the gateway, so that none is missing."""
        if self.gateway.process.running.poll() is None:
            equal(self.gateway.process.stop(), 0, "exit code of the gateway")
        kept = [entry for entry in self.gateway.ledger() if entry["endpoint"] == "messages"]
        return sorted(kept, key=lambda entry: entry["time"])

    def settled_well(self, requests_min: int) -> list[dict]:
        """The entries, at least `requests_min`, of which none told the client of an error."""
        entries = self.entries()
        outcomes = {entry["outcome"] for entry in entries}
        hold(outcomes <= {"passed", "cured"}, f"outcomes:\n{self.story()}")
        hold(len(entries) >= requests_min, f"fewer than {requests_min}:\n{self.story()}")
        return entries

    def once_only(self, requests_min: int, nth: int = 1) -> dict:
        """The `nth` entry, the only one that may have taken more than one attempt."""
        entries = self.settled_well(requests_min)
        cured = entries.pop(nth - 1)
        tries = [len(entry["attempts"]) for entry in entries]
        hold(set(tries) <= {1}, f"others than number {nth} were tried again:\n{self.story()}")
        return cured

    def story(self) -> str:
        """What became of each request, a line each, for a person to read."""
        return "\n".join(_line(entry) for entry in self.entries())


def _line(entry: dict) -> str:
    tries = ", ".join(
        f"{each['channel']} {each['status']} {each['fault'] or ''}".rstrip()
        for each in entry["attempts"]
    )
    remedies = " ".join(entry["remedies"])
    return f"{entry['outcome']} {entry['status']} [{tries}] {remedies}"
