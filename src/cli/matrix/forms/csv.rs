//! The permission table for spreadsheets.

use super::super::shown::{Mark, Shown, word};
use crate::analysis::{Cell, RoleGrant};
use std::io::{self, Write};

/// One record a permission: `yes`, `no` or the condition in each field, and behind it how it came to the role.
pub(in super::super) fn csv(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    let documented = shown.documented();
    let mut writer = csv::Writer::from_writer(out);
    let mut head = vec![String::from("permission")];
    head.extend(shown.matrix.roles.iter().map(|&role| shown.role(role)));
    head.extend(documented.then(|| String::from("description")));
    writer.write_record(&head)?;
    for row in &shown.matrix.rows {
        let mut record = vec![shown.permission(row.permission)];
        record.extend(row.cells.iter().map(field));
        record.extend(documented.then(|| shown.permission_doc(row.permission).unwrap_or_default()));
        writer.write_record(&record)?;
    }
    writer.flush()
}

fn field(cell: &Cell) -> String {
    let mut field = match &cell.grant {
        RoleGrant::When(expr) => expr.to_string(),
        grant => String::from(word(grant)),
    };
    if let Some(mark) = Mark::of(cell) {
        field.push_str(&format!(" ({})", mark.word()));
    }
    field
}
