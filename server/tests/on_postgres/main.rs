//! Every story of the server once more, told of PostgreSQL, and those that only several nodes can tell.

mod addresses;
mod load;
mod nodes;

#[path = "../stories/answers.rs"]
mod answers;
#[path = "../stories/bounding.rs"]
mod bounding;
#[path = "../stories/bringing.rs"]
mod bringing;
#[path = "../stories/checking.rs"]
mod checking;
#[path = "../stories/closing.rs"]
mod closing;
#[path = "../stories/coaching.rs"]
mod coaching;
#[path = "../stories/compacting.rs"]
mod compacting;
#[path = "../stories/counting.rs"]
mod counting;
#[path = "../stories/defining.rs"]
mod defining;
#[path = "../stories/devices.rs"]
mod devices;
#[path = "../stories/drafting.rs"]
mod drafting;
#[path = "../stories/erasing.rs"]
mod erasing;
#[path = "../stories/figures.rs"]
mod figures;
#[path = "../stories/filling.rs"]
mod filling;
#[path = "../stories/histories.rs"]
mod histories;
#[path = "../stories/imports.rs"]
mod imports;
#[path = "../stories/killed.rs"]
mod killed;
#[path = "../stories/live.rs"]
mod live;
#[path = "../stories/logs.rs"]
mod logs;
#[path = "../stories/looking.rs"]
mod looking;
#[path = "../stories/merging.rs"]
mod merging;
#[path = "../stories/metering.rs"]
mod metering;
#[path = "../stories/opening.rs"]
mod opening;
#[path = "../stories/overloading.rs"]
mod overloading;
#[path = "../stories/owning.rs"]
mod owning;
#[path = "../stories/pictures.rs"]
mod pictures;
#[path = "../stories/planning.rs"]
mod planning;
#[path = "../stories/reporting.rs"]
mod reporting;
#[path = "../stories/restoring.rs"]
mod restoring;
#[path = "../stories/reviewing.rs"]
mod reviewing;
#[path = "../stories/saying.rs"]
mod saying;
#[path = "../stories/sheets.rs"]
mod sheets;
#[path = "../stories/signing_in.rs"]
mod signing_in;
#[path = "../stories/standing.rs"]
mod standing;
#[path = "../stories/starting.rs"]
mod starting;
#[path = "../stories/syncing.rs"]
mod syncing;
#[path = "../stories/trending.rs"]
mod trending;
#[path = "../stories/upgrading.rs"]
mod upgrading;
#[path = "../stories/watching.rs"]
mod watching;
#[path = "../stories/writing.rs"]
mod writing;

#[path = "../door/mod.rs"]
mod door;
#[path = "../visitor/page.rs"]
mod visitor;

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use qinda_server::store::Place;
use support::{TestShop, aside, database};

/// The stories of files, and those that need no database.
const OF_FILES_ALONE: [&str; 3] = ["files.rs", "main.rs", "measuring.rs"];

#[test]
fn no_story_is_left_out() {
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let names = std::fs::read_dir(stories).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let told = include_str!("main.rs");
    let left_out: Vec<String> = names
        .filter(|name| !OF_FILES_ALONE.contains(&name.as_str()) && !told.contains(&format!("../stories/{name}")))
        .collect();
    assert_eq!(left_out, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_ends_the_same_on_both_databases() {
    for seed in 100..104 {
        let on_server = histories::tell(seed, TestShop::open_at_ten().await).await;
        let file = |directory: &Path| Place::File(directory.join("qinda.db"));
        let on_file = histories::tell(seed, TestShop::open_at_ten_in(file).await).await;
        assert_eq!(on_server, on_file, "history {seed}");
    }
}
