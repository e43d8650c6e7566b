//! What the core decodes, on the server and on the device.

#[path = "of_core/changes.rs"]
mod changes;
#[path = "of_core/checks.rs"]
mod checks;
#[path = "of_core/commands.rs"]
mod commands;
#[path = "of_core/edits.rs"]
mod edits;
#[path = "of_core/examples.rs"]
mod examples;
#[path = "of_core/imports.rs"]
mod imports;
#[path = "of_core/indexes.rs"]
mod indexes;
#[path = "of_core/live.rs"]
mod live;
#[path = "of_core/logs.rs"]
mod logs;
#[path = "of_core/names.rs"]
mod names;
#[path = "of_core/pulls.rs"]
mod pulls;
#[path = "of_core/records.rs"]
mod records;
#[path = "of_core/rules.rs"]
mod rules;
#[path = "of_core/terse.rs"]
mod terse;

use crate::target::Target;

/// The targets.
pub const TARGETS: &[Target] = &[
    Target { name: "push", bytes_max: 8_192, run: commands::push, seeds: commands::push_seeds },
    Target { name: "command", bytes_max: 4_096, run: commands::command, seeds: commands::command_seeds },
    Target { name: "change", bytes_max: 4_096, run: changes::change, seeds: changes::change_seeds },
    Target { name: "pull", bytes_max: 8_192, run: pulls::pull, seeds: pulls::pull_seeds },
    Target { name: "record", bytes_max: 4_096, run: records::record, seeds: records::record_seeds },
    Target { name: "name", bytes_max: 256, run: names::name, seeds: names::name_seeds },
    Target { name: "articles", bytes_max: 8_192, run: imports::articles, seeds: imports::article_seeds },
    Target { name: "replies", bytes_max: 8_192, run: imports::replies, seeds: imports::reply_seeds },
    Target { name: "pack", bytes_max: 4_096, run: rules::pack, seeds: rules::pack_seeds },
    Target { name: "phrase", bytes_max: 1_024, run: rules::phrase, seeds: rules::phrase_seeds },
    Target { name: "policy", bytes_max: 4_096, run: rules::policy, seeds: rules::policy_seeds },
    Target { name: "picture", bytes_max: 256, run: names::picture, seeds: names::picture_seeds },
    Target { name: "check", bytes_max: 8_192, run: checks::check, seeds: checks::check_seeds },
    Target { name: "merge", bytes_max: 4_096, run: edits::merge, seeds: edits::merge_seeds },
    Target { name: "draft", bytes_max: 2_048, run: edits::draft, seeds: edits::draft_seeds },
    Target { name: "index", bytes_max: 8_192, run: indexes::index, seeds: indexes::index_seeds },
    Target { name: "log", bytes_max: 4_096, run: logs::log, seeds: logs::log_seeds },
    Target { name: "live", bytes_max: 2_048, run: live::live, seeds: live::live_seeds },
    Target { name: "terse", bytes_max: 4_096, run: terse::said, seeds: terse::said_seeds },
];
