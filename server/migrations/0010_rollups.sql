-- Figures that are kept as they happen, so that years are told without reading every message.

-- Up to where a conversation is counted in the parts below: its last message and its version then. 0 for not at all.
ALTER TABLE conversations ADD COLUMN counted_position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN counted_version BIGINT NOT NULL DEFAULT 0;

-- Each change of a shop's parts has the next turn, so what was prepared from an older one is not written. `swept` is null
-- once every conversation was looked at that was there when the counting began, and until then how far that came.
CREATE TABLE figure_folds (
    shop  TEXT   NOT NULL PRIMARY KEY REFERENCES shops (id),
    turn  BIGINT NOT NULL,
    swept TEXT
);

-- Up to where the feed of a scope was looked through for conversations that changed.
CREATE TABLE figure_cursors (
    shop  TEXT   NOT NULL,
    scope TEXT   NOT NULL,
    seq   BIGINT NOT NULL,
    PRIMARY KEY (shop, scope)
);

-- Conversations that changed without a word in any feed, as those of an import do.
CREATE TABLE figure_marks (
    shop         TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (shop, conversation)
);

-- What counts, by day of UTC since 1970: the cells of a part of the agents, five minutes by five minutes.
CREATE TABLE figure_parts (
    shop  TEXT   NOT NULL,
    day   BIGINT NOT NULL,
    part  BIGINT NOT NULL,
    cells BLOB   NOT NULL,
    PRIMARY KEY (shop, day, part)
);

-- Parts added up, by the shop's clocks as `zone` tells them: from `day` to `last_day`. They are made of parts alone, and
-- taken away when one of those changes.
CREATE TABLE figure_sums (
    shop     TEXT   NOT NULL,
    grain    TEXT   NOT NULL,
    day      BIGINT NOT NULL,
    part     BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    zone     TEXT   NOT NULL,
    cells    BLOB   NOT NULL,
    PRIMARY KEY (shop, grain, day, part)
);
