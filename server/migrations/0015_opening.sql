-- Of what goes across an opening or a closing, how much was open: beside the parts of figures, where there are opening hours.

-- By which opening hours it is kept, as a number made of them; null by none. `opened` is null once it was made for every day,
-- and until then the next day for which it is to be made. It holds as long as `opening_turn` is the turn: a server that does
-- not know of it takes turns alone, and it is made anew then.
ALTER TABLE figure_folds ADD COLUMN opening BIGINT;
ALTER TABLE figure_folds ADD COLUMN opened BIGINT;
ALTER TABLE figure_folds ADD COLUMN opening_turn BIGINT NOT NULL DEFAULT 0;

-- The open parts, by the places of the cells and rows in the part of the same day and number. Most have none.
CREATE TABLE figure_opens (
    shop  TEXT   NOT NULL,
    day   BIGINT NOT NULL,
    part  BIGINT NOT NULL,
    cells BLOB   NOT NULL,
    PRIMARY KEY (shop, day, part)
);
