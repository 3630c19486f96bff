//! What a JSON web token says about itself: for whom it is, and until when. Knows no clock.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use super::{Opinion, Proof};

/// Days from 1 March of year 0 to 1 January 1970.
const TO_EPOCH: i64 = 719_468;
const DAYS_IN_400_YEARS: i64 = 146_097;

/// The first second of 2026, when this was written: the engine has no clock, but what ended before is over by any.
const OVER: i64 = 1_767_225_600;

/// A token for everybody is public; of another one people are told when it ends, and one that is over for certain is
/// doubtful.
pub fn judge(token: &[u8]) -> Opinion {
    let Some(claims) = claims(token) else { return Opinion::Accepted(Proof::Plain, None) };
    let text = |key: &str| claims.get(key).and_then(Value::as_str).unwrap_or_default();
    match (text("iss"), text("role"), text("sub"), text("some")) {
        ("supabase-demo", ..) => {
            public("Supabase's key for development, the same in every local installation")
        }
        ("supabase", "anon", ..) => {
            public("Supabase's anon key, which pages show: row-level security guards")
        }
        (_, _, "1234567890", _) => public("the sample claims of jwt.io"),
        ("joe", ..) if claims.get("exp").and_then(Value::as_i64) == Some(1_300_819_380) => {
            public("the sample claims of RFC 7519")
        }
        (_, _, _, "payload") => public("the sample claims of PyJWT"),
        _ => {
            let end = claims.get("exp").and_then(Value::as_i64);
            let Some((end, day)) = end.and_then(|end| Some((end, date(end)?))) else {
                return Opinion::Accepted(Proof::Plain, None);
            };
            if end < OVER {
                return Opinion::Accepted(Proof::Doubtful, Some(format!("ended on {day}").into()));
            }
            Opinion::Accepted(Proof::Plain, Some(format!("says that it ends on {day}").into()))
        }
    }
}

fn public(reason: &'static str) -> Opinion {
    Opinion::Accepted(Proof::Public, Some(reason.into()))
}

fn claims(token: &[u8]) -> Option<Value> {
    let part = token.split(|byte| *byte == b'.').nth(1)?;
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part).ok()?).ok()
}

/// The day of a time in seconds, as people write it; none before 1970 and after 9999.
fn date(seconds: i64) -> Option<String> {
    if !(0..253_402_300_800).contains(&seconds) {
        return None;
    }
    let days = seconds / 86_400 + TO_EPOCH;
    let (era, day) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months begin in March, so that the leap day is the last of a year.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    Some(format!("{}-{month:02}-{day:02}", era * 400 + year + later))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a token with these claims.
    #[track_caller]
    fn check(claims: &str, proof: Proof, remark: Option<&str>) {
        let encode = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
        let token = format!("{}.{}.c2ln", encode(r#"{"alg":"HS256"}"#), encode(claims));
        let expected = Opinion::Accepted(proof, remark.map(|remark| remark.to_owned().into()));
        assert_eq!(judge(token.as_bytes()), expected, "{claims}");
    }

    #[test]
    fn a_token_says_when_it_ends() {
        check(r#"{"sub":"1"}"#, Proof::Plain, None);
        check(r#"{"exp":0}"#, Proof::Doubtful, Some("ended on 1970-01-01"));
        check(r#"{"exp":951782400}"#, Proof::Doubtful, Some("ended on 2000-02-29"));
        check(r#"{"exp":951868799}"#, Proof::Doubtful, Some("ended on 2000-02-29"));
        check(r#"{"exp":951868800}"#, Proof::Doubtful, Some("ended on 2000-03-01"));
        check(r#"{"exp":1767225599}"#, Proof::Doubtful, Some("ended on 2025-12-31"));
        check(r#"{"exp":1767225600}"#, Proof::Plain, Some("says that it ends on 2026-01-01"));
        check(r#"{"exp":1798761599}"#, Proof::Plain, Some("says that it ends on 2026-12-31"));
        check(r#"{"exp":4107542400}"#, Proof::Plain, Some("says that it ends on 2100-03-01"));
        check(r#"{"exp":253402300799}"#, Proof::Plain, Some("says that it ends on 9999-12-31"));
        for nonsense in [r#"{"exp":-1}"#, r#"{"exp":253402300800}"#, r#"{"exp":"soon"}"#, "[]", "{"] {
            check(nonsense, Proof::Plain, None);
        }
    }

    #[test]
    fn a_key_for_everybody_is_public_and_one_for_servers_is_not() {
        let anon = "Supabase's anon key, which pages show: row-level security guards";
        check(r#"{"iss":"supabase","role":"anon","exp":1}"#, Proof::Public, Some(anon));
        check(
            r#"{"sub":"1234567890","name":"Somebody"}"#,
            Proof::Public,
            Some("the sample claims of jwt.io"),
        );
        check(r#"{"some":"payload"}"#, Proof::Public, Some("the sample claims of PyJWT"));
        check(r#"{"iss":"supabase","role":"service_role"}"#, Proof::Plain, None);
        check(r#"{"iss":"acme","role":"anon"}"#, Proof::Plain, None);
        let rfc = Some("the sample claims of RFC 7519");
        check(r#"{"iss":"joe","exp":1300819380}"#, Proof::Public, rfc);
        check(r#"{"iss":"joe"}"#, Proof::Plain, None);
        let demo = "Supabase's key for development, the same in every local installation";
        check(r#"{"iss":"supabase-demo","role":"service_role"}"#, Proof::Public, Some(demo));
    }
}
