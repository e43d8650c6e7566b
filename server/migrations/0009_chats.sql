-- Chat logs from elsewhere, so that a team which answers in other programs has figures too, and the keys of programs that send
-- them.

-- 'page' where shoppers write to the shop itself, 'imported' for a log, which has no page.
-- Its conversations are closed, and `in_feed` is 3: they are in no feed and never will be, so no device hears of them. Their
-- messages count `customer_seq` downwards from -1: no page of a shopper reads them.
ALTER TABLE channels ADD COLUMN kind TEXT NOT NULL DEFAULT 'page';

-- Where logs come from. `fields` says how they are read, as JSON. The rest tells how far the latest file was read: `mark` is
-- a hash of how it begins and of what was read last, by which it is known again.
CREATE TABLE chat_sources (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    name       TEXT   NOT NULL,
    channel    TEXT   NOT NULL,
    team       TEXT   NOT NULL,
    fields     TEXT   NOT NULL,
    mark       TEXT   NOT NULL,
    bytes      BIGINT NOT NULL,
    lines      BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, name),
    FOREIGN KEY (shop, channel) REFERENCES channels (shop, id),
    FOREIGN KEY (shop, team) REFERENCES teams (shop, id)
);

-- Only the hash of a key is kept: whoever reads this table cannot use it.
CREATE TABLE api_keys (
    key_hash   TEXT   NOT NULL PRIMARY KEY,
    shop       TEXT   NOT NULL REFERENCES shops (id),
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT,
    UNIQUE (shop, name)
);
