//! Parts that several areas of the screen are built of.

pub(crate) mod blank;
pub(crate) mod choose_picture;
pub(crate) mod clock;
pub(crate) mod copy;
pub(crate) mod icon;
pub(crate) mod left_behind;
pub(crate) mod marked;
pub(crate) mod picture;
pub(crate) mod pin;
pub(crate) mod removal;
pub(crate) mod rows;
pub(crate) mod search_box;
pub(crate) mod sheet;
pub(crate) mod shrink;
pub(crate) mod when;
