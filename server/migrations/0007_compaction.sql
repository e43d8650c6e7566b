-- What devices need no more leaves the feeds; conversations and messages stay in their tables, for the figures.

-- 0 for a conversation whose rows left the feed, 2 while one comes back, else 1.
ALTER TABLE conversations ADD COLUMN in_feed BIGINT NOT NULL DEFAULT 1;
CREATE INDEX conversations_in_feed ON conversations (shop, in_feed, state, closed_at);

-- A device that has not read up to `floor` begins the scope anew: it may lack word of something that is gone.
ALTER TABLE scopes ADD COLUMN floor BIGINT NOT NULL DEFAULT 0;

-- Where each scope stood now and then, so that it is known how old a row of its feed is.
CREATE TABLE scope_marks (
    shop  TEXT   NOT NULL,
    scope TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    head  BIGINT NOT NULL,
    PRIMARY KEY (shop, scope, at),
    FOREIGN KEY (shop, scope) REFERENCES scopes (shop, scope)
);
