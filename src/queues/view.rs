//! The room on the page. It follows the run with the stage, some ten times a second; what it shows is bounded.

use super::figures_view::figures;
use super::scene::Scene;
use super::share_view::shares;
use super::topic_view::topic;
use super::work_view::work;
use crate::session::intent::Intent;
use yew::{Callback, Html, html};

/// The room of that moment; `points` says that the open step points at the share groups.
pub fn room(scene: &Scene, points: bool, on: &Callback<Intent>) -> Html {
    html! {
        <section class="queues" aria-label="Queue or stream" data-testid="queues" tabindex="0">
            <h2 class="visually-hidden">{ "Queue or stream: the same records three times" }</h2>
            <p class="visually-hidden" data-testid="queue-summary">{ &scene.summary }</p>
            <div class="q-room">
                <div class="q-bands">
                    { work(scene.work.as_ref(), on) }
                    { topic(scene, on) }
                    { shares(&scene.shares, points, on) }
                </div>
                { figures(&scene.rows) }
            </div>
        </section>
    }
}
