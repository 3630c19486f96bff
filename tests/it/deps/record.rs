//! What an approval counts for, and what the policy makes of it.

use portcullis::config::DependencyPolicy;
use portcullis::deps::Approvals;

use super::{World, approved, record, world};

#[test]
fn an_approval_counts_for_its_source_scope_paths_and_days() {
    world(&approved(&["npm:a scope = ['dev']"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP005 1 npm:a is approved for dev only (runtime)"],
    );
    world(&approved(&["npm:a paths = ['web/**']"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP001 1 npm:a is approved for web/** only (runtime)"],
    );
    world(&approved(&["npm:a"])).check("package.json", r#"{"dependencies": {"a": "u/a"}}"#, &[
        "DEP003 1 npm:a comes from git:github.com/u/a, approved is registry (runtime, from git:github.com/u/a)",
    ]);
    world(&approved(&["npm:a source = 'git:github.com/u/a'"])).check(
        "package.json",
        r#"{"dependencies": {"a": "u/a#v1"}}"#,
        &[],
    );
    world(&approved(&["npm:a expires = 2026-11-20"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP006 1 the approval of npm:a ended on 2026-11-20"],
    );
    world(&approved(&["npm:a expires = 2026-11-21"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &[],
    );
    // Several entries for one name: any may let it in.
    let both = approved(&["npm:a expires = 2026-01-01", "npm:a scope = ['runtime']"]);
    world(&both).check("package.json", r#"{"dependencies": {"a": "1"}}"#, &[]);
}

#[test]
fn deny_beats_approve_also_when_the_change_removes_the_denial() {
    let denial = "[[deny]]\necosystem = 'pypi'\nname = 'py.crypto'\nreason = 'unmaintained'\n";
    let entries = approved(&["pypi:py-crypto"]);
    let denied = ["DEP002 1 pypi:Py_Crypto is denied: unmaintained"];
    world(&format!("{entries}{denial}")).check("requirements.txt", "Py_Crypto\n", &denied);
    let loosened =
        World { approvals: record(&entries), base: Some(record(&format!("{entries}{denial}"))), ..world("") };
    loosened.check("requirements.txt", "Py_Crypto\n", &denied);
}

#[test]
fn an_approval_in_the_same_change_is_told() {
    let now = record(&approved(&["npm:a"]));
    let pending = ["DEP007 1 npm:a is approved by lead in this very change"];
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    World { approvals: now.clone(), base: Some(Approvals::default()), ..world("") }.check(
        "package.json",
        manifest,
        &pending,
    );
    World { approvals: now.clone(), base: None, ..world("") }.check("package.json", manifest, &pending);
    let widened =
        World { approvals: now, base: Some(record(&approved(&["npm:a scope = ['dev']"]))), ..world("") };
    widened.check("package.json", manifest, &pending);
    let baseline = record(&approved(&["npm:a"]).replace("lead", "baseline"));
    World { approvals: baseline, base: None, ..world("") }.check("package.json", manifest, &[]);
}

#[test]
fn registries_are_let_in_by_name() {
    let registry = "[[registry]]\necosystem = 'pypi'\nurl = 'https://i.example/team/simple'\nreason = 'our own mirror'\n\
                    approved_by = 'lead'\ndate = 2026-01-01\n";
    let index = "--index-url https://user:word@i.example/team/simple/\nflask==1\n";
    let entries = approved(&["pypi:flask"]);
    world(&entries).check(
        "requirements.txt",
        index,
        &["DEP003 1 pypi packages are looked up in registry:i.example/team/simple, which is not approved"],
    );
    world(&format!("{entries}{registry}")).check("requirements.txt", index, &[]);
    world(&format!("{entries}{registry}")).check(
        "requirements.txt",
        "-i https://i.example/other/simple\n",
        &["DEP003 1 pypi packages are looked up in registry:i.example/other/simple, which is not approved"],
    );
}

#[test]
fn an_approval_names_the_versions_that_may_be_declared() {
    let world = world(&approved(&["npm:a version = '^1.2'"]));
    let manifest = |requirement: &str| format!("{{\"dependencies\": {{\"a\": \"{requirement}\"}}}}");
    for allowed in ["^1.2", "1.4.0", "~1.9", ">=1.3 <2"] {
        world.check("package.json", &manifest(allowed), &[]);
    }
    for (declared, shown) in [("^2", "^2"), (">=1.2", ">=1.2"), ("next", "next")] {
        let told = format!("DEP004 1 npm:a may be {shown}, approved is ^1.2");
        world.check("package.json", &manifest(declared), &[&told]);
    }
}

#[test]
fn a_major_version_is_told_when_the_approval_names_none() {
    let world = world(&approved(&["npm:a"]));
    let manifest = |requirement: &str| format!("{{\"dependencies\": {{\"a\": \"{requirement}\"}}}}");
    let before = manifest("^1.2");
    world.check_change("package.json", (Some(&before), &manifest("^1.9")), &[]);
    world.check_change(
        "package.json",
        (Some(&before), &manifest("^2")),
        &["DEP004 1 npm:a goes from ^1.2 to ^2, another major version; its approval names none"],
    );
}

#[test]
fn the_policy_decides_what_an_approval_of_the_same_change_counts() {
    use portcullis::config::SameChange;
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let with = |same_change| World {
        approvals: record(&approved(&["npm:a"])),
        base: Some(Approvals::default()),
        policy: DependencyPolicy { same_change, ..DependencyPolicy::default() },
        index: vec![],
        author: None,
    };
    with(SameChange::Allow).check("package.json", manifest, &[]);
    with(SameChange::Pending).check(
        "package.json",
        manifest,
        &["DEP007 1 npm:a is approved by lead in this very change"],
    );
    with(SameChange::Block).check(
        "package.json",
        manifest,
        &["DEP001 1 npm:a is not approved (runtime); the approval by lead in this change does not count yet"],
    );
}

#[test]
fn approvals_count_from_those_who_may_approve_and_for_their_time() {
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let mut world = world(&approved(&["npm:a"]));
    world.policy.approvers = vec!["lead".to_owned()];
    world.policy.max_days = Some(365);
    world.check("package.json", manifest, &[]);
    world.policy.max_days = Some(300);
    world.check("package.json", manifest, &["DEP006 1 the approval of npm:a ended on 2026-10-28"]);
    world.policy = DependencyPolicy { approvers: vec!["boss".to_owned()], ..DependencyPolicy::default() };
    world.check(
        "package.json",
        manifest,
        &["DEP022 1 npm:a is approved by lead, who is not one of those who may approve"],
    );
}

#[test]
fn a_folder_may_ask_for_more_than_an_approval() {
    use portcullis::config::{Known, parse};
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let text = "schema = 1\n[[dependencies.path]]\npath = 'pay/**'\nonly_tagged = 'pci'\n";
    let config = parse("c", text, &Known { packs: &[], rules: &[] }).expect("a valid configuration");
    let with = |entry| World { policy: config.dependencies.clone(), ..world(&approved(&[entry])) };
    with("npm:a").check("web/package.json", manifest, &[]);
    with("npm:a tags = ['pci']").check("pay/package.json", manifest, &[]);
    with("npm:a tags = ['hipaa']").check(
        "pay/package.json",
        manifest,
        &["DEP001 1 npm:a is approved, but not for `pci`, as this folder asks (runtime)"],
    );
}

#[test]
fn nobody_approves_what_their_own_change_brings_in() {
    let old = approved(&["npm:a"]).replace("lead", "Ada <ada@example.com>");
    let new = format!("schema = 1\n{old}{}", approved(&["npm:b"]).replace("lead", "Ada <Ada@Example.com>"));
    let own = ["DEP022 9 Ada <Ada@Example.com> approves what their own change brings in"];
    let mut world = world(&old);
    world.author = Some("Ada L. <ada@example.com>");
    world.check(".portcullis/approved.toml", &new, &[]);
    world.policy.approver_is_not_author = true;
    world.check(".portcullis/approved.toml", &new, &own);
    world.author = Some("Bob <bob@example.com>");
    world.check(".portcullis/approved.toml", &new, &[]);
}

#[test]
fn code_of_a_package_that_was_looked_at_is_told_no_more() {
    let manifest = "{\"trustedDependencies\": [\"a\"],\n\"scripts\": {\"postinstall\": \"x\"}}";
    let (package, script) = ("DEP023 1 the script of a", "DEP023 2 the script postinstall: x");
    let runs = "runs when packages are installed";
    world("").check("package.json", manifest, &[&format!("{package} {runs}"), &format!("{script} {runs}")]);
    let looked_at = world(&approved(&["npm:a install_scripts = true"]));
    looked_at.check("package.json", manifest, &[&format!("{script} {runs}")]);
    let lock = |script: &str| {
        format!("{{\"packages\": {{\"node_modules/a\": {{\"version\": \"1.0.0\"{script}}}}}}}")
    };
    let (before, after) = (lock(""), lock(", \"hasInstallScript\": true"));
    let change = (Some(before.as_str()), after.as_str());
    looked_at.check_change("package-lock.json", change, &[]);
    let told = "DEP023 1 npm:a 1.0.0 runs a script when it is installed";
    world(&approved(&["npm:a"])).check_change("package-lock.json", change, &[told]);
}

#[test]
fn a_registry_that_a_command_names_has_to_be_let_in() {
    let line = "pip install -r requirements.txt --index-url https://i.example/simple\n";
    let told = "pypi packages are looked up in registry:i.example/simple, which is not approved";
    world("").check("x.sh", line, &[&format!("DEP003 1 {told}")]);
    world("").check("Dockerfile", &format!("FROM scratch\nRUN {line}"), &[&format!("DEP003 2 {told}")]);
    let registry = "[[registry]]\necosystem = 'pypi'\nurl = 'https://i.example/simple'\nreason = 'our own mirror'\n\
                    approved_by = 'lead'\ndate = 2026-01-01\n";
    world(registry).check("x.sh", line, &[]);
}

#[test]
fn the_author_of_a_commit_does_not_approve_what_it_brings_in() {
    let fixture = crate::fixture::Fixture::new();
    fixture.commit(".portcullis/config.toml", "schema = 1\n[dependencies]\napprover_is_not_author = true\n");
    fixture.guard("work/.git", "pre-commit");
    let signed_by = |who| format!("schema = 1\n{}", approved(&["npm:a"]).replace("lead", who));
    fixture.stage(".portcullis/approved.toml", signed_by("Ada <ada@example.org>"));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("Ada <ada@example.org> approves what their own change brings in"), "{said}");
    fixture.stage(".portcullis/approved.toml", signed_by("Bob <bob@example.org>"));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn who_declares_what_was_replaced_is_shown_the_successor() {
    let world = world(&approved(&["pypi:pycryptodome replaces = ['pypi:pycrypto-old']"]));
    world.check(
        "requirements.txt",
        "PyCrypto_old==1\n",
        &["DEP001 1 pypi:PyCrypto_old is not approved (runtime); pypi:pycryptodome was let in to take its place"],
    );
    world.check(
        "package.json",
        r#"{"dependencies": {"pycrypto-old": "1"}}"#,
        &["DEP001 1 npm:pycrypto-old is not approved (runtime)"],
    );
}

#[test]
fn a_submodule_is_let_in_by_the_address_that_gitmodules_gives_it() {
    let fixture = crate::fixture::Fixture::new();
    let head = fixture.commit("README", "text\n");
    fixture.guard("work/.git", "pre-commit");
    let link = |id: &str| fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},lib")]);
    let unapproved = "DEP001";
    link(&head);
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 1, "{said}");
    let told = "a commit of another repository, and .gitmodules does not say of which";
    assert!(said.contains(unapproved) && said.contains(told), "{said}");
    let modules = "[submodule \"lib\"]\n\tpath = lib\n\turl = https://git.example/o/lib\n";
    fixture.stage(".gitmodules", modules);
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert!(code == 1 && said.contains("git:git.example/o/lib is not approved"), "{said}");
    assert!(!said.contains(told), "{said}");
    let entry = "[[approve]]\necosystem = 'git'\nname = 'git.example/o/lib'\nreason = 'a library of ours'\n\
                 approved_by = 'lead'\ndate = 2026-01-01\n";
    fixture.stage(".portcullis/approved.toml", format!("schema = 1\n{entry}"));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert!(code == 0 && said.contains("submodule"), "{said}");
    // A newer commit of it is the same dependency, as long as its address stands there.
    link(&fixture.git(&["rev-parse", "HEAD"]));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 0, "{said}");
    fixture.git(&["rm", "-q", "--cached", "lib"]);
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 0, "what goes away is free: {said}");
}
