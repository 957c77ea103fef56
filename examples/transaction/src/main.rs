//! Transactions on SQLite: begin, several statements, commit; roll back in `catch`; give the connection back in `finally`.
//!
//! ```sh
//! cargo run -p promise-example-transaction
//! ```
//!
//! The JavaScript original:
//!
//! ```js
//! transaction(queries) {
//!     return this.connect()
//!         .then(() => this.beginTransaction())
//!         .then(() => Promise.all(queries.map(({ sql, params }) => this.query(sql, params))))
//!         .then(results => this.commit().then(() => results))
//!         .catch(error => this.rollback().then(() => { throw error; }))
//!         .finally(() => this.release());
//! }
//!
//! db.transaction(queries)
//!     .then(results => console.log('Transaction successful:', results))
//!     .catch(error => console.error('Transaction failed:', error.message));
//! ```

mod database;

use std::time::Duration;

use database::{Database, DatabaseError, Query};
use promise_runtime::prelude::*;

fn insert_user(name: &'static str) -> Query {
    Query::new("INSERT INTO users (name) VALUES (?)", name)
}

fn insert_profile(biography: &'static str) -> Query {
    Query::new(
        "INSERT INTO profiles (user, biography) SELECT max(id), ? FROM users",
        biography,
    )
}

/// Runs the queries in a transaction, and says what came of it and what is in the tables afterwards.
async fn report(database: &Database, title: &str, queries: Vec<Query>) {
    println!("{title}");
    let Ok(()) = promise! {
        database.transaction(queries)
            .then(rows => println!("  successful  rows {rows:?}"))
            .catch(error => println!("  failed      {error}"))
    }
    .await;
    stored(database).await;
}

async fn stored(database: &Database) {
    let Ok(()) = promise! {
        Promise.all({ users: database.count("users"), profiles: database.count("profiles") })
            .then(({ users, profiles }) => println!("  stored      {users} users, {profiles} profiles\n"))
            .catch(error => println!("  unreadable  {error}\n"))
    }
    .await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DatabaseError> {
    let database = Database::open().await?;

    let good = vec![insert_user("Ada"), insert_profile("Countess")];
    report(&database, "Two statements, both good", good).await;

    let mistaken = Query::new("INSERT INTO profils (user) VALUES (?)", "1");
    let bad = vec![insert_user("Grace"), insert_profile("Admiral"), mistaken];
    report(
        &database,
        "Three statements, of which the last one fails",
        bad,
    )
    .await;

    report(&database, "A name that is taken", vec![insert_user("Ada")]).await;

    println!("A transaction that is given up half-way");
    let slow = vec![
        insert_user("Charles"),
        Query::slow(),
        insert_profile("Engineer"),
    ];
    let outcome = with_timeout(database.transaction(slow), Duration::from_millis(50)).await;
    println!("  given up    {}", outcome.is_err());
    stored(&database).await;

    println!("A database that is busy, tried again until it is not");
    database.verbose.set(false);
    let blocker = database.block().await?;
    let policy = RetryPolicy::constant(Duration::from_millis(10)).when(DatabaseError::is_busy);
    let write = || database.transaction(vec![insert_user("Edith"), insert_profile("Engineer")]);
    println!(
        "  at once     {}",
        write().await.is_err_and(|error| error.is_busy())
    );
    let chain = promise! { <_, DatabaseError>
        Promise.all((
            Promise.try(write).retry(policy),
            Promise.delay(Duration::from_millis(50)).then(() => blocker.roll_back()),
        ))
    };
    let (rows, ()) = chain.await?;
    println!("  successful  rows {rows:?}");
    stored(&database).await;

    with_timeout(database.all_are_back(), Duration::from_secs(10))
        .await
        .map_err(|timeout| DatabaseError::Statement(timeout.to_string()))?;
    println!("Every connection is back");
    database.close().await;
    Ok(())
}
