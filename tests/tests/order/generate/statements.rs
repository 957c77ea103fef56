//! What stands in async functions.

use super::Generator;
use super::choices::{ANY_KIND, Scope};
use crate::program::{Statement, Statements};

impl Generator {
    pub(super) fn statements(&mut self, scope: &mut Scope, length: usize) -> Statements {
        let mut made = Vec::new();
        for _ in 0..length {
            let before = made.len();
            match self.random.below(12) {
                0..=5 => {
                    if let Some(of) = self.promise(scope, &ANY_KIND) {
                        made.push(Statement::Await(self.event(), of));
                    }
                }
                6 => {
                    let event = self.event();
                    made.push(Statement::AwaitValue(event, self.value()));
                }
                7 if scope.depth < 5 => made.push(self.attempt(scope)),
                8 if self.random.chance(50) => made.push(self.leave(scope)),
                _ => {}
            }
            if let Some(Statement::Return(_) | Statement::ReturnAwait(_) | Statement::Throw(_)) =
                made.last()
            {
                break;
            }
            if made.len() == before {
                self.block_into(&mut made, scope, 1, Statement::Op);
            }
        }
        made.into()
    }

    fn leave(&mut self, scope: &Scope) -> Statement {
        let of = self.promise(scope, &ANY_KIND);
        match (self.random.below(3), of) {
            (0, Some(of)) => Statement::ReturnAwait(of),
            (1, _) => Statement::Throw(self.expression(scope)),
            _ => Statement::Return(self.expression(scope)),
        }
    }

    fn attempt(&mut self, scope: &Scope) -> Statement {
        let length = 1 + self.random.below(2);
        let body = self.statements(&mut scope.inner(), length);
        let (catches, finishes) =
            self.random
                .pick(&[(true, false), (true, false), (false, true), (true, true)]);
        let mut part = |wanted: bool| {
            wanted.then(|| {
                let length = self.random.below(3);
                (self.event(), self.statements(&mut scope.inner(), length))
            })
        };
        let (catch, finally) = (part(catches), part(finishes));
        Statement::Try {
            body,
            catch,
            finally,
        }
    }
}
