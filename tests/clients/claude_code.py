"""Claude Code, in `-p` mode, through Salve."""

import base64
import json
import platform
import secrets
import subprocess
import uuid
from pathlib import Path

from environment import clean_environment
from promises import Broken, equal, hold, promise
from stage import Stage

RUN_SECONDS_MAX = 60
NOWHERE = "http://127.0.0.1:9"


class Run:
    """One finished run of Claude Code: its events and its last word."""

    def __init__(self, done: subprocess.CompletedProcess) -> None:
        self.exit_code = done.returncode
        self.events = [json.loads(line) for line in done.stdout.splitlines() if line]
        results = [event for event in self.events if event["type"] == "result"]
        told = f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        hold(len(results) == 1, f"no single result event: {told}")
        self.result = results[0]
        self.text = str(self.result.get("result", ""))

    def blocks(self, role: str) -> list[dict]:
        """The content blocks of every message of `role`, in order."""
        messages = [event["message"] for event in self.events if event["type"] == role]
        contents = [message["content"] for message in messages]
        return [block for content in contents if isinstance(content, list) for block in content]


def claude_binary(node_folder: Path) -> Path:
    """The native program of the pinned package: started directly, it needs no Node at all."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    libc = "" if platform.libc_ver()[0] else "-musl"
    system = platform.system().lower()
    package = f"claude-code-{system}-{machine}{libc if system == 'linux' else ''}"
    return node_folder / "node_modules" / "@anthropic-ai" / package / "claude"


def claude_environment(home: Path, base_url: str, token: str) -> dict[str, str]:
    """What a user pastes, and the switches that keep the client off every other network."""
    return clean_environment(home) | {
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_AUTH_TOKEN": token,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        # Ten by default, over three minutes: a promise that breaks should break sooner.
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        # Whatever it would still send elsewhere goes to a port where nobody listens.
        "HTTPS_PROXY": NOWHERE,
        "HTTP_PROXY": NOWHERE,
    }


def claude(node_folder: Path, environment: dict[str, str], prompt: str, *options: str) -> Run:
    """Runs Claude Code once in the client's home, with every event printed."""
    command = [claude_binary(node_folder), "-p", prompt, "--output-format", "stream-json"]
    try:
        done = subprocess.run(
            [*command, "--verbose", *options],
            env=environment,
            cwd=environment["HOME"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS_MAX,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode(errors="replace")[-2000:]
        raise Broken(f"not done after {RUN_SECONDS_MAX} s; it said: {said}") from late
    return Run(done)


def bash_call(first: int, second: int) -> str:
    """A prompt to run a Bash command that says `salve-SUM-here`.

    The shell computes the sum, so the word can only come from a tool that really ran.
    """
    command = f"echo salve-$(({first} + {second}))-here"
    asked = json.dumps({"command": command, "description": "Say a word"})
    return f"Please run this. [[tool:Bash {asked}]]"


def _here(stage: Stage) -> dict[str, str]:
    return claude_environment(stage.fresh_folder("home"), stage.gateway.base_url, stage.gateway.key)


@promise("Claude Code runs a Bash tool through Salve and quotes what it printed")
def bash_round_trip(stage: Stage) -> None:
    run = claude(stage.node_folder, _here(stage), bash_call(40, 2), "--allowedTools", "Bash")
    equal(run.exit_code, 0, "exit code")
    calls = [block for block in run.blocks("assistant") if block["type"] == "tool_use"]
    equal([call["name"] for call in calls], ["Bash"], "tools called")
    results = [block for block in run.blocks("user") if block["type"] == "tool_result"]
    hold("salve-42-here" in json.dumps(results), f"the tool's output is missing: {results}")
    hold("salve-42-here" in run.text, f"the last text does not quote the tool: {run.text!r}")


@promise("a Claude Code session of four turns keeps its history and its session id")
def multi_turn_session(stage: Stage) -> None:
    mark = stage.mark()
    here = _here(stage)
    first = claude(stage.node_folder, here, "This is turn one of four.")
    session = first.result["session_id"]
    second = claude(stage.node_folder, here, "Turn two.", "--resume", session)
    third = claude(stage.node_folder, here, "Turn three.", "--continue")
    fourth = claude(stage.node_folder, here, "Turn four.", "--resume", session)
    turns = [first, second, third, fourth]
    equal([turn.exit_code for turn in turns], [0, 0, 0, 0], "exit codes")
    equal({turn.result["session_id"] for turn in turns}, {session}, "session ids")
    served = stage.served(mark)
    entries = stage.gateway.session(session, len(served))
    equal(len(entries), len(served), "ledger entries against requests the upstream served")
    history = base64.b64decode(served[-1]["body_base64"]).decode()
    for turn in ("turn one of four", "Turn two", "Turn three", "Turn four"):
        hold(turn in history, f"the last request has lost {turn!r}")


@promise("every request of Claude Code that the upstream served has one settled ledger entry")
def ledger_is_complete(stage: Stage) -> None:
    mark = stage.mark()
    asked = json.dumps({"command": "true", "description": "Do nothing"})
    here = _here(stage)
    run = claude(stage.node_folder, here, f"[[tool:Bash {asked}]]", "--allowedTools", "Bash")
    served = stage.served(mark)
    hold(len(served) >= 2, f"a tool round trip takes two requests, the upstream saw {served}")
    entries = stage.gateway.session(run.result["session_id"], len(served))
    equal(len(entries), len(served), "ledger entries against requests the upstream served")
    for entry in entries:
        equal(entry["outcome"], "passed", "outcome")
        equal(entry["key"], "ci", "key")
        equal(entry["channel"], "simulated", "channel")
        hold(entry["usage"]["output_tokens"] > 0, f"no output tokens: {entry}")
        hold(entry["cost_nano_usd"] > 0, f"no cost: {entry}")
        hold(not entry["estimated"], f"estimated though the stream was whole: {entry}")
    for field in ("input_tokens", "output_tokens", "cache_read_input_tokens"):
        wanted = sum(each["usage"][field] for each in served)
        equal(sum(entry["usage"][field] for entry in entries), wanted, f"sum of {field}")


@promise("Claude Code's own count of tokens and Salve's ledger agree")
def usage_agrees(stage: Stage) -> None:
    run = claude(stage.node_folder, _here(stage), "Count with me.")
    entries = stage.gateway.session(run.result["session_id"], 1)
    equal(len(entries), 1, "ledger entries")
    usage, told = entries[0]["usage"], run.result["usage"]
    for field in ("input_tokens", "output_tokens", "cache_read_input_tokens"):
        equal(usage[field], told[field], field)
    written = usage["cache_creation_5m_input_tokens"] + usage["cache_creation_1h_input_tokens"]
    equal(written, told["cache_creation_input_tokens"], "cache_creation_input_tokens")


@promise("Claude Code with a wrong key is told so once, in Salve's words, without /login")
def wrong_key(stage: Stage) -> None:
    here = _here(stage) | {"ANTHROPIC_AUTH_TOKEN": "sk-wrong-" + secrets.token_hex(8)}
    mark = stage.mark()
    run = claude(stage.node_folder, here, "Hello.")
    hold(run.result["is_error"], f"no error: {run.result}")
    own_words = "401" in run.text and "gateway" in run.text and "key" in run.text
    hold(own_words, f"not Salve's own sentence: {run.text!r}")
    hold("/login" not in run.text, f"sends the user to /login: {run.text!r}")
    retries = [event for event in run.events if event.get("subtype") == "api_retry"]
    equal(retries, [], "retries")
    equal(stage.served(mark), [], "requests that reached the upstream")


@promise("Claude Code with an unknown model blames the model")
def unknown_model(stage: Stage) -> None:
    run = claude(stage.node_folder, _here(stage), "Hello.", "--model", "no-such-model")
    hold(run.result["is_error"], f"no error: {run.result}")
    hold("issue with the selected model" in run.text, f"other words: {run.text!r}")


@promise("Claude Code's /context is counted by the upstream, through Salve")
def context_command(stage: Stage) -> None:
    mark = stage.mark()
    run = claude(stage.node_folder, _here(stage), "/context")
    equal(run.exit_code, 0, "exit code")
    counts = stage.served(mark, "/v1/messages/count_tokens")
    hold(counts, "no count_tokens request reached the upstream")
    hold(all(count["status"] == 200 for count in counts), f"some were refused: {counts}")


@promise("Claude Code keeps the session id that it was given")
def given_session_id(stage: Stage) -> None:
    session = str(uuid.uuid4())
    run = claude(stage.node_folder, _here(stage), "Hello.", "--session-id", session)
    equal(run.exit_code, 0, "exit code")
    entry = stage.gateway.session(session, 1)[0]
    hold("claude" in str(entry["agent"]).lower(), f"agent is {entry['agent']!r}")
