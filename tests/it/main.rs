//! Every integration test, in one binary.

mod hooks;
mod install_sh;
