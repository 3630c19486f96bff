//! Every integration test, in one binary: a module for each room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic, also in its helpers"
)]

mod adoption;
mod agents;
mod attack;
mod backstop;
mod bad_manifests;
mod ci;
mod coexist;
mod deps;
mod docs;
mod doctor;
mod explain;
mod fix;
mod fixture;
mod formats;
mod git_hostile;
mod git_index;
mod git_repositories;
mod git_situations;
mod hidden;
mod history;
mod hooks;
mod http;
mod import;
mod install_sh;
mod known;
mod lang;
mod layers;
mod lexers;
mod loosened;
mod message;
mod openpgp;
mod oracles;
mod pack;
mod packages;
mod packs;
mod protected;
mod push;
mod push_hook;
mod receipts;
mod receive;
mod remembered;
mod report;
mod rules;
mod schema;
mod scopes;
mod secrets;
mod side_doors;
mod silence;
mod situations;
mod team;
mod terminal;
mod tidy;
mod tools;
mod tree;
mod weights;
mod world;
