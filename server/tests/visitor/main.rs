//! The shopper's page.

mod page;

#[path = "../support/aside.rs"]
mod aside;
#[path = "../support/database.rs"]
mod database;
#[path = "../door/mod.rs"]
mod door;
