#!/usr/bin/env node
// Starts the program of this platform, which npm has put beside this package. Nothing is fetched.
"use strict";
const { spawnSync } = require("node:child_process");

const name = `portcullis-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/portcullis`);
} catch {
  console.error(`portcullis: ${name} is not installed: npm leaves it out with --omit=optional, or it is not made for this platform`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) console.error(`portcullis: ${error.message}`);
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 2);
