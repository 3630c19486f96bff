//! Reads `.netrc` and `.pgpass`: the passwords, named by the machine they are for.

use super::Pair;

/// The passwords and accounts of a netrc file.
pub fn read(text: &[u8]) -> Vec<Pair> {
    let is_comment = |line: &&[u8]| line.trim_ascii_start().first() != Some(&b'#');
    let lines = text.split(|byte| *byte == b'\n').filter(is_comment);
    let mut words =
        lines.flat_map(|line| line.split(u8::is_ascii_whitespace)).filter(|word| !word.is_empty());
    let mut machine = "default".to_owned();
    let mut pairs = Vec::new();
    while let Some(word) = words.next() {
        match word {
            b"machine" => {
                machine =
                    words.next().map_or_else(String::new, |word| String::from_utf8_lossy(word).into_owned());
            }
            b"default" => machine = "default".to_owned(),
            b"password" => {
                pairs.extend(words.next().map(|value| Pair::new(format!("{machine} password"), value)))
            }
            // What they name is passed over, lest a login called `password` be taken for the word.
            b"login" | b"account" => drop(words.next()),
            _ => {}
        }
    }
    pairs
}

/// The last field of each line, in which a backslash keeps `:` and `\`.
pub fn pgpass(text: &[u8]) -> Vec<Pair> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.starts_with(b"#")).filter_map(pgpass_line).collect()
}

fn pgpass_line(line: &[u8]) -> Option<Pair> {
    let mut fields = vec![Pair::new("", b"")];
    let mut bytes = line.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b':' if fields.len() < 5 => fields.push(Pair::new("", b"")),
            b'\\' => fields.last_mut()?.value.extend(bytes.next()),
            _ => fields.last_mut()?.value.push(*byte),
        }
    }
    let [host, _, _, _, password] = &fields[..] else { return None };
    Some(Pair::new(format!("{} password", String::from_utf8_lossy(&host.value)), &password.value))
}

#[cfg(test)]
mod tests {
    use super::super::Pair;

    #[track_caller]
    fn check(read: Vec<Pair>, expected: &[&str]) {
        let read: Vec<_> = read
            .iter()
            .map(|pair| format!("{}={}", pair.name, String::from_utf8_lossy(&pair.value)))
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn passwords_are_named_by_their_machine() {
        let netrc =
            b"# x\nmachine a.example.org login password password p1\ndefault\n  login x\n  password p2\n";
        check(super::read(netrc), &["a.example.org password=p1", "default password=p2"]);
        check(super::read(b"machine"), &[]);
        check(super::pgpass(b"# h\nh:5432:*:me:a\\:b\\\\c:d\nshort:1\n"), &["h password=a:b\\c:d"]);
    }
}
