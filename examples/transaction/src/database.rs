//! A database of users and their profiles, and transactions on it.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use promise_runtime::prelude::*;
use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("the database is busy")]
    Busy,
    #[error("there is a row of that name already")]
    Duplicate,
    #[error("{0}")]
    Statement(String),
}

impl DatabaseError {
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        const SQLITE_BUSY: &str = "5";
        match error.as_database_error() {
            Some(reason) if reason.is_unique_violation() => Self::Duplicate,
            Some(reason) if reason.code().as_deref() == Some(SQLITE_BUSY) => Self::Busy,
            Some(reason) => Self::Statement(reason.message().to_owned()),
            None => Self::Statement(error.to_string()),
        }
    }
}

/// A statement and its parameter.
#[derive(Clone)]
pub(crate) struct Query {
    sql: &'static str,
    parameter: &'static str,
    takes: Duration,
}

impl Query {
    pub(crate) fn new(sql: &'static str, parameter: &'static str) -> Self {
        Self {
            sql,
            parameter,
            takes: Duration::ZERO,
        }
    }

    /// One that nobody wants to wait for.
    pub(crate) fn slow() -> Self {
        Self {
            takes: Duration::from_secs(3600),
            ..Self::new("SELECT ?", "at last")
        }
    }
}

pub(crate) struct Database {
    pool: SqlitePool,
    file: PathBuf,
    /// Whether each end of a transaction is printed.
    pub(crate) verbose: Cell<bool>,
}

impl Database {
    /// A new one, in a file that goes with it.
    pub(crate) async fn open() -> Result<Self, DatabaseError> {
        let name = format!("promise-transaction-{}.sqlite", std::process::id());
        let file = std::env::temp_dir().join(name);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .busy_timeout(Duration::ZERO);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await?;
        let database = Self {
            pool,
            file,
            verbose: Cell::new(true),
        };
        for table in [
            "DROP TABLE IF EXISTS users",
            "DROP TABLE IF EXISTS profiles",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            "CREATE TABLE profiles (user INTEGER NOT NULL, biography TEXT NOT NULL)",
        ] {
            sqlx::query(table).execute(&database.pool).await?;
        }
        Ok(database)
    }

    /// Fulfils with the number of rows that each query has changed, all of which are stored then. If one fails, or the promise is
    /// dropped, none is.
    pub(crate) async fn transaction(&self, queries: Vec<Query>) -> Result<Vec<u64>, DatabaseError> {
        let session = Session::new(self);
        promise! { <_, DatabaseError>
            session.begin()
                .then(() => Promise.map(queries, query => session.run(query), { concurrency: 1 }))
                .then(rows => session.commit().then(() => rows))
                .catch(error => session.roll_back().then(() => { throw error }))
                .finally(() => session.give_back())
        }
        .await
    }

    pub(crate) async fn count(&self, table: &str) -> Result<i64, DatabaseError> {
        let sql = format!("SELECT count(*) FROM {table}");
        let (count,) = sqlx::query_as(&sql).fetch_one(&self.pool).await?;
        Ok(count)
    }

    /// Keeps others from writing until it is ended.
    pub(crate) async fn block(&self) -> Result<Session<'_>, DatabaseError> {
        let session = Session::new(self);
        session.begin().await?;
        session
            .run(Query::new("DELETE FROM profiles WHERE biography = ?", ""))
            .await?;
        Ok(session)
    }

    /// Fulfils when every connection is in the pool again: they come back by tasks of their own.
    pub(crate) async fn all_are_back(&self) {
        while self.pool.size() as usize > self.pool.num_idle() {
            delay(Duration::from_millis(1)).await;
        }
    }

    pub(crate) async fn close(self) {
        self.pool.close().await;
        let _ = std::fs::remove_file(self.file);
    }
}

/// A connection with a transaction on it, between `begin` and its end.
///
/// A query has it while it runs. So when a query is dropped, so is the transaction, which rolls it back.
pub(crate) struct Session<'a> {
    database: &'a Database,
    transaction: Cell<Option<sqlx::Transaction<'static, Sqlite>>>,
}

impl<'a> Session<'a> {
    fn new(database: &'a Database) -> Self {
        Self {
            database,
            transaction: Cell::new(None),
        }
    }

    async fn begin(&self) -> Result<(), DatabaseError> {
        self.transaction
            .set(Some(self.database.pool.begin().await?));
        Ok(())
    }

    async fn run(&self, query: Query) -> Result<u64, DatabaseError> {
        let not_begun = || DatabaseError::Statement("there is no transaction".to_owned());
        let mut transaction = self.transaction.take().ok_or_else(not_begun)?;
        if !query.takes.is_zero() {
            delay(query.takes).await;
        }
        let statement = sqlx::query(query.sql).bind(query.parameter);
        let outcome = statement.execute(&mut *transaction).await;
        self.transaction.set(Some(transaction));
        Ok(outcome?.rows_affected())
    }

    async fn commit(&self) -> Result<(), DatabaseError> {
        if let Some(transaction) = self.transaction.take() {
            transaction.commit().await?;
        }
        Ok(())
    }

    pub(crate) async fn roll_back(&self) -> Result<(), DatabaseError> {
        if let Some(transaction) = self.transaction.take() {
            self.say("rolled back");
            transaction.rollback().await?;
        }
        Ok(())
    }

    /// Nobody has the connection any more.
    fn give_back(&self) {
        drop(self.transaction.take());
        self.say("given back");
    }

    fn say(&self, what: &str) {
        if self.database.verbose.get() {
            println!("  {what}");
        }
    }
}
