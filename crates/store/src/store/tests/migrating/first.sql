INSERT INTO keys (id, name, user_name, group_name, created, revoked, mac, models, note) VALUES
    ('abc', 'laptop', 'ada', 'default', 1790000000000, NULL, zeroblob(32), '["claude-*"]', NULL);
INSERT INTO meta (name, value) VALUES ('pepper-check', 'ab12');
INSERT INTO holds (request_id, held_nano_usd, opened, checkpoint, progress_time) VALUES (
    'req_open', 5000,
    '{"opened":{"request_id":"req_open","time":"2026-09-21T14:13:20.000Z","endpoint":"messages",
      "key":"laptop","user":"ada","group":"default","session":"session-1","agent":null,
      "model":"claude-opus-4-8","stream":true,"request_bytes":4000,"input_tokens_floor":1000,
      "held":5000,"queue_ms":3},"multiplier":1000000}',
    '{"channel":"direct","attempts":[],"remedies":["move:direct"],"sent":true}', 1790000001000);
INSERT INTO entries (
    request_id, time, endpoint, key_name, user_name, group_name, session, agent, model, model_known,
    stream, channel, upstream_model, outcome, status, fault, remedies, attempts, stop_reason,
    input_tokens, output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
    cache_creation_1h_input_tokens, web_search_requests, cost_nano_usd, price_version, estimated,
    queue_ms, first_byte_ms, total_ms, request_bytes, response_bytes
) VALUES (
    'req_old', 1790000000000, 'messages', 'laptop', 'ada', 'default', 'session-1',
    'claude-cli/2.1.290', 'claude-opus-4-8', 1, 1, 'direct', 'claude-opus-4-8', 'cured', 200,
    'overloaded', '["move:direct","wait:2s"]',
    '[{"channel":"other","status":529,"fault":"overloaded","ms":12},
      {"channel":"gone","status":null,"fault":null,"ms":12},
      {"channel":"direct","status":200,"fault":null,"ms":12}]',
    'end_turn', 1, 20, 300, 4000, 50000, 6, 123456789,
    '2026-11-22:claude-opus-4-8@2026-05-28*0.85', 1, 3, 400, 1234, 4000, 5000);
