//! Scenarios from files: chosen in a dialog, or dropped on the page. No link can carry one.

use crate::session::desk::Desk;
use crate::session::{Plan, Session};
use crate::ui::notices::Problems;
use partitura_engine::scenario::Scenario;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList, HtmlInputElement};
use yew::platform::spawn_local;
use yew::{Callback, NodeRef};

/// A larger file is no scenario.
const MOST_BYTES: f64 = 1_000_000.0;

/// Opens the browser's dialog.
pub(super) fn ask(input: &NodeRef) {
    if let Some(input) = input.cast::<HtmlInputElement>() {
        // The same file may be chosen again, after it was changed.
        input.set_value("");
        input.click();
    }
}

/// Reads the first of these files, and tells its name and its text, or why it cannot be read.
pub(super) fn read(files: Option<FileList>, on_read: Callback<(String, Result<String, String>)>) {
    let Some(file) = files.and_then(|files| files.get(0)) else {
        return;
    };
    spawn_local(async move {
        let text = text_of(&file).await;
        on_read.emit((file.name(), text));
    });
}

async fn text_of(file: &File) -> Result<String, String> {
    if file.size() > MOST_BYTES {
        return Err("it is larger than a scenario can be".to_owned());
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "it cannot be read".to_owned())
}

/// The run of a file.
///
/// # Errors
///
/// Says what is wrong, and where.
pub(super) fn open(name: &str, text: Result<String, String>) -> Result<Desk, Problems> {
    let problem = |line: String| Problems {
        title: format!("{name} cannot be played."),
        outcome: "The run that was open stays.".to_owned(),
        lines: vec![line],
    };
    let text = text.map_err(problem)?;
    let scenario =
        Scenario::parse(&text).map_err(|e| problem(format!("line {}, column {}: {}", e.line, e.column, e.message)))?;
    let session = Session::open(Plan::of(Rc::new(scenario))).map_err(problem)?;
    Ok(Desk::new(session))
}

/// The files that were dropped.
pub(super) fn dropped(event: &web_sys::DragEvent) -> Option<FileList> {
    event.data_transfer()?.files()
}

/// The files that were chosen.
pub(super) fn chosen(event: &web_sys::Event) -> Option<FileList> {
    event.target()?.dyn_into::<HtmlInputElement>().ok()?.files()
}
