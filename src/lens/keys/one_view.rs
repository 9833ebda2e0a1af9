//! One key on its way to a partition, and the same key by other clients.

use super::bytes::{glyphs, word};
use super::clients;
use super::room::{KeysRoom, Msg};
use super::steps;
use crate::lens::captions::signed;
use crate::ui::format::grouped;
use crate::ui::icon::{Icon, Sign};
use partitura_engine::producer::murmur2::{murmur2, to_positive};
use web_sys::HtmlInputElement;
use yew::{Context, Html, InputEvent, TargetCast, html};

/// How many characters are shown with their bytes.
const SHOWN: usize = 48;

impl KeysRoom {
    /// The left part.
    pub(super) fn one(&self, ctx: &Context<Self>) -> Html {
        let n = self.n(ctx.props());
        let typed = |event: InputEvent| Msg::Key(event.target_unchecked_into::<HtmlInputElement>().value());
        html! {
            <section class="panel left keys-one" aria-label="One key">
                <div class="lens">
                    <p class="eyebrow">{ "Where does my key go?" }</p>
                    <label class="keys-label">
                        { "Key" }
                        <input
                            class="field mono"
                            type="text"
                            autocomplete="off"
                            spellcheck="false"
                            data-testid="keys-key"
                            placeholder="the empty key"
                            value={self.key.clone()}
                            oninput={ctx.link().callback(typed)}
                        />
                    </label>
                    { self.computed(n) }
                    <details class="keys-steps">
                        <summary data-testid="keys-steps"><Sign icon={Icon::Chevron} />{ "Step by step" }</summary>
                        { table_of_steps(self.key.as_bytes(), n) }
                    </details>
                    { self.clients(n) }
                </div>
            </section>
        }
    }

    /// Bytes, hash, positive, partition.
    fn computed(&self, n: u32) -> Html {
        let key = self.key.as_bytes();
        let hash = murmur2(key);
        let positive = to_positive(hash);
        let more = self.key.chars().count().saturating_sub(SHOWN);
        let glyph = |glyph: super::bytes::Glyph| {
            let class = if glyph.hex.len() > 1 { "wide" } else { "" };
            html! { <li {class}><b>{ glyph.shown }</b><span class="mono">{ glyph.hex.join(" ") }</span></li> }
        };
        html! {
            <ol class="keys-way" aria-label="From the key to its partition">
                <li>
                    <p class="keys-what">{ crate::ui::format::counted(key.len() as u64, "byte") }<small>{ "the key in UTF-8" }</small></p>
                    if key.is_empty() {
                        <p class="empty">{ "No bytes: an empty key is a key all the same. Only a record with no key at all has no place of its own." }</p>
                    }
                    <ol class="keys-bytes" data-testid="keys-bytes" aria-label="Bytes">
                        { for glyphs(&self.key, SHOWN).into_iter().map(glyph) }
                        if more > 0 { <li class="keys-more">{ format!("+{more}") }</li> }
                    </ol>
                </li>
                <li>
                    <p class="keys-what">{ "murmur2" }<small>{ "seed 0x9747b28c" }</small></p>
                    <p class="mono keys-value">
                        <span data-testid="keys-hash" data-value={hash.to_string()}>{ signed(hash) }</span>
                        <small>{ word(hash.cast_unsigned()) }</small>
                    </p>
                </li>
                <li>
                    <p class="keys-what">{ "toPositive" }<small>{ if hash < 0 { "the sign bit dropped" } else { "it has no sign" } }</small></p>
                    <p class="mono keys-value"><span>{ grouped(u64::from(positive)) }</span><small>{ word(positive) }</small></p>
                </li>
                <li class="keys-end" aria-live="polite">
                    <p class="keys-what">{ format!("mod {n}") }<small>{ "the partition" }</small></p>
                    <p class="keys-value"><b data-testid="keys-partition">{ format!("P{}", positive % n) }</b></p>
                </li>
            </ol>
        }
    }

    fn clients(&self, n: u32) -> Html {
        let (warns, verdict) = clients::verdict(self.key.as_bytes(), n);
        let row = |row: clients::ClientRow| {
            let place = row
                .partition
                .map_or("any".to_owned(), |partition| format!("P{partition}"));
            html! {
                <tr class={if row.as_java { "" } else { "other" }}>
                    <th scope="row"><code>{ row.rule }</code><small>{ row.who }{ " · " }{ row.algorithm }</small></th>
                    <td class="mono">{ if row.as_java { "" } else { "≠ " } }<b>{ place }</b></td>
                </tr>
            }
        };
        html! {
            <section class="keys-clients" aria-label="The same key by other clients" data-testid="keys-clients">
                <h3>{ "The same key by other clients" }</h3>
                <p class={if warns { "keys-verdict warns" } else { "keys-verdict" }} data-testid="keys-verdict">
                    if warns { <Sign icon={Icon::Alert} /> }
                    <span>{ verdict }</span>
                </p>
                if let Some(apart) = &self.apart { <p class="keys-said">{ apart }</p> }
                <table class="figures"><tbody>{ for clients::rows(self.key.as_bytes(), n).into_iter().map(row) }</tbody></table>
            </section>
        }
    }
}

fn table_of_steps(key: &[u8], n: u32) -> Html {
    let line = |line: steps::Line| {
        html! {
            <>
                if let Some(title) = line.title { <tr><th colspan="2" scope="colgroup">{ title }</th></tr> }
                <tr><td>{ line.what }</td><td class="mono">{ line.value }</td></tr>
            </>
        }
    };
    html! { <table class="keys-table"><tbody>{ for steps::lines(key, n).into_iter().map(line) }</tbody></table> }
}
