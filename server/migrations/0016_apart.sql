-- Figures with rules that the parts of days know nothing of, such as sessions or the end instead of the beginning: in what each
-- differs from its plain figure.

-- It holds as long as `apart_turn` is the turn: a server that does not know of it takes turns alone, and it is made anew then.
ALTER TABLE figure_folds ADD COLUMN apart_turn BIGINT NOT NULL DEFAULT -1;

-- Of which figures it is kept, by a number made of their rules, clocks and hours, and the next day for which it is to be made;
-- null once it was made for every day.
CREATE TABLE figure_apart_made (
    shop     TEXT   NOT NULL,
    figure   BIGINT NOT NULL,
    next_day BIGINT,
    PRIMARY KEY (shop, figure)
);

-- What differs on a day of UTC. Most days have little.
CREATE TABLE figure_apart (
    shop   TEXT   NOT NULL,
    figure BIGINT NOT NULL,
    day    BIGINT NOT NULL,
    cells  BLOB   NOT NULL,
    PRIMARY KEY (shop, figure, day)
);
