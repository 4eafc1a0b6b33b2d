// The promises of the TypeScript SDK, one function each: `node typescript_sdk.mjs NAME SETTINGS`.
// Prints the function's answer as JSON; an assertion that fails ends the process with its text.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [name, settingsText] = process.argv.slice(2);
const settings = JSON.parse(settingsText);

// The packages are installed under target/, so they are looked up from there.
const require = createRequire(`${settings.nodeFolder}/package.json`);
const { default: Anthropic } = require("@anthropic-ai/sdk");

const MODEL = "claude-sonnet-5-5";
const weather = {
  name: "get_weather",
  description: "Tells the weather of a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

// No repeats: a repeat by the client would hide a fault that Salve let through.
function client(options = {}) {
  const { baseURL, key } = settings;
  return new Anthropic({ baseURL, apiKey: key, maxRetries: 0, timeout: 30_000, ...options });
}

const said = (text) => [{ role: "user", content: text }];
const hello = (more = {}) => ({
  model: MODEL, max_tokens: 256, messages: said("Hello."), ...more,
});

const promises = {
  async plainMessage() {
    const { data, response } = await client().messages.create(hello()).withResponse();
    assert.ok(data.content[0].text);
    assert.equal(data.model, MODEL);
    assert.equal(response.headers.get("salve-channel"), "simulated");
    assert.equal(response.headers.get("salve-attempts"), "1");
    const requestId = response.headers.get("salve-request-id");
    return { requestId, outputTokens: data.usage.output_tokens };
  },

  async streamedMessage() {
    const stream = client().messages.stream(hello());
    const kinds = [];
    stream.on("streamEvent", (event) => kinds.push(event.type));
    const { response } = await stream.withResponse();
    const final = await stream.finalMessage();
    assert.equal(kinds.at(0), "message_start");
    assert.equal(kinds.at(-1), "message_stop");
    assert.ok(kinds.includes("content_block_delta"));
    const requestId = response.headers.get("salve-request-id");
    return { requestId, outputTokens: final.usage.output_tokens };
  },

  async toolRoundTrip() {
    const asked = said('What is the weather? [[tool:get_weather {"city": "Zürich"}]]');
    const tools = [weather];
    const plain = await client().messages.create(hello({ tools, messages: asked }));
    const streaming = client().messages.stream(hello({ tools, messages: asked }));
    for (const answer of [plain, await streaming.finalMessage()]) {
      assert.equal(answer.stop_reason, "tool_use");
      const call = answer.content.at(-1);
      assert.deepEqual([call.name, call.input], ["get_weather", { city: "Zürich" }]);
      const result = { type: "tool_result", tool_use_id: call.id, content: "snow-17" };
      const messages = [
        ...asked,
        { role: "assistant", content: answer.content },
        { role: "user", content: [result] },
      ];
      const last = await client().messages.create(hello({ tools, messages }));
      assert.match(last.content.map((block) => block.text ?? "").join(""), /snow-17/);
    }
    return {};
  },

  async countsAndModels() {
    const counted = await client().messages.countTokens({ model: MODEL, messages: said("Hi.") });
    assert.ok(counted.input_tokens > 0);
    const whole = [];
    for await (const model of client().models.list({ limit: 1000 })) whole.push(model.id);
    const paged = [];
    for await (const model of client().models.list({ limit: 2 })) paged.push(model.id);
    assert.ok(whole.length >= 3);
    assert.deepEqual(paged, whole);
    assert.equal((await client().models.retrieve(whole[0])).id, whole[0]);
    return {};
  },

  async errors() {
    const wrong = client({ apiKey: "sk-wrong-0123456789abcdef" });
    await assert.rejects(wrong.messages.create(hello()), Anthropic.AuthenticationError);
    const missing = client().messages.create(hello({ model: "no-such-model" }));
    await assert.rejects(missing, Anthropic.NotFoundError);
    const asked = hello({ tools: [weather], tool_choice: { type: "tool", name: "not_in_list" } });
    const direct = client({ baseURL: settings.upstream });
    const wanted = await direct.messages.create(asked).catch((error) => error);
    const found = await client().messages.create(asked).catch((error) => error);
    assert.ok(found instanceof Anthropic.BadRequestError, String(found));
    assert.equal(found.error.error.message, wanted.error.error.message);
    const huge = hello({ messages: said("x".repeat(33 * 1024 * 1024)) });
    const refused = await client().messages.create(huge).catch((error) => error);
    assert.equal(refused.status, 413, String(refused));
    return {};
  },

  async abortedStream() {
    const stream = client().messages.stream(hello(settings.slowStream));
    const { response } = await stream.withResponse();
    await new Promise((resolve) => stream.once("text", resolve));
    stream.abort();
    await assert.rejects(stream.done(), Anthropic.APIUserAbortError);
    return { requestId: response.headers.get("salve-request-id") };
  },
};

console.log(JSON.stringify(await promises[name]()));
