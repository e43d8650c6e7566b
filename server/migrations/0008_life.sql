-- What figures need to know of a conversation beside its messages, and how a shop counts.

-- To whom a conversation was given and when it was closed. The version is that of the conversation it happened with, so the
-- same thing is never kept twice; 0 for what was known when this table came.
CREATE TABLE happened (
    shop         TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    what         TEXT   NOT NULL,
    member       TEXT,
    PRIMARY KEY (shop, conversation, version),
    FOREIGN KEY (shop, conversation) REFERENCES conversations (shop, id)
);
CREATE INDEX happened_by_time ON happened (shop, at);

INSERT INTO happened (shop, conversation, version, at, what, member)
SELECT shop, id, 0, opened_at, 'given', owner FROM conversations WHERE owner IS NOT NULL;

INSERT INTO happened (shop, conversation, version, at, what, member)
SELECT shop, id, version, closed_at, 'closed', NULL FROM conversations WHERE state = 'closed' AND closed_at IS NOT NULL;

-- The time zone and the opening hours of a shop, and the figures that it changed or made.
CREATE TABLE figure_rules (
    shop       TEXT   NOT NULL PRIMARY KEY REFERENCES shops (id),
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL
);
