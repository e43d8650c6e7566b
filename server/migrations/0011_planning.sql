-- What a supervisor plans by: what the shop assumes, whom it planned for each hour, and the chats of past weeks.

CREATE TABLE planning (
    shop       TEXT   NOT NULL PRIMARY KEY REFERENCES shops (id),
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL
);

-- Chats are counted by the hour in which they began, and by whose they are.
CREATE INDEX conversations_by_opening ON conversations (shop, opened_at, owner);
