//! `AggregateError`, `TimeoutError`, `SharedError` and catching by type.

use promise_runtime::{AggregateError, DynamicError, SharedError, TimeoutError};
use std::{error::Error, fmt, io, num::ParseIntError};

fn parse_error() -> ParseIntError {
    "x".parse::<u8>().unwrap_err()
}

#[test]
fn an_aggregate_error_counts_its_reasons() {
    assert_eq!(
        AggregateError {
            errors: ["a", "b", "c"]
        }
        .to_string(),
        "all 3 promises were rejected"
    );
    assert_eq!(
        AggregateError { errors: vec![1] }.to_string(),
        "the only promise was rejected"
    );
    assert_eq!(
        AggregateError::<[u8; 0]> { errors: [] }.to_string(),
        "no promise could fulfil, as none was given"
    );
}

#[test]
fn an_aggregate_error_gives_its_reasons() {
    let error = AggregateError { errors: ["a", "b"] };
    assert_eq!(error.errors(), ["a", "b"]);
    assert_eq!(error.iter().count(), 2);
    assert_eq!(error.into_errors(), ["a", "b"]);
    assert_eq!(error.into_iter().collect::<String>(), "ab");
    let dynamic: AggregateError<Vec<_>> = error.into();
    assert_eq!(
        dynamic,
        AggregateError {
            errors: vec!["a", "b"]
        }
    );
    assert_eq!(dynamic.errors(), ["a", "b"]);
}

#[test]
fn an_aggregate_error_is_an_error_whatever_the_reasons_are() {
    #[derive(Debug)]
    struct NoError;
    let error: Box<dyn Error> = AggregateError {
        errors: [NoError, NoError],
    }
    .into();
    assert!(error.is::<AggregateError<[NoError; 2]>>());
    let error: Box<dyn Error> = AggregateError {
        errors: vec![NoError],
    }
    .into();
    assert!(error.source().is_none());
}

#[test]
fn a_shared_error_comes_from_any_error_by_question_mark() {
    fn parse(text: &str) -> Result<u8, SharedError> {
        Ok(text.parse::<u8>()?)
    }
    let error = parse("x").unwrap_err();
    let clone = error.clone();
    assert_eq!(error.downcast_ref::<ParseIntError>(), Some(&parse_error()));
    assert!(clone.is::<ParseIntError>() && !clone.is::<TimeoutError>());
    assert_eq!(
        format!("{error} {error:?}"),
        format!("{0} {0:?}", parse_error())
    );
}

#[test]
fn a_shared_error_can_be_a_message_or_a_box() {
    assert_eq!(SharedError::msg("plain").to_string(), "plain");
    assert_eq!(SharedError::msg(format_args!("{}", 1)).to_string(), "1");
    let boxed: Box<dyn Error + Send + Sync> = Box::new(TimeoutError);
    assert!(SharedError::from_boxed(boxed).is::<TimeoutError>());
}

#[test]
fn a_shared_error_shows_its_source_also_from_a_box() {
    #[derive(Debug)]
    struct Outer(ParseIntError);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }
    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    let error = SharedError::from(Outer(parse_error()));
    assert!(error.source().unwrap().is::<ParseIntError>());
    let as_ref: &(dyn Error + Send + Sync) = error.as_ref();
    assert_eq!(as_ref.to_string(), "outer");
    let boxed: Box<dyn Error + Send + Sync> = error.into();
    assert_eq!(
        (
            boxed.to_string().as_str(),
            boxed.source().unwrap().is::<ParseIntError>()
        ),
        ("outer", true)
    );
}

fn caught<T, D: DynamicError<T>>(error: D) -> Option<T> {
    error.narrow().ok()
}

#[test]
fn dynamic_errors_are_caught_by_type() {
    assert_eq!(
        caught::<TimeoutError, Box<dyn Error>>(TimeoutError.into()),
        Some(TimeoutError)
    );
    assert_eq!(
        caught::<TimeoutError, Box<dyn Error + Send>>(Box::new(TimeoutError)),
        Some(TimeoutError)
    );
    assert_eq!(
        caught::<TimeoutError, Box<dyn Error + Send + Sync>>(TimeoutError.into()),
        Some(TimeoutError)
    );
    assert_eq!(
        caught::<TimeoutError, SharedError>(TimeoutError.into()),
        Some(TimeoutError)
    );
    assert_eq!(
        caught::<TimeoutError, anyhow::Error>(TimeoutError.into()),
        Some(TimeoutError)
    );
    assert!(
        caught::<io::Error, Box<dyn Error + Send + Sync>>(io::Error::other("x").into()).is_some()
    );
}

#[test]
fn another_type_comes_back_unchanged() {
    let error: Box<dyn Error + Send + Sync> = parse_error().into();
    let back: Result<TimeoutError, _> = error.narrow();
    assert!(back.unwrap_err().is::<ParseIntError>());
    let error = SharedError::from(parse_error());
    let back: Result<TimeoutError, _> = error.narrow();
    assert!(back.unwrap_err().is::<ParseIntError>());
    let error = anyhow::Error::from(parse_error());
    let back: Result<TimeoutError, _> = error.narrow();
    assert!(back.unwrap_err().is::<ParseIntError>());
}
