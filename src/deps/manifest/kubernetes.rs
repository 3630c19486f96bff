//! Reads the images that manifests of Kubernetes and values of Helm charts name. Knows no cluster and fills in no template:
//! what one computes is read where its values stand.

use std::collections::BTreeMap;

use super::syntax::{Entry, Node, Value, yaml};
use super::{Manifest, Misread, image, text_of};
use crate::model::Span;

/// Reads a file of objects; one without `apiVersion` and `kind` is somebody else's.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    // Charts keep templates under the same names: nobody parses those as YAML.
    let Ok(documents) = yaml(content) else {
        let has = |key: &[u8]| memchr::memmem::find(content, key).is_some();
        if has(b"apiVersion:") && has(b"kind:") {
            written_out(content, &mut manifest)?;
        }
        return Ok(manifest);
    };
    for document in
        documents.iter().filter(|one| one.get("apiVersion").is_some() && one.get("kind").is_some())
    {
        // A list of objects, and an object whose fields hold others.
        images(document, &|entry, acc| plain(entry, acc), &mut manifest);
    }
    Ok(manifest)
}

/// Reads `values.yaml`.
pub fn read_values(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for document in yaml(content)? {
        images(
            &document,
            &|entry, acc| match entry.node.value {
                Value::Map(_) => parts(&entry.node, acc),
                Value::Null | Value::Text(_) | Value::List(_) => plain(entry, acc),
            },
            &mut manifest,
        );
    }
    Ok(manifest)
}

/// Calls `found` with every entry that is called an image, wherever it stands.
fn images(node: &Node, found: &dyn Fn(&Entry, &mut Manifest), acc: &mut Manifest) {
    for entry in node.entries() {
        if entry.key == "image" || entry.key.ends_with("Image") {
            found(entry, acc);
        }
        images(&entry.node, found, acc);
    }
    for item in node.items() {
        images(item, found, acc);
    }
}

/// `image: registry.example.com/a:1`.
fn plain(entry: &Entry, acc: &mut Manifest) {
    if let Some(text) = entry.node.text().filter(|text| is_image(text)) {
        image::push(text, &BTreeMap::new(), entry.span, acc);
    }
}

/// `image: { registry: .., repository: .., tag: .., digest: .. }`.
fn parts(node: &Node, acc: &mut Manifest) {
    let given = |key: &str| node.str(key).map(str::trim).filter(|text| !text.is_empty());
    let Some(repository) = node.get("repository").filter(|_| given("repository").is_some_and(is_image))
    else {
        return;
    };
    let registry = given("registry").map(|registry| format!("{registry}/")).unwrap_or_default();
    let tag = given("tag").or(given("version")).map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = given("digest").or(given("sha")).map(|digest| format!("@{digest}")).unwrap_or_default();
    let name = repository.node.text().unwrap_or_default();
    image::push(&format!("{registry}{name}{tag}{digest}"), &BTreeMap::new(), repository.span, acc);
}

/// Lines of a template that name an image outright.
fn written_out(content: &[u8], acc: &mut Manifest) -> Result<(), Misread> {
    let (text, mark) = text_of(content)?;
    let mut start = mark;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_start().trim_start_matches("- ").trim();
        let at = start + (raw.len() - raw.trim_start().len());
        start += raw.len();
        let Some(value) = line.strip_prefix("image:") else { continue };
        let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
        if is_image(value) && !value.contains('{') {
            image::push(value, &BTreeMap::new(), Span::new(at, at + raw.trim().len()), acc);
        }
    }
    Ok(())
}

/// An address of a picture is called an image as well.
fn is_image(text: &str) -> bool {
    !text.is_empty() && !text.contains("://") && !text.contains(char::is_whitespace) && !is_picture(text)
}

fn is_picture(text: &str) -> bool {
    let pictures = [".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico", ".webp"];
    pictures.iter().any(|end| text.ends_with(end)) || matches!(text, "true" | "false")
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{HelmValues, Kubernetes};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn images_of_objects_are_read_wherever_they_stand() {
        check(
            Kubernetes,
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      initContainers:\n      - image: busybox\n      containers:\n      - name: a\n        image: \"registry.example.com:5000/o/a:1@sha256:abc\"\n---\nkind: List\napiVersion: v1\nitems:\n- {kind: Pod, apiVersion: v1, spec: {containers: [{image: 'b:2'}]}}\n---\nimage: c\n",
            &[
                "7:9 busybox = runtime registry",
                "10:9 registry.example.com:5000/o/a =1@sha256:abc runtime registry",
                "15:52 b =2 runtime registry",
            ],
        );
        check(
            Kubernetes,
            "apiVersion: v1\nkind: X\nspec: {image: 'https://h.example/x.png', y: {image: {a: b}}}\n",
            &[],
        );
        check(Kubernetes, "image: a:1\n", &[]);
    }

    #[test]
    fn a_template_of_a_chart_is_read_as_far_as_it_names_images() {
        check(
            Kubernetes,
            "apiVersion: v1\nkind: Pod\nspec:\n  {{- if .x }}\n  containers:\n  - image: {{ .Values.image }}\n  - image: \"a:1\" # why\n  {{- end }}\n",
            &["7:3 a =1 runtime registry"],
        );
        check_refused(Kubernetes, b"apiVersion: v1\nkind: \xff", "2:7 the file is not UTF-8 text");
    }

    #[test]
    fn values_say_an_image_in_parts() {
        check(
            HelmValues,
            "image:\n  registry: docker.io\n  repository: o/a\n  tag: \"1\"\nsidecar:\n  proxyImage: {repository: b, digest: 'sha256:abc'}\n  image: c:2\nempty:\n  image: {repository: '', tag: x}\nimagePullSecrets: []\n",
            &[
                "3:3 o/a =1 runtime registry",
                "6:16 b =sha256:abc runtime registry",
                "7:3 c =2 runtime registry",
            ],
        );
    }
}
