//! Everything that is tested from outside, in one binary.

mod fixture;
mod git_situations;
mod push;
