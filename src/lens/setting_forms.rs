//! Settings whose value is written in one of several forms: which there are, and which one a value has.

/// What is written, and what it is in words. Those with a colon or a comma have more to fill in, and stand for all of
/// their kind; the last one stands for what is not listed.
pub type Forms = &'static [(&'static str, &'static str)];

/// The forms that a setting's value can have; `None` when it has only one.
#[must_use]
pub fn forms_of(name: &str) -> Option<Forms> {
    match name {
        "key" => Some(&[
            ("subject", "what it is about"),
            ("none", "none"),
            ("salt:8", "salted"),
            ("compound:region:6", "compound"),
        ]),
        "partitioner.class" => Some(&[
            ("default", "Kafka’s own"),
            ("round-robin", "round-robin"),
            ("uniform-sticky", "uniform sticky (2.4)"),
            ("default-2.4", "default of 2.4 to 3.2"),
            ("consistent_random", "librdkafka: CRC-32"),
            ("murmur2_random", "librdkafka: murmur2"),
            ("fnv1a_random", "librdkafka: FNV-1a"),
            ("prefix:3", "the key’s first letters"),
            ("part:|:1", "a part of the key"),
            ("default,consistent_random", "several, in turn"),
        ]),
        "partition.assignment.strategy" => Some(&[
            ("range,cooperative-sticky", "Kafka’s own list"),
            ("range", "range"),
            ("roundrobin", "roundrobin"),
            ("sticky", "sticky"),
            ("cooperative-sticky", "cooperative-sticky"),
            ("cooperative-sticky,range", "another list"),
        ]),
        "retry.delays.ms" => Some(&[
            ("exponential:1000:3:4", "exponential"),
            ("1000,5000,30000", "one by one"),
        ]),
        _ => None,
    }
}

/// What could stand in a field that is empty.
#[must_use]
pub fn example_of(name: &str) -> Option<&'static str> {
    match name {
        "more.groups" => Some("billing:2"),
        "share.groups" => Some("workers:3"),
        "group.instance.id" => Some("worker"),
        "send.limit" => Some("ad-1:100"),
        _ => None,
    }
}

/// Which of the forms a value has.
#[must_use]
pub fn place_of(value: &str, forms: Forms) -> usize {
    let head = |text: &'_ str| text.split(':').next().unwrap_or_default().len();
    // What has several parts is another form than its first part alone.
    let alike = |form: &str| {
        let is_open = form.contains(':') && !value.contains(',');
        is_open && form[..head(form)] == value[..head(value)]
    };
    let exactly = forms.iter().position(|(form, _)| *form == value);
    let place = exactly.or_else(|| forms.iter().position(|(form, _)| alike(form)));
    place.unwrap_or(forms.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::scenario::Setting;

    #[test]
    fn every_form_is_a_value_of_its_setting_and_found_again() {
        let mut seen = 0;
        for setting in Setting::all() {
            for (place, (form, _)) in forms_of(setting.name).unwrap_or_default().iter().enumerate() {
                assert_eq!(setting.canonical(form).as_deref(), Ok(*form), "{}", setting.name);
                assert_eq!(place_of(form, forms_of(setting.name).unwrap_or_default()), place);
                seen += 1;
            }
        }
        assert!(seen > 20);
    }

    #[test]
    fn every_example_is_a_value_of_its_setting() {
        let examples = Setting::all().filter_map(|s| Some((s, example_of(s.name)?)));
        let read = examples.map(|(setting, example)| setting.canonical(example).as_deref() == Ok(example));
        assert_eq!(read.collect::<Vec<_>>(), [true; 4]);
    }

    #[test]
    fn what_is_filled_in_stays_in_its_form() {
        let words = |name, value| {
            let forms = forms_of(name).unwrap_or_default();
            forms[place_of(value, forms)].1
        };
        assert_eq!(words("key", "salt:12"), "salted");
        assert_eq!(words("retry.delays.ms", "exponential:50:2:3"), "exponential");
        assert_eq!(words("retry.delays.ms", "200"), "one by one");
        assert_eq!(words("partitioner.class", "prefix:3,default"), "several, in turn");
        assert_eq!(words("partition.assignment.strategy", "sticky,range"), "another list");
    }
}
