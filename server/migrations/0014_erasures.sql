-- Shoppers who wished to be forgotten. What is left of their conversations is times and who answered, which figures are made
-- of, under a shopper without a name.

-- When everything that was said in a conversation was erased.
ALTER TABLE conversations ADD COLUMN erased_at BIGINT;

-- That it was done, and by whom, without anything of the shopper. `id` is the nameless shopper that stands in their place,
-- `conversation` the one by which they were named, `member` null when the operator did it.
CREATE TABLE erasures (
    shop          TEXT   NOT NULL REFERENCES shops (id),
    id            TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    member        TEXT,
    conversation  TEXT   NOT NULL,
    conversations BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);
CREATE INDEX erasures_by_time ON erasures (shop, at);

-- A picture that no message and no quick reply names any more can go with the shopper to whom it was sent.
CREATE INDEX messages_by_picture ON messages (shop, picture) WHERE picture IS NOT NULL;
