//! Rows that are JSON: finds the wanted fields of a line without building the rest.

use super::bad::BadKind;
use super::row::Picked;
use crate::layout::{Field, Layout};
use serde::de::{DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How many steps inwards a path may go.
const MAX_STEPS: usize = 16;

/// Key, weight and timestamp.
const FIELDS: usize = 3;

/// The wanted fields, as they are written in the line.
type Found<'a> = [Option<&'a str>; FIELDS];

/// Picks key, weight and timestamp out of a line.
pub(super) fn pick<'a>(line: &'a str, layout: &Layout) -> Result<Picked<'a>, BadKind> {
    let paths = [Some(&layout.key), layout.weight.as_ref(), layout.timestamp.as_ref()].map(|field| match field {
        Some(Field::Path(path)) => Some(path.as_str()),
        Some(Field::Column(_)) | None => None,
    });
    let [key, weight, timestamp] = find(line, &paths)?;
    let optional = |field: &Option<Field>, found: Option<&'a str>, bad: BadKind| match (field, found) {
        (None, _) => Ok(None),
        (Some(_), None | Some("null")) => Err(BadKind::MissingField),
        (Some(_), Some(written)) => text(written, bad).map(Some),
    };
    Ok(Picked {
        key: key
            .filter(|key| *key != "null")
            .map(|key| text(key, BadKind::NotAKey))
            .transpose()?,
        weight: optional(&layout.weight, weight, BadKind::BadWeight)?,
        timestamp: optional(&layout.timestamp, timestamp, BadKind::BadTimestamp)?,
    })
}

/// Finds what is at the paths of a line. The line must be an object, unless the path for the key is empty.
fn find<'a>(line: &'a str, paths: &[Option<&str>; FIELDS]) -> Result<Found<'a>, BadKind> {
    if paths[0] == Some("") {
        let whole: &RawValue = serde_json::from_str(line).map_err(|_| BadKind::NotJson)?;
        return Ok([Some(whole.get()), None, None]);
    }
    if !line.trim_start().starts_with('{') {
        let is_json = serde_json::from_str::<IgnoredAny>(line).is_ok();
        return Err(if is_json {
            BadKind::MissingField
        } else {
            BadKind::NotJson
        });
    }
    find_in(
        line,
        Wanted {
            paths: *paths,
            steps: 0,
        },
    )
    .map_err(|_| BadKind::NotJson)
}

fn find_in<'a>(object: &'a str, wanted: Wanted<'_>) -> serde_json::Result<Found<'a>> {
    let mut deserializer = Deserializer::from_str(object);
    let found = deserializer.deserialize_map(wanted)?;
    deserializer.end()?;
    Ok(found)
}

/// The text of a value: a string's content; numbers and truth values as they are written.
fn text(written: &str, otherwise: BadKind) -> Result<Cow<'_, str>, BadKind> {
    let Some(quoted) = written.strip_prefix('"') else {
        return if written.starts_with(['{', '[']) {
            Err(otherwise)
        } else {
            Ok(Cow::Borrowed(written))
        };
    };
    if quoted.contains('\\') {
        return serde_json::from_str(written)
            .map(Cow::Owned)
            .map_err(|_| BadKind::NotJson);
    }
    Ok(Cow::Borrowed(quoted.strip_suffix('"').unwrap_or(quoted)))
}

/// The paths that are still wanted, seen from an object.
#[derive(Clone, Copy)]
struct Wanted<'p> {
    paths: [Option<&'p str>; FIELDS],
    steps: usize,
}

/// What a name in an object is to a path.
#[derive(Clone, Copy)]
enum Step<'p> {
    /// Something else.
    Aside,
    /// The field itself.
    There,
    /// A part of the way; the rest of the path.
    Inside(&'p str),
}

impl<'p> Step<'p> {
    fn of(name: &str, path: Option<&'p str>) -> Self {
        match path.and_then(|path| path.strip_prefix(name)) {
            Some("") => Step::There,
            Some(rest) => rest.strip_prefix('.').map_or(Step::Aside, Step::Inside),
            None => Step::Aside,
        }
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Found<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Found<'de>, A::Error> {
        let mut found = [None; FIELDS];
        while let Some(steps) = object.next_key_seed(Name(self.paths))? {
            if steps.iter().all(|step| matches!(step, Step::Aside)) {
                object.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = object.next_value::<&RawValue>()?.get();
            let inside = steps.map(|step| {
                if let Step::Inside(rest) = step {
                    Some(rest)
                } else {
                    None
                }
            });
            if inside.iter().any(Option::is_some) && value.starts_with('{') && self.steps < MAX_STEPS {
                let wanted = Wanted {
                    paths: inside,
                    steps: self.steps + 1,
                };
                let found_inside = find_in(value, wanted).map_err(A::Error::custom)?;
                for (field, inside) in found.iter_mut().zip(found_inside) {
                    *field = inside.or(*field);
                }
            }
            for (field, step) in found.iter_mut().zip(steps) {
                if matches!(step, Step::There) {
                    *field = Some(value);
                }
            }
        }
        Ok(found)
    }
}

/// Compares a name with the paths, without keeping it.
struct Name<'p>([Option<&'p str>; FIELDS]);

impl<'de, 'p> DeserializeSeed<'de> for Name<'p> {
    type Value = [Step<'p>; FIELDS];

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'p> Visitor<'_> for Name<'p> {
    type Value = [Step<'p>; FIELDS];

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.map(|path| Step::of(name, path)))
    }
}

