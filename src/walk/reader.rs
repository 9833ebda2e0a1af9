//! The reader: the open step's text, and the way on.

use crate::session::intent::Intent;
use crate::ui::icon::{Icon, Sign};
use crate::ui::term::Term;
use partitura_engine::scenario::{Glossary, Scenario, Span, Step, Text};
use std::rc::Rc;
use web_sys::Element;
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

/// What the reader is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The scenario.
    pub scenario: Rc<Scenario>,
    /// The open step, from 0.
    pub step: usize,
    /// Something is wanted.
    pub on_intent: Callback<Intent>,
    /// The reader is to be folded away.
    pub on_fold: Callback<()>,
}

/// The reader.
#[component]
pub fn Reader(props: &Props) -> Html {
    let body = use_node_ref();
    use_effect_with((props.step, body.clone()), |(_, body)| {
        if let Some(body) = body.cast::<Element>() {
            body.set_scroll_top(0);
        }
    });
    let count = props.scenario.steps.len();
    let Some(step) = props.scenario.steps.get(props.step) else {
        return Html::default();
    };
    let glossary = &props.scenario.glossary;
    let number = props.step;
    html! {
        <>
            <div class="walk-head">
                <p class="eyebrow" data-testid="step-number">{ format!("Step {} of {count}", number + 1) }</p>
                <div class="beats" aria-hidden="true">
                    { for (0..count).map(|n| html! { <i class={beat(n, number)}></i> }) }
                </div>
                <button
                    type="button"
                    class="ghost square"
                    aria-label="Fold the reader away"
                    title="Fold the reader away"
                    data-testid="fold-reader"
                    onclick={props.on_fold.reform(|_| ())}
                >
                    <Sign icon={Icon::FoldLeft} />
                </button>
            </div>
            <div class="walk-body" ref={body} key={number} tabindex="-1" aria-live="polite">
                <h2 data-testid="step-title">{ step.title.clone() }</h2>
                { for step.paragraphs.iter().map(|text| html! { <p>{ prose(text, glossary) }</p> }) }
                { said(step, glossary) }
            </div>
            <div class="walk-foot">
                <div class="walk-nav">
                    <button
                        type="button"
                        class="quiet"
                        data-testid="back"
                        disabled={number == 0}
                        onclick={props.on_intent.reform(|_| Intent::PreviousStep)}
                    >
                        { "Back" }
                    </button>
                    <button
                        type="button"
                        class="quiet square"
                        aria-label="Play this step again"
                        title="Play this step again"
                        data-testid="replay-step"
                        onclick={props.on_intent.reform(move |_| Intent::GoToStep(number))}
                    >
                        <Sign icon={Icon::Replay} />
                    </button>
                    <button
                        type="button"
                        class="strong"
                        data-testid="next"
                        disabled={number + 1 >= count}
                        onclick={props.on_intent.reform(|_| Intent::NextStep)}
                    >
                        { "Next" }
                    </button>
                </div>
            </div>
        </>
    }
}

fn beat(beat: usize, open: usize) -> &'static str {
    match beat.cmp(&open) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "on",
        std::cmp::Ordering::Greater => "",
    }
}

fn said(step: &Step, glossary: &Glossary) -> Html {
    let Some(say) = &step.say else { return Html::default() };
    html! {
        <figure class="say">
            <figcaption class="eyebrow">{ "In an interview" }</figcaption>
            <blockquote>{ prose(say, glossary) }</blockquote>
        </figure>
    }
}

fn prose(text: &Text, glossary: &Glossary) -> Html {
    text.0.iter().map(|span| self::span(span, glossary)).collect()
}

fn span(span: &Span, glossary: &Glossary) -> Html {
    match span {
        Span::Text(words) => html! { words.clone() },
        Span::Code(code) => html! { <code>{ code.clone() }</code> },
        Span::Emphasis(words) => html! { <strong>{ words.clone() }</strong> },
        Span::Term { term, shown } => match glossary.get(term) {
            Some(meaning) => html! { <Term word={shown.clone()} title={term.clone()} meaning={meaning.to_string()} /> },
            None => html! { shown.clone() },
        },
    }
}
