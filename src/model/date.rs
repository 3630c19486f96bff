//! A calendar day. Knows no clock: today is a value that somebody passes in.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `2026-11-21`.
    pub fn parse(text: &str) -> Option<Date> {
        let well_formed = text.len() == 10
            && text.bytes().enumerate().all(|(idx, byte)| match idx {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
        let date = well_formed
            .then_some(())
            .and_then(|()| Some((number(0, 4)?, number(5, 7)? as u8, number(8, 10)? as u8)))?;
        let (year, month, day) = date;
        let exists = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// The day on which the second `seconds` since 1970 falls in UTC; years past 9999 count as the last one.
    pub fn from_unix(seconds: u64) -> Date {
        let mut days = seconds / 86_400;
        let mut year = 1970;
        while year < 9999 && days >= year_length(year) {
            days -= year_length(year);
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days >= u64::from(days_of(year, month)) {
            days -= u64::from(days_of(year, month));
            month += 1;
        }
        let day = days.min(30) as u8 + 1;
        Date { year, month, day }
    }

    /// How many days later `other` is; negative when it is earlier.
    pub fn days_until(self, other: Date) -> i64 {
        other.number() - self.number()
    }

    /// The day `days` later.
    pub fn plus(self, days: u16) -> Date {
        Date::from_unix(86_400 * (self.number() + i64::from(days)).unsigned_abs())
    }

    /// Days since the first of January 1970, from which on days are counted here.
    fn number(self) -> i64 {
        let years: u64 = (1970..self.year).map(year_length).sum();
        let months: u64 = (1..self.month).map(|month| u64::from(days_of(self.year, month))).sum();
        (years + months + u64::from(self.day) - 1).cast_signed()
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn year_length(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_are_read_and_counted() {
        for (seconds, text) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
        ] {
            assert_eq!(Date::from_unix(seconds).to_string(), text);
            assert_eq!(Date::parse(text), Some(Date::from_unix(seconds)));
        }
        let day = |text| Date::parse(text).unwrap();
        for (from, to, days) in [
            ("2026-12-25", "2027-01-08", 14),
            ("2024-03-01", "2024-02-28", -2),
            ("2026-01-01", "2026-01-01", 0),
        ] {
            assert_eq!(day(from).days_until(day(to)), days);
        }
        assert_eq!(day("2027-12-31").plus(60), day("2028-02-29"));
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "2026-01-0\u{661}",
            "+026-01-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
