//! The program ends by itself and prints what it promises to.

use std::process::Command;

#[test]
fn transaction() {
    let expected = "\
Two statements, both good
  given back
  successful  rows [1, 1]
  stored      1 users, 1 profiles

Three statements, of which the last one fails
  rolled back
  given back
  failed      no such table: profils
  stored      1 users, 1 profiles

A name that is taken
  rolled back
  given back
  failed      there is a row of that name already
  stored      1 users, 1 profiles

A transaction that is given up half-way
  given back
  given up    true
  stored      1 users, 1 profiles

A database that is busy, tried again until it is not
  at once     true
  successful  rows [1, 1]
  stored      2 users, 2 profiles

Every connection is back
";
    let program = env!("CARGO_BIN_EXE_promise-example-transaction");
    let output = Command::new(program).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), expected);
}
