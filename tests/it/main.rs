//! Every integration test, in one binary: a module for each room.

mod hooks;
mod install_sh;
mod report;
