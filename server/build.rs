//! What cargo does not see by itself: a new migration, and another site to carry.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    // Only release builds carry the site; others read it from the disk.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../target/site");
    }
}
