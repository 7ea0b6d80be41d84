//! A table that stands for a drawing, for who cannot see that or wants to take it along.

/// Columns and rows, all as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            columns: columns.iter().map(|name| (*name).to_string()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Lines of cells between tabs, as spreadsheets take them; tabs and line ends in a cell become spaces.
    pub fn tsv(&self) -> String {
        let line = |cells: &Vec<String>| {
            let clean: Vec<_> = cells
                .iter()
                .map(|cell| cell.replace(['\t', '\n', '\r'], " "))
                .collect();
            clean.join("\t") + "\n"
        };
        line(&self.columns) + &self.rows.iter().map(line).collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_taken_along_as_lines_of_cells_between_tabs() {
        let mut table = Table::new(&["Member", "Score"]);
        table.row(["a\tb".to_string(), "1".to_string()]);
        assert_eq!(table.tsv(), "Member\tScore\na b\t1\n");
    }
}
