//! What the server alone decodes.

#[path = "../../server/src/cli/import/encoding.rs"]
mod encoding;
#[path = "of_server/files.rs"]
mod files;
#[path = "../../server/src/web/visitor/hearsay.rs"]
mod hearsay;
#[path = "../../server/src/web/visitor/posted.rs"]
mod posted;
#[path = "of_server/workbooks.rs"]
mod workbooks;

use crate::target::Target;

/// The targets.
pub const TARGETS: &[Target] = &[
    Target { name: "sheet", bytes_max: 16_384, run: workbooks::sheet, seeds: workbooks::sheet_seeds },
    Target { name: "workbook", bytes_max: 8_192, run: workbooks::workbook, seeds: workbooks::workbook_seeds },
    Target { name: "file", bytes_max: 4_096, run: files::file, seeds: files::file_seeds },
    Target { name: "shopper", bytes_max: 2_048, run: files::shopper, seeds: files::shopper_seeds },
];
