//! Throughput of the lexer, without and with its statements, for each language of the cargo registry's sources.
//! `PORTCULLIS_CORPUS=DIR cargo bench --bench lexer` takes the files of another folder.

#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use portcullis::lang::{Language, detect, lex};
use portcullis::model::RepoPath;

/// How much of a language is used, and how much there must be to tell anything.
const MOST: usize = 16 << 20;
const LEAST: usize = 256 << 10;

type Corpus = BTreeMap<Language, Vec<Vec<u8>>>;

fn size(contents: &[Vec<u8>]) -> usize {
    contents.iter().map(Vec::len).sum()
}

fn lexer(c: &mut Criterion) {
    let mut corpus = Corpus::new();
    collect(&folder(), &mut corpus);
    corpus.retain(|_, contents| size(contents) >= LEAST);
    for (language, contents) in corpus {
        let mut group = c.benchmark_group(language.to_string());
        group.sample_size(10).throughput(Throughput::Bytes(size(&contents) as u64));
        group.bench_function("lex", |b| {
            b.iter(|| contents.iter().map(|content| lex(language, content).strings.len()).sum::<usize>());
        });
        group.bench_function("lex and statements", |b| {
            b.iter(|| {
                contents.iter().map(|content| lex(language, content).statement_at(0).len()).sum::<usize>()
            });
        });
        group.finish();
    }
}

fn folder() -> PathBuf {
    let named = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from);
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    named.or_else(|| Some(home?.join("registry/src"))).unwrap_or_default()
}

/// Source files below `folder`, in the order of their names.
fn collect(folder: &Path, corpus: &mut Corpus) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, corpus);
            continue;
        }
        let Ok(content) = fs::read(&path) else { continue };
        let Some(language) = detect(&RepoPath::new(path.as_os_str().as_encoded_bytes()), &content) else {
            continue;
        };
        let contents = corpus.entry(language).or_default();
        if size(contents) < MOST {
            contents.push(content);
        }
    }
}

criterion_group!(benches, lexer);
criterion_main!(benches);
