//! Reads a file or a pasted text in slices of a few milliseconds, so that the page stays alive meanwhile.

use partitura_keys::{Format, Guess, Import, Importer, Layout, detect, detect_as, detect_with_header};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::Uint8Array;
use yew::Callback;
use yew::platform::{spawn_local, time::sleep};

/// Where the rows come from. They are read again when another layout is wanted.
#[derive(Clone, PartialEq)]
pub(super) enum Origin {
    /// Pasted or typed.
    Text(Rc<str>),
    /// A file on the person's own disk.
    File(web_sys::File),
}

/// How a file is to be read.
pub(super) enum How {
    /// As its first bytes suggest.
    Guess,
    /// In that format.
    As(Format),
    /// With names in the first row, or without.
    Header(Format, bool),
    /// By that layout.
    By(Layout),
}

impl How {
    /// The layout, and a new guess if there is one.
    fn layout(self, start: &[u8]) -> (Layout, Option<Guess>) {
        let guess = match self {
            How::By(layout) => return (layout, None),
            How::Guess => detect(start),
            How::As(format) => detect_as(start, format),
            How::Header(Format::Delimited(separator), has_header) => detect_with_header(start, separator, has_header),
            How::Header(format, has_header) => {
                let guess = detect_as(start, format);
                Guess {
                    layout: Layout {
                        has_header,
                        ..guess.layout
                    },
                    ..guess
                }
            }
        };
        (guess.layout.clone(), Some(guess))
    }
}

/// What is told of a reading.
pub(super) enum Fed {
    /// How far it is: bytes of bytes, and rows.
    Progress(u64, u64, u64),
    /// It is done. The guess is there if no layout was given.
    Done(Box<Import>, Layout, Option<Guess>),
    /// It cannot be read.
    Failed(String),
}

/// A reading under way. It stops when this is dropped.
pub(super) struct Feed {
    wanted: Rc<Cell<bool>>,
}

/// How long the page is busy at a time, in milliseconds.
const SLICE_MS: f64 = 7.0;
/// How often it is told how far the reading is, in milliseconds: each time, the room is drawn anew.
const TOLD_EVERY_MS: f64 = 60.0;
/// How many bytes are read between two looks at the clock.
const PIECE_BYTES: usize = 64 << 10;
/// How many bytes are asked of the disk at a time.
const CHUNK_BYTES: u64 = 2 << 20;
/// How many bytes show what a file is.
const START_BYTES: usize = 64 << 10;
/// A larger file is not opened.
pub(super) const MOST_BYTES: u64 = 1 << 30;

impl Drop for Feed {
    fn drop(&mut self) {
        self.wanted.set(false);
    }
}

impl Origin {
    fn len(&self) -> u64 {
        match self {
            Origin::Text(text) => text.len() as u64,
            Origin::File(file) => file.size() as u64,
        }
    }

    /// The bytes from there on, as many as are asked for at a time.
    async fn chunk(&self, from: u64) -> Result<Vec<u8>, String> {
        let to = (from + CHUNK_BYTES).min(self.len());
        match self {
            Origin::Text(text) => Ok(text.as_bytes()[from as usize..to as usize].to_vec()),
            Origin::File(file) => {
                let gone = || "The file cannot be read. Has it been moved or changed?".to_owned();
                let part = file
                    .slice_with_f64_and_f64(from as f64, to as f64)
                    .map_err(|_| gone())?;
                let buffer = JsFuture::from(part.array_buffer()).await.map_err(|_| gone())?;
                Ok(Uint8Array::new(&buffer).to_vec())
            }
        }
    }
}

impl Feed {
    /// Starts to read.
    #[must_use]
    pub(super) fn start(origin: Origin, how: How, on_fed: Callback<Fed>) -> Self {
        let wanted = Rc::new(Cell::new(true));
        let still = wanted.clone();
        spawn_local(async move {
            let fed = read(&origin, how, &still, &on_fed).await;
            if still.get() {
                on_fed.emit(fed.unwrap_or_else(Fed::Failed));
            }
        });
        Self { wanted }
    }
}

fn now() -> f64 {
    gloo::utils::window().performance().map_or(0.0, |clock| clock.now())
}

async fn read(origin: &Origin, how: How, still: &Cell<bool>, on_fed: &Callback<Fed>) -> Result<Fed, String> {
    let whole = origin.len();
    if whole > MOST_BYTES {
        return Err("The file is larger than 1 GB: that is more than a page should hold.".to_owned());
    }
    let mut chunk = origin.chunk(0).await?;
    let start = &chunk[..chunk.len().min(START_BYTES)];
    if is_binary(start) {
        return Err("This is not a text file: it has bytes that no text has. A CSV, TSV or JSON Lines file is wanted, or a list of keys.".to_owned());
    }
    let (layout, guess) = how.layout(start);
    let mut importer = Importer::new(layout.clone());
    let (mut from, mut since) = (0, now());
    let mut told = since;
    loop {
        for piece in chunk.chunks(PIECE_BYTES) {
            let progress = importer.push(piece);
            if now() - since > SLICE_MS {
                if now() - told > TOLD_EVERY_MS {
                    told = now();
                    on_fed.emit(Fed::Progress(progress.bytes, whole, progress.rows));
                }
                // Another turn of the event loop: frames and keys come first.
                sleep(Duration::ZERO).await;
                since = now();
            }
            if !still.get() {
                return Err(String::new());
            }
        }
        from += chunk.len() as u64;
        if from >= whole || chunk.is_empty() {
            break;
        }
        chunk = origin.chunk(from).await?;
        since = now();
    }
    Ok(Fed::Done(Box::new(importer.finish()), layout, guess))
}

/// Whether that is the start of no text: pictures, archives and Parquet files have zeros in their first bytes.
fn is_binary(start: &[u8]) -> bool {
    start.contains(&0)
}
