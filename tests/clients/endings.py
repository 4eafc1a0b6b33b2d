"""How requests and gateways end early: clients that leave, signals, and sudden death."""

import signal

from anthropic import Anthropic, APIConnectionError

from gateway import Gateway
from process import is_ready
from promises import equal, hold, promise
from stage import SLOW_STREAM, Stage

SLOW_REQUEST = {"model": "claude-sonnet-5-5", "max_tokens": 256, **SLOW_STREAM}


def abandoned(stage: Stage, request_id: str, mark: int) -> None:
    """Checks the entry of the one stream after `mark`, which its client left in the middle."""
    entry = stage.gateway.entry(request_id)
    equal(entry["outcome"], "abandoned", "outcome")
    paid_in_part(stage, entry, mark)


def paid_in_part(stage: Stage, entry: dict, mark: int) -> None:
    """Checks that an entry has the input and some of the output of the one request after `mark`."""
    (served,) = stage.served(mark)
    whole, used = served["usage"], entry["usage"]
    equal(used["input_tokens"], whole["input_tokens"], "input tokens")
    in_part = 0 < used["output_tokens"] <= whole["output_tokens"]
    hold(in_part, f"{used['output_tokens']} of {whole['output_tokens']} output tokens")
    hold(entry["cost_nano_usd"] > 0, f"no cost: {entry}")


def _another(stage: Stage) -> tuple[Gateway, Anthropic]:
    gateway = stage.another_gateway()
    client = Anthropic(api_key=gateway.key, base_url=gateway.base_url, max_retries=0, timeout=30)
    return gateway, client


@promise("a gateway killed in mid-stream has the entry after its restart, marked estimated")
def killed(stage: Stage) -> None:
    gateway, client = _another(stage)
    mark = stage.mark()
    try:
        with client.messages.stream(**SLOW_REQUEST) as stream:
            request_id = stream.response.headers["salve-request-id"]
            for event in stream:
                if event.type == "text":
                    gateway.process.kill()
    except Exception as cut:  # noqa: BLE001 - each version of the SDK has its own name for it
        hold(not isinstance(cut, APIConnectionError), f"never connected: {cut!r}")
    gateway.start()
    try:
        entries = [each for each in gateway.ledger() if each["request_id"] == request_id]
        equal(len(entries), 1, "entries after the restart")
        hold(entries[0]["estimated"], f"not marked estimated: {entries[0]}")
        hold(entries[0]["cost_nano_usd"] > 0, f"no cost: {entries[0]}")
        equal(len(stage.served(mark)), 1, "requests to the upstream")
    finally:
        gateway.process.kill()


@promise("a gateway asked to stop finishes its stream, is not ready meanwhile, and exits with 0")
def asked_to_stop(stage: Stage) -> None:
    gateway, client = _another(stage)
    with client.messages.stream(**SLOW_REQUEST) as stream:
        request_id = stream.response.headers["salve-request-id"]
        for event in stream:
            if event.type == "text":
                gateway.process.running.send_signal(signal.SIGTERM)
                break
        gateway.process.wait_until(lambda: not is_ready(gateway.base_url), "still says it is ready")
        stream.until_done()
        whole = stream.get_final_message()
    equal(whole.stop_reason, "end_turn", "stop reason")
    equal(gateway.process.wait(), 0, "exit code")
    entry = gateway.entry(request_id)
    equal(entry["outcome"], "passed", "outcome")
    equal(entry["usage"]["output_tokens"], whole.usage.output_tokens, "output tokens")
