//! What cargo does not see by itself: a new migration, and another site to carry.

/// Where `make site` puts the site.
const SITE: &str = "../target/site";

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    // Without a site the server compiles as well, and says so at the desk's address.
    if let Err(error) = std::fs::create_dir_all(SITE) {
        println!("cargo::warning={SITE} cannot be made: {error}");
    }
    // Only release builds carry the site; others read it from the disk.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={SITE}");
    }
}
