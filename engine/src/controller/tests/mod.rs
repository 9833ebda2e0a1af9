//! What the active controller decides, rule by rule.

mod administrator;
mod desk;
mod elections;
mod life_of_a_broker;
mod proposals;
mod quorum;
