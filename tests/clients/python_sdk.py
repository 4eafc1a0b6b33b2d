"""The Anthropic SDK for Python, through Salve."""

import json
import secrets
import time

import anthropic
from anthropic import Anthropic

from endings import abandoned
from promises import Broken, equal, hold, promise
from stage import SLOW_STREAM, Stage

MODEL = "claude-sonnet-5-5"
WEATHER = {
    "name": "get_weather",
    "description": "Tells the weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
CALL_WEATHER = 'What is the weather? [[tool:get_weather {"city": "Zürich"}]]'


def _client(stage: Stage, key: str | None = None) -> Anthropic:
    # No repeats: a repeat by the client would hide a fault that Salve let through.
    gateway = stage.gateway
    api_key = key or gateway.key
    return Anthropic(api_key=api_key, base_url=gateway.base_url, max_retries=0, timeout=30)


def _said(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def _hello(**more: object) -> dict:
    return {"model": MODEL, "max_tokens": 256, "messages": _said("Hello.")} | more


def _raised(kind: type[anthropic.APIStatusError], call) -> anthropic.APIStatusError:
    try:
        call()
    except kind as error:
        return error
    raise Broken(f"{kind.__name__} was not raised")


def _told(error: anthropic.APIStatusError) -> str:
    hold(isinstance(error.body, dict), f"the error has no JSON body: {error.body!r}")
    equal(error.body["type"], "error", "type of the envelope")
    return error.body["error"]["message"]


@promise("Python SDK: a plain message is answered, named in headers, and billed as it says")
def plain_message(stage: Stage) -> None:
    raw = _client(stage).messages.with_raw_response.create(**_hello())
    message = raw.parse()
    hold(message.content[0].text, "the answer is empty")
    equal(message.model, MODEL, "model")
    equal(raw.headers.get("salve-channel"), "simulated", "salve-channel")
    equal(raw.headers.get("salve-attempts"), "1", "salve-attempts")
    entry = stage.gateway.entry(raw.headers["salve-request-id"])
    equal(entry["outcome"], "passed", "outcome")
    equal(entry["usage"]["input_tokens"], message.usage.input_tokens, "input tokens")
    equal(entry["usage"]["output_tokens"], message.usage.output_tokens, "output tokens")
    hold(entry["cost_nano_usd"] > 0, f"no cost: {entry}")


@promise("Python SDK: a stream keeps its order of events and is billed from its last usage")
def streamed_message(stage: Stage) -> None:
    with _client(stage).messages.stream(**_hello()) as stream:
        kinds = [event.type for event in stream if event.type.startswith(("message", "content"))]
        final = stream.get_final_message()
        request_id = stream.response.headers["salve-request-id"]
    equal(kinds[0], "message_start", "first event")
    equal(kinds[-1], "message_stop", "last event")
    hold("content_block_delta" in kinds, f"no text arrived: {kinds}")
    entry = stage.gateway.entry(request_id)
    equal(entry["usage"]["output_tokens"], final.usage.output_tokens, "output tokens")
    hold(entry["first_byte_ms"] <= entry["total_ms"], f"times out of order: {entry}")


@promise("Python SDK: a tool call and its result make a round trip, streamed and not")
def tool_round_trip(stage: Stage) -> None:
    client = _client(stage)
    asked = _hello(tools=[WEATHER], messages=_said(CALL_WEATHER))
    plain = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()
    for answer in (plain, streamed):
        equal(answer.stop_reason, "tool_use", "stop reason")
        call = answer.content[-1]
        equal((call.name, call.input), ("get_weather", {"city": "Zürich"}), "tool call")
        last = client.messages.create(**_hello(tools=[WEATHER], messages=_answered(answer, call)))
        text = "".join(block.text for block in last.content if block.type == "text")
        hold("snow-17" in text, f"the answer does not quote the tool: {text!r}")


def _answered(answer: anthropic.types.Message, call: anthropic.types.ToolUseBlock) -> list[dict]:
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "snow-17"}
    return [
        *_said(CALL_WEATHER),
        {"role": "assistant", "content": answer.content},
        {"role": "user", "content": [result]},
    ]


@promise("Python SDK: tokens are counted by the upstream, and longer texts count more")
def count_tokens(stage: Stage) -> None:
    client = _client(stage)
    short = client.messages.count_tokens(model=MODEL, messages=_said("Hello."))
    long = client.messages.count_tokens(model=MODEL, messages=_said("Hello there. " * 100))
    hold(0 < short.input_tokens < long.input_tokens, f"short {short}, long {long}")


@promise("Python SDK: the list of models can be paged, and every model in it retrieved")
def models(stage: Stage) -> None:
    client = _client(stage)
    whole = [model.id for model in client.models.list(limit=1000)]
    paged = [model.id for model in client.models.list(limit=2)]
    hold(len(whole) >= 3, f"too few models to page through: {whole}")
    equal(paged, whole, "models by pages of two")
    equal(len(set(whole)), len(whole), "distinct ids")
    hold(all(name.startswith("claude-") for name in whole), f"not allowed for the key: {whole}")
    for name in whole[:3]:
        equal(client.models.retrieve(name).id, name, "retrieved model")


@promise("Python SDK: a model that no channel serves is not found, by list or by name")
def missing_model(stage: Stage) -> None:
    client = _client(stage)
    asked = _hello(model="no-such-model")
    error = _raised(anthropic.NotFoundError, lambda: client.messages.create(**asked))
    equal(error.body["error"]["type"], "not_found_error", "type")
    hold("no-such-model" in _told(error), f"does not name the model: {_told(error)!r}")
    _raised(anthropic.NotFoundError, lambda: client.models.retrieve("no-such-model"))


@promise("Python SDK: a wrong key is an authentication error that asks for no repeat")
def wrong_key(stage: Stage) -> None:
    client = _client(stage, key="sk-wrong-" + secrets.token_hex(8))
    error = _raised(anthropic.AuthenticationError, lambda: client.messages.create(**_hello()))
    equal(error.body["error"]["type"], "authentication_error", "type")
    equal(error.response.headers.get("x-should-retry"), "false", "x-should-retry")
    hold(error.response.headers.get("salve-request-id"), "salve-request-id is missing")


@promise("Python SDK: a refusal of the upstream keeps the upstream's own status and words")
def upstream_refusal(stage: Stage) -> None:
    direct = Anthropic(api_key="upstream", base_url=stage.upstream, max_retries=0)
    asked = _hello(tool_choice={"type": "tool", "name": "not_in_the_list"}, tools=[WEATHER])
    bad = anthropic.BadRequestError
    wanted = _told(_raised(bad, lambda: direct.messages.create(**asked)))
    through = _client(stage)
    plain = _told(_raised(bad, lambda: through.messages.create(**asked)))
    streamed = _told(_raised(bad, lambda: through.messages.create(**asked, stream=True)))
    equal((plain, streamed), (wanted, wanted), "the upstream's words")


@promise("Python SDK: a body over the limit is refused as such, before it was sent whole")
def too_large(stage: Stage) -> None:
    asked = _hello(messages=_said("x" * (33 * 1024 * 1024)))
    error = _raised(anthropic.APIStatusError, lambda: _client(stage).messages.create(**asked))
    equal(error.status_code, 413, "status")
    equal(error.body["error"]["type"], "request_too_large", "type")
    hold("32" in _told(error), f"does not name the limit: {_told(error)!r}")


@promise("Python SDK: a stream cancelled midway is an abandoned entry with what was sent of it")
def cancelled_stream(stage: Stage) -> None:
    mark = stage.mark()
    with _client(stage).messages.stream(**_hello(**SLOW_STREAM)) as stream:
        request_id = stream.response.headers["salve-request-id"]
        for event in stream:
            if event.type == "text":
                break
    # Leaving the block closes the connection while the upstream is still writing.
    abandoned(stage, request_id, mark)


@promise("Python SDK: betas and body fields nobody knows are tried upstream, then cured")
def unknown_fields(stage: Stage) -> None:
    mark = stage.mark()
    _client(stage).messages.create(
        **_hello(),
        extra_headers={"anthropic-beta": "made-up-2031-01-01", "x-made-up": "1"},
        extra_query={"beta": "true", "made": "up"},
    )
    _client(stage).messages.create(**_hello(extra_body={"made_up_field": {"deep": [1, 2, 3]}}))
    # A strict upstream refuses what it does not know: that it could is the proof.
    refused = [served["refused"] for served in stage.served(mark) if served["status"] == 400]
    words = [each["message"] for each in refused]
    equal(len(words), 2, f"refusals in {words}")
    for word, said in zip(("made-up-2031-01-01", "made_up_field"), words, strict=True):
        hold(word in said, f"other words: {said!r}")


@promise("Python SDK: a known beta and its body field pass together")
def known_beta(stage: Stage) -> None:
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    message = _client(stage).messages.create(
        **_hello(),
        extra_headers={"anthropic-beta": "context-management-2025-06-27"},
        extra_body={"context_management": edits},
    )
    hold(message.content, "the answer is empty")


@promise("Python SDK: both credential headers open the door, and the key goes no further")
def both_credentials(stage: Stage) -> None:
    mark = stage.mark()
    key = stage.gateway.key
    for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
        blank = {"x-api-key": anthropic.Omit(), "authorization": anthropic.Omit()} | headers
        message = _client(stage).messages.create(**_hello(), extra_headers=blank)
        hold(message.content, f"no answer with {list(headers)}")
    served = stage.served(mark)
    equal(len(served), 2, "requests that reached the upstream")
    hold(key not in json.dumps(served), "the client's key reached the upstream")
    hold(stage.gateway.upstream_key in json.dumps(served), "the channel's own key did not")


@promise("Python SDK: eight streams at once get eight answers and eight entries")
def concurrent_streams(stage: Stage) -> None:
    from concurrent.futures import ThreadPoolExecutor

    client = _client(stage)

    def one(number: int) -> str:
        word = f"stream-{number}"
        with client.messages.stream(**_hello(messages=_said(word))) as stream:
            stream.until_done()
            return stream.response.headers["salve-request-id"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(one, range(8)))
    equal(len(set(ids)), 8, "distinct request ids")
    for request_id in ids:
        equal(stage.gateway.entry(request_id)["outcome"], "passed", "outcome")


@promise("the list of models answers well inside three seconds, without a redirect")
def models_are_quick(stage: Stage) -> None:
    started = time.monotonic()
    raw = _client(stage).models.with_raw_response.list(limit=1000)
    seconds = time.monotonic() - started
    equal(raw.http_response.history, [], "redirects")
    hold(seconds < 1.0, f"took {seconds:.2f} s")
    first = json.loads(raw.http_response.content)["data"][0]
    hold({"id", "display_name", "type"} <= first.keys(), f"fields missing: {first}")
