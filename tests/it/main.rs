//! The one integration test binary: a module for each room.

mod report;
//! Every integration test, in one binary.

mod hooks;
mod install_sh;
