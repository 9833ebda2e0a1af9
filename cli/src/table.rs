//! Tables for the terminal.

use std::fmt::Write as _;

/// Writes rows under a head, each column as wide as it must be. The first column stands to the left, the others, which
/// are numbers, to the right.
pub(crate) fn render(head: &[&str], rows: &[Vec<String>]) -> String {
    let width_of = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width_of).collect();
    let mut text = String::new();
    line(&mut text, head.iter().copied(), &widths);
    for row in rows {
        line(&mut text, row.iter().map(String::as_str), &widths);
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
    let mut row = String::new();
    for (column, (cell, width)) in cells.zip(widths).enumerate() {
        let _ = if column == 0 {
            write!(row, "{cell:<width$}")
        } else {
            write!(row, "  {cell:>width$}")
        };
    }
    text.push_str(row.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let rows = [
            vec!["a".to_owned(), "1000".to_owned()],
            vec!["longer".to_owned(), "7".to_owned()],
        ];
        assert_eq!(
            render(&["key", "n"], &rows),
            "key        n\na       1000\nlonger     7\n"
        );
    }
}
