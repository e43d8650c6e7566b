-- Figures that are said of conversations or shoppers are kept for a time alone, beside those with rules of their own: from this
-- day on; null where all days are kept.
ALTER TABLE figure_apart_made ADD COLUMN since BIGINT;
