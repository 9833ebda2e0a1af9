//! What the policy costs, and the runs that it can be compared with, on the page.

use super::cost::Cost;
use super::scene::Scene;
use super::view::Wish;
use crate::ui::format::grouped;
use yew::{Callback, Html, html};

/// The figures of this run.
pub(super) fn costs(scene: &Scene, is_one: bool, on: &Callback<Wish>) -> Html {
    let row = |cost: &Cost| {
        html! {
            <tr>
                <th scope="row">{ cost.name }<small>{ cost.about.clone() }</small></th>
                <td
                    class={if cost.count > 0 { "mono some" } else { "mono" }}
                    data-testid={format!("cost-{}", cost.id)}
                    data-value={cost.count.to_string()}
                >{ grouped(cost.count) }</td>
            </tr>
        }
    };
    html! {
        <section class="retries-part retries-costs" aria-labelledby="costs-title">
            <header><h3 id="costs-title">{ "What it costs" }<small>{ "records of this run" }</small></h3></header>
            <table class="figures"><tbody>{ for scene.costs.iter().map(row) }</tbody></table>
            if is_one {
                <p class="retries-compare">
                    <span>{ "Compare with" }</span>
                    { for scene.trials.iter().map(|trial| {
                        let wanted = trial.clone();
                        html! {
                            <button
                                type="button"
                                class="quiet"
                                data-testid={format!("compare-{}", trial.title.replace(' ', "-"))}
                                onclick={on.reform(move |_| Wish::Compare(wanted.clone()))}
                            >{ trial.title.clone() }</button>
                        }
                    }) }
                </p>
            }
        </section>
    }
}
