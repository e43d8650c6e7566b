-- Ids are text, times are microseconds since 1970 UTC, truths are 0 or 1: types that every SQL database has.
-- Every row carries its shop, so that a distributed database can place rows by shop.

-- Facts about this database itself: `backend` names one life of it, so devices notice a restored backup.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE shops (
    id                 TEXT   NOT NULL PRIMARY KEY,
    slug               TEXT   NOT NULL UNIQUE,
    name               TEXT   NOT NULL,
    utc_offset_minutes BIGINT NOT NULL,
    demo               BIGINT NOT NULL
);

CREATE TABLE teams (
    shop TEXT NOT NULL REFERENCES shops (id),
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (shop, id),
    UNIQUE (shop, name)
);

-- A channel's slug stands in addresses that carry no shop, so it is unique on the whole server.
CREATE TABLE channels (
    shop TEXT NOT NULL,
    id   TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    team TEXT NOT NULL,
    PRIMARY KEY (shop, id),
    FOREIGN KEY (shop, team) REFERENCES teams (shop, id)
);

CREATE TABLE members (
    shop          TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    work_number   TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    roles         TEXT   NOT NULL,
    team          TEXT   NOT NULL,
    active        BIGINT NOT NULL,
    PRIMARY KEY (shop, id),
    UNIQUE (shop, work_number),
    FOREIGN KEY (shop, team) REFERENCES teams (shop, id)
);

-- Only the hash of a session's token is kept: whoever reads this table cannot sign in with it.
CREATE TABLE sessions (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    shop       TEXT   NOT NULL,
    member     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (shop, member) REFERENCES members (shop, id)
);
CREATE INDEX sessions_of_member ON sessions (shop, member);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Counts sign-ins that did not succeed: `subject` is an account or the address somebody came from.
CREATE TABLE sign_in_attempts (
    subject  TEXT   NOT NULL PRIMARY KEY,
    attempts BIGINT NOT NULL,
    began_at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (began_at);

CREATE TABLE customers (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    token_hash TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);

CREATE TABLE conversations (
    shop          TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    team          TEXT   NOT NULL,
    channel       TEXT   NOT NULL,
    customer      TEXT   NOT NULL,
    customer_name TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    owner         TEXT,
    opened_at     BIGINT NOT NULL,
    closed_at     BIGINT,
    last_position BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (shop, id),
    FOREIGN KEY (shop, team) REFERENCES teams (shop, id),
    FOREIGN KEY (shop, channel) REFERENCES channels (shop, id),
    FOREIGN KEY (shop, customer) REFERENCES customers (shop, id)
);
CREATE INDEX conversations_of_customer ON conversations (shop, customer, state);

-- `author` is null for a shopper and for an automatic greeting. `device` tells a member's own messages from those
-- written elsewhere. `customer_seq` numbers everything one shopper can read, over all of their conversations.
CREATE TABLE messages (
    shop         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    customer     TEXT   NOT NULL,
    customer_seq BIGINT NOT NULL,
    author_kind  TEXT   NOT NULL,
    author       TEXT,
    device       TEXT,
    text         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    written_at   BIGINT,
    PRIMARY KEY (shop, id),
    UNIQUE (shop, conversation, position),
    UNIQUE (shop, customer, customer_seq),
    FOREIGN KEY (shop, conversation) REFERENCES conversations (shop, id)
);
CREATE INDEX messages_by_time ON messages (shop, at);

-- `fields` is what an editor wrote, as JSON.
CREATE TABLE articles (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    fields     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);

-- `owner` is null for the shop's quick replies.
CREATE TABLE quick_replies (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    id         TEXT   NOT NULL,
    owner      TEXT,
    shortcut   TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id)
);

-- A device belongs to the member who used it first.
CREATE TABLE devices (
    id         TEXT   NOT NULL PRIMARY KEY,
    shop       TEXT   NOT NULL,
    member     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (shop, member) REFERENCES members (shop, id)
);

-- One life of a device's storage. Every command up to `through` is in `commands`, with its verdict.
CREATE TABLE epochs (
    device  TEXT   NOT NULL REFERENCES devices (id),
    epoch   TEXT   NOT NULL,
    shop    TEXT   NOT NULL,
    through BIGINT NOT NULL,
    PRIMARY KEY (device, epoch)
);

CREATE TABLE commands (
    device  TEXT   NOT NULL,
    epoch   TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    shop    TEXT   NOT NULL,
    hash    TEXT   NOT NULL,
    verdict TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (device, epoch, n),
    FOREIGN KEY (device, epoch) REFERENCES epochs (device, epoch)
);

-- The numbering of each scope's feed. `head` is moved as the last step of the transaction that writes the rows.
CREATE TABLE scopes (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    scope      TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    head       BIGINT NOT NULL,
    PRIMARY KEY (shop, scope)
);

-- The latest change of each entity. A newer one takes a new number and the place of the older.
CREATE TABLE feed (
    shop   TEXT   NOT NULL,
    scope  TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    entity TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (shop, scope, entity),
    UNIQUE (shop, scope, seq),
    FOREIGN KEY (shop, scope) REFERENCES scopes (shop, scope)
);
