-- What editors wrote for an article at the same time as others, until one decides on it; and what the article said before.

-- `copies` is JSON.
ALTER TABLE articles ADD COLUMN copies TEXT NOT NULL DEFAULT '[]';

-- The former versions of an article, as many as are kept.
CREATE TABLE article_versions (
    shop       TEXT   NOT NULL REFERENCES shops (id),
    article    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    fields     TEXT   NOT NULL,
    changed_by TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, article, version)
);
