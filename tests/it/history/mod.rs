//! What a history holds, where each content came first, and what people are told of it.

mod damage;
mod delta;
pub mod drawn;
mod leak;
mod listing;
mod memory;
mod run;
mod told;
