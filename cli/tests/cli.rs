//! The command from outside: what it prints, and how it ends.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const WORLD_CUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/world-cup.toml");

fn partitura(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_partitura"))
        .args(arguments)
        .output()
        .unwrap()
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_partitura"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// What it says when it ends with status 2, and says nothing else.
fn refused(arguments: &[&str]) -> String {
    let output = partitura(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stdout(&output), "", "{arguments:?}");
    stderr(&output).to_owned()
}

/// A file for one test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("partitura-{}-{name}", std::process::id()));
        fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn every_command_has_help() {
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &["check", "--help"],
        &["hash", "--help"],
        &["storm", "--help"],
    ] {
        let output = partitura(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("Usage: partitura"), "{}", stdout(&output));
    }
    assert!(refused(&[]).contains("Usage: partitura"));
    assert!(refused(&["dance"]).contains("unrecognized subcommand 'dance'"));
}

#[test]
fn something_can_be_done_to_a_run() {
    let trace = Temporary::new("faults.jsonl", b"");
    let arguments = [
        "run",
        WORLD_CUP,
        "--until",
        "2s",
        "--do",
        "1.5=crash:b3",
        "--do",
        "1s=rate:50",
    ];
    let output = partitura(&[&arguments[..], &["--trace", trace.path()]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let events = fs::read_to_string(trace.path()).unwrap();
    assert_eq!(events.matches("\"b3\"").count().min(1), 1);
    let wrong = |deed: &str| refused(&["run", WORLD_CUP, "--do", deed]);
    assert!(wrong("1.5=crush:b3").contains("--do 1.5=crush:b3: no such action; did you mean crash?"));
    assert!(wrong("1.5=crash:b7").contains("there is no b7, only b1 to b3"));
    assert!(wrong("crash:b3").contains("write it as TIME=ACTION"));
    assert!(wrong("25h=heal").contains("later than a day"));
}

#[test]
fn a_run_is_summed_up_for_people() {
    let output = partitura(&["run", WORLD_CUP, "--until", "2s", "--seed", "7"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("world-cup, seed 7, 2 s of virtual time\n"), "{text}");
    for word in [
        "records produced",
        "acknowledged",
        "failed",
        "consumed",
        "lag",
        "trace digest",
        "high watermark",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
    assert_eq!(
        text.lines()
            .filter(|line| line.ends_with(|c: char| c.is_ascii_digit()))
            .count(),
        9 + 4,
        "{text}"
    );
}

#[test]
fn the_same_run_gives_the_same_summary_and_another_seed_another() {
    let json = |seed: &str| -> Value {
        let output = partitura(&["run", WORLD_CUP, "--until", "1500ms", "--seed", seed, "--json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (first, again, other) = (json("7"), json("7"), json("8"));
    assert_eq!(first, again);
    assert_ne!(first["digest"], other["digest"]);
    assert_eq!(first["seed"], 7);
    assert_eq!(first["until_us"], 1_500_000);
    let partitions = first["partitions"].as_array().unwrap();
    assert_eq!(partitions.len(), 4);
    let sum = |field: &str| partitions.iter().map(|p| p[field].as_u64().unwrap()).sum::<u64>();
    assert_eq!(first["produced"], sum("records"));
    assert_eq!(first["consumed"], sum("consumed"));
    assert_eq!(first["lag"], sum("lag"));
    assert!(first["acknowledged"].as_u64() <= Some(sum("log_end")));
}

#[test]
fn settings_can_be_changed() {
    let set = ["--set", "partitions=8", "--set", "brokers=5", "--set", "acks=1"];
    let output = partitura(&[&["run", WORLD_CUP, "--until", "1s", "--json"][..], &set].concat());
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["partitions"].as_array().unwrap().len(), 8);
}

#[test]
fn the_trace_has_every_event_once() {
    let out = Temporary::new("trace.jsonl", b"");
    let output = partitura(&["run", WORLD_CUP, "--until", "3s", "--trace", out.path(), "--json"]);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = fs::read_to_string(&out.0).unwrap();
    for (line, id) in text.lines().zip(1..) {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["id"], id);
        assert!(event["cause"].as_u64().unwrap() < id);
    }
    assert_eq!(summary["events"], text.lines().count());
    let untraced = partitura(&["run", WORLD_CUP, "--until", "3s", "--json"]);
    assert_eq!(untraced.stdout, output.stdout, "watching changes nothing");
}

#[test]
fn run_refuses_bad_input_with_status_2() {
    assert!(refused(&["run"]).contains("<FILE>"));
    assert!(
        refused(&["run", "no-such-file.toml"])
            .starts_with("partitura: no-such-file.toml: cannot read it: No such file")
    );
    assert!(refused(&["run", env!("CARGO_MANIFEST_DIR")]).contains("cannot read it"));
    assert!(refused(&["run", WORLD_CUP, "--until", "soon"]).contains("has no unit that is known"));
    assert!(refused(&["run", WORLD_CUP, "--until", "0s"]).contains("longer than nothing"));
    assert!(refused(&["run", WORLD_CUP, "--until=-5s"]).contains("is not a number"));
    assert!(refused(&["run", WORLD_CUP, "--until", "99h"]).contains("within 24h"));
    assert!(refused(&["run", WORLD_CUP, "--seed", "x"]).contains("a seed is a whole number"));
    let set = |change| refused(&["run", WORLD_CUP, "--set", change]);
    assert!(set("partitions=0").contains("partitions must be 1 to 64, not 0"));
    assert!(set("partitons=8").contains("did you mean partitions?"));
    assert!(set("partitions").contains("NAME=VALUE"));
    assert!(set("brokers=2").contains("replication.factor is 3, but there are only 2 brokers"));
    assert!(refused(&["run", WORLD_CUP, "--trace", "/no/such/folder/out"]).contains("cannot write to"));
}

#[test]
fn a_file_that_is_wrong_is_told_with_line_and_column() {
    let wrong = fs::read_to_string(WORLD_CUP)
        .unwrap()
        .replace("\npartitions = 4", "\npartitions = 0");
    let line = wrong.lines().position(|line| line == "partitions = 0").unwrap() + 1;
    let file = Temporary::new("wrong.toml", wrong.as_bytes());
    let message = format!("{}:{line}:14: partitions must be 1 to 64, not 0\n", file.path());
    assert_eq!(refused(&["check", file.path()]), format!("partitura: {message}"));
    assert_eq!(refused(&["run", file.path()]), format!("partitura: {message}"));

    let bytes = Temporary::new("bytes.toml", b"format = 1\nid = \"\xff\"");
    assert!(refused(&["check", bytes.path()]).contains("it is not UTF-8 text: line 2"));
}

#[test]
fn check_says_what_holds_and_what_does_not() {
    let output = partitura(&["check", WORLD_CUP]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("world-cup is well: 8 steps"),
        "{}",
        stdout(&output)
    );

    let text = fs::read_to_string(WORLD_CUP).unwrap();
    let untrue = Temporary::new(
        "untrue.toml",
        text.replace("\"partitions\", equals = 4", "\"partitions\", equals = 5")
            .as_bytes(),
    );
    let output = partitura(&["check", untrue.path()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("step 1 \"A record finds its row\": partitions must be 5, but is 4"),
        "{}",
        stderr(&output)
    );

    let several = partitura(&["check", WORLD_CUP, "no-such-file.toml", untrue.path()]);
    assert_eq!(several.status.code(), Some(2), "the worst counts");
    assert!(stdout(&several).contains("world-cup is well") && stderr(&several).contains("no-such-file.toml"));
}

#[test]
fn hash_computes_as_kafka_does() {
    let output = partitura(&["hash", "--partitions", "4", "match-7"]);
    assert_eq!(
        stdout(&output),
        "2  murmur2(\"match-7\") = 311360154 → 311360154 mod 4 = 2\n"
    );
    let output = partitura(&["hash", "--partitions", "4", "--json", "match-7", "match-6", ""]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!([
        { "key": "match-7", "murmur2": 311_360_154, "positive": 311_360_154, "partition": 2 },
        { "key": "match-6", "murmur2": -1_237_264_948, "positive": 910_218_700, "partition": 0 },
        { "key": "", "murmur2": 275_646_681, "positive": 275_646_681, "partition": 1 },
    ]);
    assert_eq!(json, expected);
}

#[test]
fn hash_reads_keys_from_standard_input() {
    let output = with_input(&["hash", "--partitions", "4", "-"], "match-7\r\n\nmatch-6".as_bytes());
    let partitions: Vec<&str> = stdout(&output).lines().map(|line| &line[..1]).collect();
    assert_eq!(partitions, ["2", "1", "0"]);
    let none = with_input(&["hash", "--partitions", "4", "--json", "-"], b"");
    assert_eq!(stdout(&none), "[]\n");
    let bytes = with_input(&["hash", "--partitions", "4", "-"], b"good\nb\xffd\n");
    assert_eq!(bytes.status.code(), Some(2));
    assert_eq!(
        stderr(&bytes),
        "partitura: line 2 of standard input is not UTF-8 text\n"
    );
}

#[test]
fn hash_refuses_bad_input_with_status_2() {
    assert!(refused(&["hash", "key"]).contains("--partitions"));
    assert!(refused(&["hash", "--partitions", "4"]).contains("<KEY>"));
    for wrong in ["0", "-1", "4.5", "many", "99999999999"] {
        let told = refused(&["hash", &format!("--partitions={wrong}"), "key"]);
        assert!(
            told.contains(&format!("invalid value '{wrong}' for '--partitions <N>'")),
            "{told}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let mut command = Command::new(env!("CARGO_BIN_EXE_partitura"));
    let output = command
        .args(["hash", "--partitions", "4"])
        .arg(OsStr::from_bytes(b"b\xffd"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("invalid UTF-8"), "{}", stderr(&output));
}

#[test]
fn nobody_listening_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_partitura"))
        .args(["hash", "--partitions", "4", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all("key\n".repeat(10_000).as_bytes());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
}

#[test]
fn keys_tells_shares_moves_and_salting() {
    let mut text = "ad_id,clicks\n".to_owned();
    for ad in 0..40 {
        text.push_str(&format!("ad-{ad},1\n"));
    }
    text.push_str("celebrity,60\nbroken,many\n");
    let file = Temporary::new("clicks.csv", text.as_bytes());
    let output = partitura(&[
        "keys",
        file.path(),
        "--partitions",
        "6,12",
        "--salt",
        "8",
        "--salted",
        "1",
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(report["key_field"], "column 1");
    assert_eq!((&report["rows"], &report["keys"]), (&Value::from(42), &Value::from(41)));
    assert_eq!(report["bad_shown"][0]["line"], 43);
    assert_eq!(report["bad_shown"][0]["excerpt"], "broken,many");
    assert_eq!(report["hottest"]["key"], "celebrity");
    assert_eq!(
        (&report["hottest"]["share_permille"], &report["hottest"]["fits_until"]),
        (&Value::from(600), &Value::Null)
    );
    assert_eq!(report["then"]["only_into_new"], true);
    assert_eq!(report["then"]["expected_permille"], 500);
    let (before, after) = (
        &report["salted"]["skew_permille_before"],
        &report["salted"]["skew_permille"],
    );
    assert!(before.as_u64() > after.as_u64(), "{before} {after}");
    assert_eq!(report["now"]["partitions"].as_array().unwrap().len(), 6);

    let output = partitura(&["keys", file.path(), "--partitions", "6,12", "--salt", "8"]);
    for part in [
        "read as CSV with a header",
        "hottest key: \"celebrity\" with 60.0 %",
        "1 bad rows",
        "with 12 partitions",
        "keys salted",
    ] {
        assert!(stdout(&output).contains(part), "{part}: {}", stdout(&output));
    }
}

#[test]
fn keys_reads_standard_input() {
    let input = b"{\"user\":{\"id\":\"user-1\"}}\n{\"user\":{\"id\":null}}\n{}\n";
    let output = with_input(&["keys", "-", "--key", "user.id", "--json"], input);
    let report: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(report["format"], "JSON Lines");
    assert_eq!(
        (&report["top"][0]["key"], &report["top"][0]["partition"]),
        (&Value::from("user-1"), &Value::from(2))
    );
    assert_eq!(report["rows_without_key"], 2);

    let output = with_input(&["keys", "-"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn keys_refuses_what_is_not_there() {
    let file = Temporary::new("two.csv", b"id,n\na,1\nb,2\n");
    assert!(refused(&["keys", file.path(), "--key", "user"]).contains("it has no column user; it has: id, n"));
    assert!(refused(&["keys", "/nowhere/at/all"]).contains("cannot read it"));
    for wrong in [
        ["--partitions", "0"],
        ["--partitions", "6,x"],
        ["--salt", "0"],
        ["--format", "xml"],
        ["--header", "maybe"],
    ] {
        refused(&["keys", file.path(), wrong[0], wrong[1]]);
    }
}

#[test]
fn steps_tell_the_state_at_each_step_as_data() {
    const PIPELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/order-pipeline.toml");
    let output = partitura(&["steps", PIPELINE, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let steps: Value = serde_json::from_str(stdout(&output)).unwrap();
    let steps = steps.as_array().unwrap();
    let titles: Vec<&str> = steps.iter().filter_map(|step| step["title"].as_str()).collect();
    assert_eq!(titles.len(), 7, "{titles:?}");

    let created = &steps[0];
    assert_eq!(created["partitions"].as_array().unwrap().len(), 3);
    assert_eq!(created["partitions"][0]["replicas"].as_array().unwrap().len(), 2);
    assert_eq!(created["records"]["produced"], 0);
    let group = &created["groups"][0];
    assert_eq!(
        (&group["group"], &group["state"]),
        (&"order-processor".into(), &"Stable".into())
    );
    let assigned = |group: &Value| -> Vec<usize> {
        let members = group["members"].as_array().unwrap().iter();
        members
            .map(|member| member["assigned"].as_array().unwrap().len())
            .collect()
    };
    assert_eq!(assigned(group), [2, 1]);

    let broker_lost = &steps[4]["brokers"][2];
    assert_eq!(
        (&broker_lost["process"], &broker_lost["fenced"]),
        (&"crashed".into(), &false.into())
    );
    assert_eq!(steps[5]["brokers"][2]["fenced"], true);
    // Its leader is gone, and nobody can say where it ends.
    let unknown = &steps[4]["groups"][0]["offsets"][1];
    assert!(unknown["current_offset"].is_u64() && unknown["log_end_offset"].is_null() && unknown["lag"].is_null());

    let whole = steps.last().unwrap();
    assert_eq!(whole["records"]["produced"], whole["records"]["processed"]);
    for row in whole["groups"][0]["offsets"].as_array().unwrap() {
        assert_eq!(
            (&row["lag"], &row["current_offset"]),
            (&0.into(), &row["log_end_offset"])
        );
    }

    let text = partitura(&["steps", PIPELINE]);
    assert!(stdout(&text).starts_with("1. Create, at 7.9 s\n"), "{}", stdout(&text));
    assert!(refused(&["steps", "no-such-file.toml"]).contains("no-such-file.toml"));
}
