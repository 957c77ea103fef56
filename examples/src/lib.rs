//! The programs are in `src/bin`; each says in its first lines what it shows and how to run it.
