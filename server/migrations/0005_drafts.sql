-- Half-written replies, so that a member finds on another device what was begun on one.

CREATE TABLE drafts (
    shop         TEXT   NOT NULL REFERENCES shops (id),
    member       TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    device       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (shop, member, conversation)
);
CREATE INDEX drafts_of_conversation ON drafts (shop, conversation);
-- In the order in which they end.
CREATE INDEX drafts_by_time ON drafts (shop, at);
