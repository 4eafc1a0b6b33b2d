-- Keys made with `salve key create`. `mac` is the keyed digest of the key's text, never the text.
CREATE TABLE keys (
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    user_name  TEXT,
    group_name TEXT NOT NULL,
    created    INTEGER NOT NULL,
    revoked    INTEGER,
    mac        BLOB NOT NULL CHECK (length(mac) = 32),
    models     TEXT,
    note       TEXT
) STRICT;

-- Small facts about the database itself.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests that were admitted and have not ended. Times are milliseconds of Unix time.
-- `checkpoint` is how far the request had come at `progress_time`, as JSON.
CREATE TABLE holds (
    request_id    TEXT PRIMARY KEY NOT NULL,
    held_nano_usd INTEGER NOT NULL,
    opened        TEXT NOT NULL,
    checkpoint    TEXT,
    progress_time INTEGER
) STRICT, WITHOUT ROWID;

-- How every ended request ended. `seq` is the order in which they were written.
CREATE TABLE entries (
    seq                            INTEGER PRIMARY KEY NOT NULL,
    request_id                     TEXT NOT NULL UNIQUE,
    time                           INTEGER NOT NULL,
    endpoint                       TEXT NOT NULL,
    key_name                       TEXT NOT NULL,
    user_name                      TEXT,
    group_name                     TEXT NOT NULL,
    session                        TEXT NOT NULL,
    agent                          TEXT,
    model                          TEXT NOT NULL,
    model_known                    INTEGER NOT NULL,
    stream                         INTEGER NOT NULL,
    channel                        TEXT,
    upstream_model                 TEXT,
    outcome                        TEXT NOT NULL,
    status                         INTEGER,
    fault                          TEXT,
    remedies                       TEXT NOT NULL,
    attempts                       TEXT NOT NULL,
    stop_reason                    TEXT,
    input_tokens                   INTEGER NOT NULL,
    output_tokens                  INTEGER NOT NULL,
    cache_read_input_tokens        INTEGER NOT NULL,
    cache_creation_5m_input_tokens INTEGER NOT NULL,
    cache_creation_1h_input_tokens INTEGER NOT NULL,
    web_search_requests            INTEGER NOT NULL,
    cost_nano_usd                  INTEGER NOT NULL,
    price_version                  TEXT NOT NULL,
    estimated                      INTEGER NOT NULL,
    queue_ms                       INTEGER NOT NULL,
    first_byte_ms                  INTEGER,
    total_ms                       INTEGER NOT NULL,
    request_bytes                  INTEGER NOT NULL,
    response_bytes                 INTEGER NOT NULL
) STRICT;

-- For the filters that pick few out of many, each in the order of its answer: by time, then by
-- `seq`, which SQLite appends to every index. The others (model, channel, outcome, user) match
-- so much that a walk by time finds enough at once, and each index is paid for by every entry.
CREATE INDEX entries_by_time ON entries (time);
CREATE INDEX entries_by_key ON entries (key_name, time);
CREATE INDEX entries_by_session ON entries (session, time);
CREATE INDEX entries_by_fault ON entries (fault, time) WHERE fault IS NOT NULL;

-- Up to where the journal has been applied. Changed in the transaction that applies it.
CREATE TABLE journal_position (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    segment  INTEGER NOT NULL,
    byte     INTEGER NOT NULL
) STRICT;
INSERT INTO journal_position (only_row, segment, byte) VALUES (1, 0, 0);

-- Whole records of the journal that could not be understood, kept as they were.
CREATE TABLE unreadable_records (
    segment INTEGER NOT NULL,
    byte    INTEGER NOT NULL,
    payload BLOB NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (segment, byte)
) STRICT;
