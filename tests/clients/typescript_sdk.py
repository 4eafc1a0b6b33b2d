"""The Anthropic SDK for TypeScript, through Salve: starts `typescript_sdk.mjs`, reads its answers.

The script proves what the SDK sees and prints one JSON line per promise. What the ledger must hold
afterwards is checked here, by the request ids that the script hands back.
"""

import json
import subprocess
from pathlib import Path

from endings import abandoned
from environment import clean_environment
from promises import Broken, equal, promise
from stage import SLOW_STREAM, Stage

SCRIPT = Path(__file__).with_name("typescript_sdk.mjs")


def _prove(stage: Stage, name: str) -> dict:
    """Runs one function of the script; returns what it returned."""
    settings = {
        "baseURL": stage.gateway.base_url,
        "upstream": stage.upstream,
        "key": stage.gateway.key,
        "nodeFolder": str(stage.node_folder),
        "slowStream": SLOW_STREAM,
    }
    done = subprocess.run(
        ["node", SCRIPT, name, json.dumps(settings)],
        env=clean_environment(stage.folder),
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode != 0:
        raise Broken(done.stderr[-3000:])
    return json.loads(done.stdout)


@promise("TypeScript SDK: a plain message is answered, named in headers, and billed as it says")
def plain_message(stage: Stage) -> None:
    seen = _prove(stage, "plainMessage")
    entry = stage.gateway.entry(seen["requestId"])
    equal(entry["outcome"], "passed", "outcome")
    equal(entry["usage"]["output_tokens"], seen["outputTokens"], "output tokens")


@promise("TypeScript SDK: a stream keeps its order of events and is billed from its last usage")
def streamed_message(stage: Stage) -> None:
    seen = _prove(stage, "streamedMessage")
    entry = stage.gateway.entry(seen["requestId"])
    equal(entry["usage"]["output_tokens"], seen["outputTokens"], "output tokens")


@promise("TypeScript SDK: a tool call and its result make a round trip")
def tool_round_trip(stage: Stage) -> None:
    _prove(stage, "toolRoundTrip")


@promise("TypeScript SDK: tokens are counted and models listed, paged and retrieved")
def counts_and_models(stage: Stage) -> None:
    _prove(stage, "countsAndModels")


@promise("TypeScript SDK: errors arrive as the SDK's own classes with the right words")
def errors(stage: Stage) -> None:
    _prove(stage, "errors")


@promise("TypeScript SDK: an aborted stream is an abandoned entry with what was sent of it")
def aborted_stream(stage: Stage) -> None:
    mark = stage.mark()
    seen = _prove(stage, "abortedStream")
    abandoned(stage, seen["requestId"], mark)
