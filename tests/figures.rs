//! The figures of a shop: cases worked out by hand, and a slow implementation that nobody doubts, against the one that runs.

mod figures {
    mod apart;
    mod golden;
    mod opening;
    mod random;
    mod reference;
    mod rollup;
    mod script;
    mod sketch;
}
