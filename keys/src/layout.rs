//! How a file of keys is to be read: what a person can choose in the picker.

/// The separators between columns that are recognised.
pub const SEPARATORS: [u8; 4] = *b",;\t|";

/// How rows and fields are told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// One key a line, taken as it is.
    List,
    /// Columns with this separator, and RFC 4180's quotes: CSV, and TSV with a tab.
    Delimited(u8),
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// CSV with commas.
    pub const CSV: Self = Self::Delimited(b',');
    /// Columns with tabs between.
    pub const TSV: Self = Self::Delimited(b'\t');
}

/// Where in a row something is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Field {
    /// The column of this number, from 0. In a list there is only column 0: the line.
    Column(usize),
    /// A field of a JSON object, with a dot for each step inwards: `user.id`. A field whose own name has the dots is found
    /// as well. The empty path is the line's whole value, for lines that are strings or numbers.
    Path(String),
}

/// How to read a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Layout {
    /// How rows and fields are told apart.
    pub format: Format,
    /// Whether the first row has the names of the columns. Has no meaning for JSON Lines.
    pub has_header: bool,
    /// Where the key is.
    pub key: Field,
    /// Where the weight is: how much this row counts. Without, every row counts 1.
    pub weight: Option<Field>,
    /// Where the time is. Without, there is no rate.
    pub timestamp: Option<Field>,
}

impl Layout {
    /// One key a line, nothing else.
    #[must_use]
    pub fn list() -> Self {
        Self {
            format: Format::List,
            has_header: false,
            key: Field::Column(0),
            weight: None,
            timestamp: None,
        }
    }
}
