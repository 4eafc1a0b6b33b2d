"""What upstreams refuse in a request of Claude Code's, and what becomes of it in a session.

Each promise plays on a scene of its own. The first request may take several attempts, because
that is how Salve learns; every later one has to take a single attempt.
"""

from promises import equal, hold, promise
from scene import Scene
from simulator import QUOTA_EMPTY
from stage import Stage

OPUS, SONNET = "claude-opus-5-5", "claude-sonnet-4-5"

# The upstreams that refuse something of what Claude Code sends to a model of today, the model, and
# the most attempts that learning it may take: a refusal for each cause, and the answer.
REFUSING = [
    ("bedrock", OPUS, 4),
    ("bedrock", SONNET, 5),
    ("bedrock-endpoint", OPUS, 2),
    ("vertex", OPUS, 3),
    ("old-build", OPUS, 11),
    ("litellm", OPUS, 4),
    ("relay-zh+bedrock", OPUS, 4),
    ("relay-google+vertex", OPUS, 3),
    ("small-window", OPUS, 2),
    ("deepseek", OPUS, 2),
    ("gateway-shortage", OPUS, 1),
]


def _session(profile: str, model: str, attempts_max: int) -> None:
    what = f"Claude Code with {model} works on at `{profile}`: one request learns, no other"

    @promise(what, is_apart=True)
    def session(stage: Stage) -> None:
        with Scene(stage, upstream=["--profile", profile]) as scene:
            first = scene.work("--model", model)
            scene.work("--model", model, "--resume", first.result["session_id"])
            learning = scene.once_only(4)
            tries = len(learning["attempts"])
            hold(tries <= attempts_max, f"{tries} attempts:\n{scene.story()}")


for _case in REFUSING:
    _session(*_case)


@promise("what a Claude Code session taught outlives a restart of the gateway", is_apart=True)
def learned_for_good(stage: Stage) -> None:
    with Scene(stage, upstream=["--profile", "bedrock"]) as scene:
        scene.work()
        scene.once_only(2)
        scene.gateway.start()
        scene.work("--continue")
        scene.once_only(4)


@promise("Claude Code goes on where a beta that nobody knew is refused", is_apart=True)
def beta_never_seen(stage: Stage) -> None:
    with Scene(stage, upstream=["--profile", "bedrock"]) as scene:
        betas = {"ANTHROPIC_BETAS": "never-seen-2031-01-01"}
        scene.ask("First.", **betas)
        scene.ask("Second.", "--continue", **betas)
        learning = scene.once_only(2)
        hold(len(learning["attempts"]) <= 8, f"more than 8 attempts:\n{scene.story()}")
        betas = [each for each in learning["remedies"] if each.endswith("never-seen-2031-01-01")]
        equal(len(betas), 1, f"remedies for it, in\n{scene.story()}\nthat is")


@promise("a Claude Code session keeps working when another channel takes over", is_apart=True)
def thinking_of_another_channel(stage: Stage) -> None:
    with Scene(stage, one=["--seed", "1"], other=["--seed", "2"]) as scene:
        scene.ask("[[think:It is so.]] [[say:So it is.]]")
        scene.upstreams["one"].queue(QUOTA_EMPTY, times=1000)
        scene.work("--continue")
        scene.ask("And now?", "--continue")
        entries = scene.settled_well(4)
        equal([len(entry["attempts"]) for entry in entries], [1, 2, 1, 1], "attempts")
        refused = [each for each in scene.upstreams["other"].served() if each["status"] != 200]
        equal(refused, [], "what the other channel refused")
        dropped = [any("drop-thinking" in each for each in e["remedies"]) for e in entries]
        equal(dropped, [False, True, True, True], f"thinking dropped, in\n{scene.story()}\nthat is")


@promise("a Claude Code session keeps working when its channel changes account", is_apart=True)
def thinking_of_another_account(stage: Stage) -> None:
    with Scene(stage, upstream=["--seed", "1"]) as scene:
        scene.ask("[[think:It is so.]] [[say:So it is.]]")
        scene.restart("upstream", "--seed", "2")
        scene.work("--continue")
        scene.ask("And now?", "--continue")
        cured = scene.once_only(4, nth=2)
        equal(cured["attempts"][0]["fault"], "thinking-signature-refused", "fault")
        equal(len(cured["attempts"]), 2, "attempts")


@promise("`raise_max_tokens` lets Claude Code's answer be as long as it is", is_apart=True)
def raised_max_tokens(stage: Stage) -> None:
    with Scene(stage, group="raise_max_tokens = true", upstream=[]) as scene:
        run = scene.ask("Write. [[tokens:3000]]", CLAUDE_CODE_MAX_OUTPUT_TOKENS="1000")
        equal(run.result["usage"]["output_tokens"], 3000, "output tokens")
        entry = scene.once_only(1)
        equal(entry["stop_reason"], "end_turn", "stop reason")


@promise("`max_tokens` is raised no higher than an endpoint takes", is_apart=True)
def raised_below_the_cap(stage: Stage) -> None:
    upstream = ["--profile", "small-window"]
    with Scene(stage, group="raise_max_tokens = true", upstream=upstream) as scene:
        limited = {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "1000"}
        scene.ask("Write. [[tokens:3000]]", **limited)
        scene.ask("Again. [[tokens:3000]]", "--continue", **limited)
        hold(len(scene.once_only(2)["attempts"]) == 2, scene.story())


def _overflow(profile: str) -> None:
    what = f"Claude Code compacts by itself when a window at `{profile}` is full, and goes on"

    @promise(what, is_apart=True)
    def overflow(stage: Stage) -> None:
        small = {"models": ["*"], "window_tokens": 60000, "output_tokens_max": 8192}
        filling = "word " * 12000
        with Scene(stage, upstream=["--profile", profile]) as scene:
            scene.upstreams["upstream"].change(add={"models": {"patches": [small]}})
            for turn in range(4):
                resumed = ["--continue"] if turn else []
                run = scene.ask(f"[[say:This is turn {turn}.]] {filling}", *resumed)
                equal(run.text, f"This is turn {turn}.", "answer")
            compacted = [event.get("subtype") == "compact_boundary" for event in run.events]
            equal(sum(compacted), 1, "compactions in the last turn")
            told = [each["fault"] for each in scene.entries() if each["outcome"] == "told"]
            equal(told, ["context-too-long"], f"faults told, in\n{scene.story()}\nthat is")


for _profile in ("small-window", "relay-zh+bedrock"):
    _overflow(_profile)
