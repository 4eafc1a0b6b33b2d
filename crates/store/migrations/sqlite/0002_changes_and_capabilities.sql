-- What remedies changed in the request, and the channels it was not sent to: JSON lists, empty
-- for the entries of before.
ALTER TABLE entries ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE entries ADD COLUMN skipped TEXT NOT NULL DEFAULT '[]';

-- What a channel was learned to take or to refuse. `says` is one of `refuses`, `takes`, `limit`
-- (of the number in `value`), `instead` (the text in `value`). `learned_at` is when it was first
-- found so, `seen_at` when last. Times are milliseconds of Unix time.
CREATE TABLE capability (
    channel    TEXT NOT NULL,
    model      TEXT NOT NULL,
    feature    TEXT NOT NULL,
    says       TEXT NOT NULL,
    value      TEXT,
    evidence   TEXT NOT NULL,
    learned_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (channel, model, feature)
) STRICT, WITHOUT ROWID;
CREATE INDEX capability_by_age ON capability (seen_at);

-- When a channel last answered for a model.
CREATE TABLE served (
    channel        TEXT NOT NULL,
    model          TEXT NOT NULL,
    last_served_at INTEGER NOT NULL,
    PRIMARY KEY (channel, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX served_by_age ON served (last_served_at);
