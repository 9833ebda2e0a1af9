//! What the application does with a record that it cannot process: its `failure.policy`.

use super::processing::InHand;
use super::{Consumer, Role};
use crate::application::{Destination, FailurePolicy};
use crate::log::FailureWhy;
use crate::node::Ctx;
use crate::trace::{Fact, PauseWhy};
use crate::wire::Micros;

impl Consumer {
    /// The tier that this consumer reads; 0 for the topic itself.
    pub(super) fn tier(&self) -> u8 {
        match self.config.role {
            Role::Retry(tier) => tier,
            Role::Main | Role::DeadLetter => 0,
        }
    }

    /// An attempt has failed. Answers whether the application goes on at once.
    pub(super) fn fail(&mut self, hand: InHand, why: FailureWhy, ctx: &mut Ctx) -> bool {
        let attempt = self.attempts_at(&hand) + 1;
        ctx.record_as_cause(Fact::AttemptFailed {
            partition: hand.partition,
            offset: hand.offset,
            subject: hand.record.subject,
            sequence: hand.record.sequence,
            attempt,
            why,
        });
        match self.config.application.policy {
            FailurePolicy::Skip => self.skip(&hand, ctx),
            FailurePolicy::Stop => {
                self.application.stopped.failed(hand.partition, hand.offset, attempt);
                let wait_us = self.config.application.delays.after_for_ever(attempt);
                let until_us = ctx.now() + self.jittered(wait_us, ctx);
                self.pause_here(&hand, until_us, PauseWhy::Stopped, ctx);
            }
            FailurePolicy::InPlace => return self.try_again_in_place(&hand, attempt, why, ctx),
            FailurePolicy::RetryTopics => {
                let tier = self.tier() + 1;
                let delay_us = self.config.application.delays.after(tier.into());
                match delay_us.filter(|_| tier <= self.config.application.tiers()) {
                    Some(delay_us) => {
                        let due_us = ctx.now() + self.jittered(delay_us, ctx);
                        self.send_on(&hand, Destination::Tier(tier), (attempt, why, due_us), ctx);
                    }
                    None => self.give_up_on(&hand, attempt, why, ctx),
                }
            }
        }
        true
    }

    /// How many attempts at it have failed before.
    fn attempts_at(&self, hand: &InHand) -> u32 {
        match self.config.application.policy {
            FailurePolicy::Skip => 0,
            FailurePolicy::Stop => self.application.stopped.attempts(hand.partition, hand.offset),
            FailurePolicy::InPlace => self.application.failed.map_or(0, |(attempts, _)| attempts),
            FailurePolicy::RetryTopics => hand.headers.map_or(0, |headers| headers.attempt),
        }
    }

    /// The application waits where it is. It does not poll meanwhile, so all behind the record wait with it, in every
    /// partition that the consumer owns; and when it takes longer than `max.poll.interval.ms` the group goes on without it.
    fn try_again_in_place(&mut self, hand: &InHand, attempt: u32, why: FailureWhy, ctx: &mut Ctx) -> bool {
        let since = self.application.failed.map_or(ctx.now(), |(_, since)| since);
        let Some(delay_us) = self.config.application.delays.after(attempt) else {
            self.give_up_on(hand, attempt, why, ctx);
            self.application.failed = None;
            return true;
        };
        self.application.failed = Some((attempt, since));
        let wait_us = self.jittered(delay_us, ctx) + self.processing_us();
        self.try_in(wait_us, ctx);
        false
    }

    /// The last attempt has failed.
    fn give_up_on(&mut self, hand: &InHand, attempt: u32, why: FailureWhy, ctx: &mut Ctx) {
        if self.config.application.has_dead_letters() {
            self.send_on(hand, Destination::DeadLetters, (attempt, why, ctx.now()), ctx);
        } else {
            self.skip(hand, ctx);
        }
    }

    /// Passes the record in hand over.
    fn skip(&mut self, hand: &InHand, ctx: &mut Ctx) {
        ctx.record(Fact::RecordSkipped {
            partition: hand.partition,
            offset: hand.offset,
            subject: hand.record.subject,
            sequence: hand.record.sequence,
        });
        if let Some(key) = hand.record.key {
            ctx.downstream
                .keys
                .leave(key, (hand.record.subject, hand.record.sequence));
        }
        let handled = ctx.downstream.handled(self.config.account);
        handled.done(hand.partition, hand.offset..hand.offset + 1);
        self.pass(hand);
    }

    /// The record in hand needs nothing more of this consumer.
    pub(super) fn pass(&mut self, hand: &InHand) {
        self.take_one();
        self.fetcher.owned[hand.slot].processed = hand.offset + 1;
        self.after_record();
    }

    /// A delay, longer or shorter by chance: `retry.jitter.percent` of it at most. Without jitter nothing is drawn.
    fn jittered(&self, delay_us: Micros, ctx: &mut Ctx) -> Micros {
        let most = delay_us * u64::from(self.config.application.jitter_percent) / 100;
        if most == 0 {
            return delay_us;
        }
        delay_us - most + ctx.random().below_u64(2 * most + 1)
    }

    /// Before any attempt: a record that is not due yet has its partition paused, and one whose key is in retry follows it.
    /// Answers whether the record in hand is not in hand any more.
    pub(super) fn sets_aside(&mut self, ctx: &mut Ctx) -> bool {
        let Some(hand) = self.in_hand() else { return false };
        if self.application.failed.is_some() {
            return false;
        }
        if let (Role::Retry(_), Some(headers)) = (self.config.role, hand.headers)
            && headers.due_us > ctx.now()
        {
            self.pause_here(&hand, headers.due_us, PauseWhy::NotDue, ctx);
            return true;
        }
        let key = hand.record.key.filter(|_| self.config.application.keep_order);
        let Some(key) = key else { return false };
        let id = (hand.record.subject, hand.record.sequence);
        let Some(tier) = ctx.downstream.keys.follows_to(key, self.tier(), id) else {
            return false;
        };
        let attempts = hand.headers.map_or(0, |headers| headers.attempt);
        let now = ctx.now();
        self.send_on(
            &hand,
            Destination::Tier(tier),
            (attempts, FailureWhy::Follows, now),
            ctx,
        );
        true
    }
}
