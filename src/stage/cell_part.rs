//! A replica's cell: one path per colour and one text for all letters, however many records it shows.

use super::cells::{Cell, Role, Tile};
use super::cursors::Flag;
use super::grid::Detail;
use super::heat_part::{edge, sign};
use super::icons::{CROWN, CROWN_WIDTH};
use super::layout::Layout;
use super::palette::Colour;
use super::shapes::{Part, PartProps, boxes, outline, px, text};
use super::target::Target;
use std::fmt::Write;
use std::rc::Rc;
use yew::prelude::*;

impl Part for Cell {
    fn of(layout: &Layout, index: usize) -> Option<&Self> {
        layout.cells.get(index)
    }
}

/// A replica.
#[component]
pub(super) fn CellPart(props: &PartProps<Cell>) -> Html {
    let Some(cell) = props.part() else {
        return Html::default();
    };
    let (partition, broker) = (cell.partition, cell.broker.0);
    let role = match cell.role {
        Role::Leader(_) => "leader",
        Role::Absent(_) => "absent",
        Role::Deposed => "deposed",
        Role::InSync(_) => "in-sync",
        Role::Eligible(_) => "eligible",
        Role::OutOfSync(_) => "out-of-sync",
        Role::Fenced(_) => "fenced",
        Role::Offline(_) => "offline",
    };
    let strip = props.layout.grid.detail == Detail::Strip;
    let class = classes!(
        "thing",
        "cell",
        role,
        strip.then_some("strip"),
        cell.faded.then_some("faded"),
        props.selected.then_some("selected")
    );
    let corner = (cell.rect.h / 5.0).clamp(2.0, 9.0);
    html! {
        <g
            {class}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-pressed={props.pressed()}
            aria-label={cell.title.clone()}
            data-target={Target::Replica(partition, cell.broker).hook()}
            data-testid={format!("cell-P{partition}-B{broker}")}
        >
            { outline("outline", &cell.rect, corner) }
            { edge(cell, corner) }
            if let Some((at, width)) = cell.crown {
                <path
                    class="crown"
                    d={CROWN}
                    transform={format!("translate({} {}) scale({:.3})", px(at.x), px(at.y), width / CROWN_WIDTH)}
                />
            }
            { for cell.labels.iter().map(text) }
            if !strip {
                { tiles(cell, true) }
                { tiles(cell, false) }
                { dots(cell) }
                { fallen(cell) }
            }
            if let Some(line) = cell.watermark.filter(|_| !strip) {
                <path
                    class={classes!("watermark", line.counts.then_some("counts"))}
                    d={format!("M{} {}V{}", px(line.x), px(line.top), px(line.bottom))}
                />
            }
            if !strip {
                { cursors(cell) }
            }
            { sign(cell) }
        </g>
    }
}

/// The group's flags: filled where it would go on after a restart, open where it has come.
fn cursors(cell: &Cell) -> Html {
    let flag = |flag: Option<Flag>, class: &'static str| match flag {
        None => Html::default(),
        Some(Flag { x, pole, cloth, beyond }) => {
            let mut path = String::new();
            let _ = write!(path, "M{} {}V{}", px(x), px(pole.1), px(pole.0));
            let (out, half) = (px(cloth.0), px(cloth.1 / 2.0));
            let _ = write!(path, "l{out} {half}L{} {}", px(x), px(pole.0 + cloth.1));
            html! { <path class={classes!("cursor", class, beyond.then_some("beyond"))} d={path} /> }
        }
    };
    html! {
        <>{ flag(cell.cursors.committed, "committed") }{ flag(cell.cursors.position, "position") }</>
    }
}

/// A dot beneath each record of which its producer does not know that it is stored.
fn dots(cell: &Cell) -> Html {
    let mut path = String::new();
    for at in cell.tiles.iter().filter_map(|tile| tile.dot) {
        let _ = write!(path, "M{} {}h.01", px(at.x), px(at.y));
    }
    if path.is_empty() {
        return Html::default();
    }
    html! { <path class="unacknowledged" d={path} /> }
}

/// The records that were cut off fall out of the cell once; the jagged line where the log was cut stays for a while.
fn fallen(cell: &Cell) -> Html {
    let Some(truncated) = &cell.truncated else {
        return Html::default();
    };
    let mut teeth = String::new();
    if let Some(cut) = truncated.cut {
        let _ = write!(teeth, "M{} {}", px(cut.x), px(cut.top));
        let count = ((cut.bottom - cut.top) / 5.0).floor().max(2.0);
        let step = (cut.bottom - cut.top) / count;
        for tooth in 0..count as u32 {
            let side = if tooth % 2 == 0 { 3.0 } else { -3.0 };
            let _ = write!(teeth, "l{side} {}l{} {}", px(step / 2.0), -side, px(step / 2.0));
        }
    }
    html! {
        <>
            <g class="fallen" key={truncated.at_us.to_string()} aria-hidden="true">{ coloured(&truncated.tiles, cell.letters) }</g>
            <path class="jag" d={teeth} />
        </>
    }
}

/// The tiles below the high watermark, or those above it.
fn tiles(cell: &Cell, committed: bool) -> Html {
    coloured_if(&cell.tiles, cell.letters, committed)
}

fn coloured(tiles: &[Tile], letters: Option<f64>) -> Html {
    html! { <>{ coloured_if(tiles, letters, true) }{ coloured_if(tiles, letters, false) }</> }
}

