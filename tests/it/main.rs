//! Every integration test, in one binary: a module for each room.

mod deps;
mod fixture;
mod git_situations;
mod hooks;
mod install_sh;
mod push;
mod report;
mod secrets;
mod tree;