/// All fields of a line with their texts, for a picker: the path of each value that is neither an object nor a list.
/// `None` if the line is no object.
pub(crate) fn fields(line: &str, most: usize) -> Option<Vec<(String, String)>> {
    let mut fields = Vec::new();
    let listing = Listing {
        prefix: "",
        fields: &mut fields,
        most,
        steps: 0,
    };
    list_in(line, listing).ok()?;
    Some(fields)
}

fn list_in(object: &str, listing: Listing<'_>) -> serde_json::Result<()> {
    let mut deserializer = Deserializer::from_str(object);
    deserializer.deserialize_map(listing)?;
    deserializer.end()
}

struct Listing<'l> {
    prefix: &'l str,
    fields: &'l mut Vec<(String, String)>,
    most: usize,
    steps: usize,
}

impl<'de> Visitor<'de> for Listing<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some((name, value)) = object.next_entry::<String, &RawValue>()? {
            let path = if self.prefix.is_empty() {
                name
            } else {
                [self.prefix, &name].join(".")
            };
            let value = value.get();
            if value.starts_with('{') && self.steps < MAX_STEPS {
                let listing = Listing {
                    prefix: &path,
                    fields: self.fields,
                    most: self.most,
                    steps: self.steps + 1,
                };
                list_in(value, listing).map_err(A::Error::custom)?;
            } else if !value.starts_with(['{', '[']) && self.fields.len() < self.most {
                let text = text(value, BadKind::NotJson).unwrap_or_default().into_owned();
                self.fields.push((path, text));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(key: &str) -> Layout {
        Layout {
            key: Field::Path(key.to_owned()),
            ..Layout::list()
        }
    }

    fn key(line: &str, path: &str) -> Result<Option<String>, BadKind> {
        pick(line, &layout(path)).map(|picked| picked.key.map(Cow::into_owned))
    }

    #[test]
    fn a_path_goes_inwards_and_names_may_have_dots() {
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(key(r#"{"a":1,"user":{"x":[{}],"id":"u1"}}"#, "user.id"), some("u1"));
        assert_eq!(key(r#"{"user.id":"u2"}"#, "user.id"), some("u2"));
        assert_eq!(key(r#"{"a":{"b.c":{"d":7}}}"#, "a.b.c.d"), some("7"));
        assert_eq!(key(r#"{"users":"no","user":"yes"}"#, "user"), some("yes"));
        assert_eq!(key(r#" {"k":"a\u00e4\n\"b"} "#, "k"), some("aä\n\"b"));
        assert_eq!(key(r#"{"\u006b":true}"#, "k"), some("true"));
        assert_eq!(key("\"whole\"", ""), some("whole"));
    }

    #[test]
    fn null_and_missing_are_no_key_and_an_empty_text_is_one() {
        assert_eq!(key(r#"{"k":null}"#, "k"), Ok(None));
        assert_eq!(key(r#"{"j":1}"#, "k"), Ok(None));
        assert_eq!(key(r#"{"k":{}}"#, "k.j"), Ok(None));
        assert_eq!(key(r#"{"k":5}"#, "k.j"), Ok(None));
        assert_eq!(key(r#"{"k":""}"#, "k"), Ok(Some(String::new())));
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        assert_eq!(key(r#"{"k":{}}"#, "k"), Err(BadKind::NotAKey));
        assert_eq!(key(r#"{"k":[1]}"#, "k"), Err(BadKind::NotAKey));
        assert_eq!(key(r#"{"k":"a""#, "k"), Err(BadKind::NotJson));
        assert_eq!(key(r#"{"k":"a"} x"#, "k"), Err(BadKind::NotJson));
        assert_eq!(key(r#"{"k":"\ud800"}"#, "k"), Err(BadKind::NotJson));
        assert_eq!(key("[1]", "k"), Err(BadKind::MissingField));
        assert_eq!(key("nonsense", "k"), Err(BadKind::NotJson));
    }

    #[test]
    fn weights_may_be_numbers_or_texts() {
        let layout = Layout {
            weight: Some(Field::Path("n".to_owned())),
            ..layout("k")
        };
        let weight = |line: &'static str| pick(line, &layout).map(|picked| picked.weight.map(Cow::into_owned));
        assert_eq!(weight(r#"{"k":1,"n":2.5e3}"#), Ok(Some("2.5e3".to_owned())));
        assert_eq!(weight(r#"{"k":1,"n":"3"}"#), Ok(Some("3".to_owned())));
        assert_eq!(weight(r#"{"k":1,"n":null}"#), Err(BadKind::MissingField));
        assert_eq!(weight(r#"{"k":1}"#), Err(BadKind::MissingField));
        assert_eq!(weight(r#"{"k":1,"n":[]}"#), Err(BadKind::BadWeight));
    }

    #[test]
    fn deep_lines_and_long_paths_do_not_exhaust_the_stack() {
        let deep = r#"{"a":"#.repeat(100_000) + "1" + &"}".repeat(100_000);
        assert_eq!(key(&deep, &vec!["a"; 100_000].join(".")), Ok(None));
        assert_eq!(fields(&deep, 10), Some(vec![]));
    }

    #[test]
    fn fields_are_listed_with_their_paths() {
        let listed = fields(r#"{"a":{"b":1,"c":[1]},"d":"x"}"#, 10).unwrap();
        let pair = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert_eq!(listed, [pair("a.b", "1"), pair("d", "x")]);
        assert_eq!(fields("[1]", 10), None);
    }
}