fn coloured_if(all: &[Tile], size: Option<f64>, committed: bool) -> Html {
    let tiles = || all.iter().filter(|tile| tile.committed == committed);
    // Where tiles have an index beneath the letter, all letters make room for it.
    let lift = if all.iter().any(|tile| tile.shard.is_some()) {
        3.0
    } else {
        0.0
    };
    let mut shown: [bool; Colour::COUNT + 1] = [false; Colour::COUNT + 1];
    tiles().for_each(|tile| shown[tile.colour.index()] = true);
    if !shown.contains(&true) {
        return Html::default();
    }
    let paths = Colour::ALL
        .into_iter()
        .filter(|colour| shown[colour.index()])
        .map(|colour| {
            let mut path = String::new();
            tiles()
                .filter(|tile| tile.colour == colour)
                .for_each(|tile| rounded(&mut path, tile, committed));
            html! { <path class={classes!("record", colour.class(), (!committed).then_some("open"))} d={path} /> }
        });
    html! {
        <>
            { for paths }
            if let Some(size) = size {
                { letters(tiles(), size, lift, committed) }
                { indices(tiles(), committed) }
            }
        </>
    }
}

/// All records of a heat strip, for all cells together: two paths per colour, whether there are ten cells or hundreds.
#[component]
pub(super) fn Heat(props: &HeatProps) -> Html {
    let mut paths: [[String; 3]; Colour::COUNT + 1] = Default::default();
    for cell in &props.layout.cells {
        for tile in &cell.tiles {
            let kind = match cell.role {
                Role::Offline(_) | Role::Fenced(_) => 2,
                _ => usize::from(!tile.committed),
            };
            boxes(&mut paths[tile.colour.index()][kind], &tile.rect);
        }
    }
    let paths = Colour::ALL.into_iter().zip(paths).flat_map(|(colour, paths)| {
        paths
            .into_iter()
            .zip([None, Some("open"), Some("off")])
            .filter(|(path, _)| !path.is_empty())
            .map(move |(path, kind)| html! { <path class={classes!("record", colour.class(), kind)} d={path} /> })
    });
    // Beside what is in a strip there is no room for flags: a line through it where the group is committed, half of one
    // where it has come.
    let mut lines: [String; 2] = Default::default();
    for cell in &props.layout.cells {
        let halves = [(cell.cursors.committed, 1.0), (cell.cursors.position, 0.5)];
        for (line, (flag, part)) in lines.iter_mut().zip(halves) {
            if let Some(Flag { x, pole, .. }) = flag {
                let _ = write!(line, "M{} {}v{}", px(x), px(pole.0), px((pole.1 - pole.0) * part));
            }
        }
    }
    let [committed, position] = lines;
    html! {
        <g class="heat" aria-hidden="true">
            { for paths }
            <path class="cursor committed" d={committed} />
            <path class="cursor position" d={position} />
        </g>
    }
}

/// What [`Heat`] draws.
#[derive(Properties, PartialEq)]
pub(super) struct HeatProps {
    pub(super) layout: Rc<Layout>,
}

/// An open tile is a line, drawn within the tile's edge.
fn rounded(path: &mut String, tile: &Tile, filled: bool) {
    let rect = if filled {
        tile.rect
    } else {
        tile.rect.inset(0.5_f64.min(tile.rect.w / 4.0))
    };
    let r = (rect.w / 4.0).min(rect.h / 4.0).min(3.0);
    let (w, h) = (rect.w - 2.0 * r, rect.h - 2.0 * r);
    let _ = write!(
        path,
        "M{} {}h{w:.1}a{r:.1} {r:.1} 0 0 1 {r:.1} {r:.1}v{h:.1}a{r:.1} {r:.1} 0 0 1 -{r:.1} {r:.1}h-{w:.1}\
         a{r:.1} {r:.1} 0 0 1 -{r:.1} -{r:.1}v-{h:.1}a{r:.1} {r:.1} 0 0 1 {r:.1} -{r:.1}z",
        px(rect.x + r),
        px(rect.y),
    );
}

/// All letters in one element: each character has its own x.
fn letters<'t>(tiles: impl Iterator<Item = &'t Tile>, size: f64, lift: f64, committed: bool) -> Html {
    let (mut word, mut places, mut baseline) = (String::new(), String::new(), 0.0);
    for tile in tiles {
        let count = tile.label.chars().count();
        let size = size.min(tile.rect.w / (0.62 * count as f64));
        let centre = tile.rect.centre();
        baseline = centre.y - lift;
        for (i, letter) in tile.label.chars().enumerate() {
            let offset = (i as f64 - (count as f64 - 1.0) / 2.0) * size * 0.62;
            let _ = write!(places, "{} ", px(centre.x + offset));
            word.push(letter);
        }
    }
    let class = classes!("letters", (!committed).then_some("open"));
    html! {
        <text {class} x={places} y={px(baseline + size * 0.36)} font-size={px(size)} text-anchor="middle">{ word }</text>
    }
}

/// Beneath the letters of salted and compound keys: which of the subject's keys it is.
fn indices<'t>(tiles: impl Iterator<Item = &'t Tile>, committed: bool) -> Html {
    const SIZE: f64 = 7.5;
    let (mut word, mut places, mut baseline) = (String::new(), String::new(), 0.0);
    for (tile, shard) in tiles.filter_map(|tile| Some((tile, tile.shard.as_deref()?))) {
        let step = SIZE * 0.6;
        let left = tile.rect.centre().x - step * (shard.chars().count() as f64 - 1.0) / 2.0;
        baseline = tile.rect.bottom() - 2.5;
        for (i, character) in shard.chars().enumerate() {
            let _ = write!(places, "{} ", px(left + step * i as f64));
            word.push(character);
        }
    }
    if word.is_empty() {
        return Html::default();
    }
    let class = classes!("letters", "index", (!committed).then_some("open"));
    html! { <text {class} x={places} y={px(baseline)} font-size={px(SIZE)} text-anchor="middle">{ word }</text> }
}
