-- What the answer desk learns and keeps: pictures, lessons, how often answers are chosen, wording rules, policies, what a
-- conversation is about, and how replies came to be.

-- `team` is set for a team's quick replies; with `owner` and `team` both null it is the shop's.
ALTER TABLE quick_replies ADD COLUMN team TEXT;
ALTER TABLE quick_replies ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE quick_replies ADD COLUMN picture TEXT;

ALTER TABLE messages ADD COLUMN picture TEXT;

-- `about` is what is known of the purchase, as JSON.
ALTER TABLE conversations ADD COLUMN about TEXT NOT NULL DEFAULT '{}';

-- A picture is known by its bytes: the id follows from them.
CREATE TABLE pictures (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    bytes      BLOB   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);
-- Adding up the sizes must not read the bytes.
CREATE INDEX pictures_by_size ON pictures (shop, size);

CREATE TABLE lessons (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    article    TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    times      BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    taken_back BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);
CREATE INDEX lessons_of_article ON lessons (shop, article);
-- In the order in which they give way when there are too many.
CREATE INDEX lessons_by_worth ON lessons (shop, taken_back, times, last_at);

-- `scope` says whose choices are counted, `entry` which article or quick reply was chosen.
CREATE TABLE used (
    shop         TEXT   NOT NULL REFERENCES shops (id),
    scope        TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    weight_milli BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (shop, scope, entry)
);

-- Packs of wording rules. `fields` is what an editor wrote, as JSON.
CREATE TABLE packs (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);

-- `fields` is what an editor wrote, as JSON.
CREATE TABLE policies (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);

-- How a reply came to be, as its desk told it. `typed_chars` and `typing_ms` are null when a desk did not tell.
CREATE TABLE composed (
    shop         TEXT   NOT NULL,
    message      TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    member       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    typed_chars  BIGINT,
    typing_ms    BIGINT,
    chosen       TEXT,
    how          TEXT,
    choice_ms    BIGINT,
    PRIMARY KEY (shop, message),
    FOREIGN KEY (shop, message) REFERENCES messages (shop, id)
);
CREATE INDEX composed_by_time ON composed (shop, at);

-- What was sent with a reason although the wording check warned. `findings` is JSON.
CREATE TABLE wording_notes (
    shop         TEXT   NOT NULL,
    message      TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    member       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    findings     TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    PRIMARY KEY (shop, message),
    FOREIGN KEY (shop, message) REFERENCES messages (shop, id)
);
CREATE INDEX wording_notes_by_time ON wording_notes (shop, at);
