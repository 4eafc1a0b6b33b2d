"""How upstreams fail in the middle of a session of Claude Code's, and what the user sees of it.

Each promise plays on a scene of its own: a turn that goes well, a turn with a tool whose first
request goes wrong upstream, and one more. The user has to notice nothing.
"""

from promises import equal, hold, promise
from scene import Scene
from simulator import QUOTA_EMPTY, status_fault
from stage import Stage

MODEL_OFFLINE = status_fault(
    503,
    "new_api_error",
    "No available channel for model claude-opus-5-5 under group default (distributor)",
)


# What goes wrong, how often in a row, the fault, and the upstream's profile.
PASSING = {
    "`Invalid model name` for a shortage": ("named=short", 2, "model-shortage", "gateway-shortage"),
    "a rate limit of two seconds": ("status=429;retry-after=2", 1, "upstream-rate-limited", None),
    "529 three times": ("status=529", 3, "upstream-overloaded", None),
    "500 behind a relay": ("status=500", 1, "upstream-server-error", "relay-zh"),
    "a page of HTML with 502": ("html=502;title=Bad Gateway", 1, "upstream-server-error", None),
    "200 without a body": ("empty", 1, "upstream-malformed-answer", None),
    "200 with an error in JSON": ("json-error=overloaded_error", 1, "upstream-overloaded", None),
    "a stream that begins with an error": (
        "error=overloaded_error;message=Overloaded;at=start",
        1,
        "upstream-overloaded",
        None,
    ),
}


def _passing(what: str, fault: str, times: int, found: str, profile: str | None) -> None:
    @promise(f"a Claude Code session does not notice {what}", is_apart=True)
    def session(stage: Stage) -> None:
        with Scene(stage, upstream=["--profile", profile or "anthropic"]) as scene:
            scene.ask("First.")
            scene.upstreams["upstream"].queue(fault, times)
            scene.work("--continue")
            scene.ask("Third.", "--continue")
            faults = [each["fault"] for each in scene.once_only(4, nth=2)["attempts"]]
            equal(faults, [found] * times + [None], "faults of the attempts")


for _what, _case in PASSING.items():
    _passing(_what, *_case)


@promise("a shortage that lasts moves a Claude Code session to the other channel", is_apart=True)
def lasting_shortage(stage: Stage) -> None:
    with Scene(stage, short=["--profile", "gateway-shortage"], other=[]) as scene:
        scene.ask("First.")
        scene.upstreams["short"].change(set={"shortage": ["claude-opus-*"]})
        scene.work("--continue")
        scene.ask("Third.", "--continue")
        # The short channel is asked again every few seconds, which is one attempt more.
        entries = scene.settled_well(4)[1:]
        hold(all(len(entry["attempts"]) <= 2 for entry in entries), scene.story())
        equal({entry["channel"] for entry in entries}, {"other"}, "channels that answered")


@promise("an empty quota is told to Claude Code's user once, as whose account it is", is_apart=True)
def empty_quota(stage: Stage) -> None:
    with Scene(stage, upstream=[]) as scene:
        scene.ask("First.")
        scene.upstreams["upstream"].queue(QUOTA_EMPTY, times=1000)
        run = scene.run("Second.", "--continue")
        hold(run.exit_code == 1 and run.result["is_error"], f"no error: {run.result}")
        own_words = "402" in run.text and "upstream account" in run.text and "credit" in run.text
        hold(own_words, f"not Salve's own sentence: {run.text!r}")
        hold("/login" not in run.text, f"sends the user to /login: {run.text!r}")
        retries = [event for event in run.events if event.get("subtype") == "api_retry"]
        equal(retries, [], "retries")
        told = scene.entries()[1:]
        equal([(each["outcome"], each["status"]) for each in told], [("told", 402)], "answers")
        equal(len(told[0]["attempts"]), 1, "attempts")


@promise("an empty quota at one channel moves a Claude Code session to the other", is_apart=True)
def empty_quota_of_one(stage: Stage) -> None:
    with Scene(stage, empty=[], other=[]) as scene:
        scene.upstreams["empty"].queue(QUOTA_EMPTY, times=1000)
        scene.work()
        scene.ask("Second.", "--continue")
        first = scene.once_only(3)
        equal(len(first["attempts"]), 2, "attempts")


@promise("a model that is off is stood in for in a Claude Code session", is_apart=True)
def model_offline(stage: Stage) -> None:
    group = 'fallback_models = { "claude-opus-5-5" = ["claude-sonnet-5-5"] }'
    with Scene(stage, group=group, upstream=[]) as scene:
        scene.ask("First.")
        scene.upstreams["upstream"].queue(MODEL_OFFLINE, times=1000, model="claude-opus-*")
        scene.work("--continue")
        scene.ask("Third.", "--continue")
        found = scene.once_only(4, nth=2)
        faults = [each["fault"] for each in found["attempts"]]
        equal(faults, ["upstream-model-offline", None], "faults of the attempts")
        later = [entry["upstream_model"] for entry in scene.entries()[1:]]
        equal(set(later), {"claude-sonnet-5-5"}, "models that answered")
