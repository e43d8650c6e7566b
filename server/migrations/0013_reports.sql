-- Reports that a shop has sent by itself: by which rules, and what became of each.

CREATE TABLE report_rules (
    shop       TEXT   NOT NULL PRIMARY KEY REFERENCES shops (id),
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL
);

-- Whoever writes the row of a report sends it, so of several nodes one does. `day` is the first that the report covers.
CREATE TABLE report_sends (
    shop    TEXT   NOT NULL REFERENCES shops (id),
    kind    TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    due_at  BIGINT NOT NULL,
    state   TEXT   NOT NULL,
    tries   BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    fault   TEXT   NOT NULL,
    PRIMARY KEY (shop, kind, day)
);
CREATE INDEX report_sends_by_time ON report_sends (shop, due_at);
