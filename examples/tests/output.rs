//! The programs end by themselves and print what they promise to.

use std::process::Command;

fn output_of(program: &str) -> String {
    let output = Command::new(program).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn quickstart() {
    let expected = "\
The comments on a user's first post
  user      Ada
  spinner   hidden
  comment   Note G is my favourite
  comment   It cannot originate anything?

A page whose parts load at the same time
  user      Ada
  posts     2
  theme     dark

A user who does not exist
  user      guest

A server that fails
  status    500 Internal Server Error
  post      A bug in the relay (cached)

A server that takes too long
  request   given up
  report    none (no answer in time)

Everything that can be found
  user      Ada
  user      Grace
  user      (not found)
";
    assert_eq!(output_of(env!("CARGO_BIN_EXE_quickstart")), expected);
}

#[test]
fn instanceof() {
    let expected = "\
An enum and arms
  200       fulfilled: Ada
  401       fulfilled: somebody who has signed in
  404       fulfilled: nobody
            tell the operators
  500       rejected: the server answered 500
  no server rejected: the server cannot be reached

A dynamic error and `instanceof`
  200       fulfilled: Ada
  401       fulfilled: somebody who has signed in
  404       fulfilled: nobody
            tell the operators
  500       rejected: the server answered 500
  no server rejected: the server cannot be reached

A shared error, logged and passed on
  200       fulfilled: Ada
  401       rejected: the client's fault
  404       fulfilled: nobody
  500       rejected: the server's fault
  no server rejected: the network's fault
  log       4 errors
";
    assert_eq!(output_of(env!("CARGO_BIN_EXE_instanceof")), expected);
}

#[test]
fn resilient_client() {
    let expected = "\
requests  what came of it

Twelve articles, three requests at a time
      12  articles: 12
          never more than three at a time: true

The same ones again
       0  articles: 12

Ten callers for one article
       1  articles: 10

Two faults, then an answer
       3  Article 14

An article that does not exist
       1  Article 404: the server answered 404 Not Found

A server that is down
       3  Article 21: the server answered 503 Service Unavailable
          breaker: Closed -> Open
       1  Article 22: turned away by the breaker
       0  Article 23: turned away by the breaker
       0  Article 24: turned away by the breaker
       0  Article 1

A server that is back
          breaker: Open -> HalfOpen
          breaker: HalfOpen -> Closed
       1  articles: 1; callers turned away by the breaker: 2
       2  articles: 3
";
    assert_eq!(output_of(env!("CARGO_BIN_EXE_resilient_client")), expected);
}

#[test]
fn downloads() {
    let expected = "287000 bytes of 24 files, 1 missing\n";
    assert_eq!(output_of(env!("CARGO_BIN_EXE_downloads")), expected);
}
