//! The models of both sources.

models!(&[];
    two_let_go
    one_more_holds_it_while_another_lets_go
    one_lets_go_while_another_only_watches
    whoever_watches_holds_it
    whoever_held_it_watches
    two_watch_while_the_last_one_lets_go
);
