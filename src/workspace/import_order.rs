//! The order in which packages go to the model: what is imported before what imports it.

use crate::source::Span;

/// An import that led to a package; folders are numbered in the order found.
pub(super) struct FollowedImport {
    /// The importing folder.
    pub(super) from: usize,
    /// The imported folder.
    pub(super) to: usize,
    /// The path in the import.
    pub(super) place: Span,
}

/// All folders, each after those it imports where no circle stands against it.
pub(super) fn imported_first(count: usize, imports: &[FollowedImport]) -> Vec<usize> {
    let outgoing = outgoing(count, imports);
    let mut entered = vec![false; count];
    let mut order = Vec::with_capacity(count);
    for root in 0..count {
        // A folder and how many of its imports were followed: a stack of its own instead of recursion.
        let mut stack = vec![(root, 0)];
        while let Some((at, followed)) = stack.pop() {
            if followed == 0 {
                match entered.get_mut(at) {
                    Some(flag) if !*flag => *flag = true,
                    _ => continue,
                }
            }
            match outgoing.get(at).and_then(|out| out.get(followed)) {
                Some(&to) => {
                    stack.push((at, followed + 1));
                    stack.push((to, 0));
                }
                None => order.push(at),
            }
        }
    }
    order
}

/// The imported folders by the folder that imports them, in the order found.
fn outgoing(count: usize, imports: &[FollowedImport]) -> Vec<Vec<usize>> {
    let mut outgoing = vec![Vec::new(); count];
    for import in imports {
        if let Some(out) = outgoing.get_mut(import.from) {
            out.push(import.to);
        }
    }
    outgoing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn imports(pairs: &[(usize, usize)]) -> Vec<FollowedImport> {
        let place = Span::new(FileId(0), 0, 0);
        pairs.iter().map(|&(from, to)| FollowedImport { from, to, place }).collect()
    }

    #[test]
    fn imported_folders_go_first_and_each_once() {
        assert_eq!(imported_first(4, &imports(&[(0, 1), (0, 2), (1, 3), (2, 3)])), [3, 1, 2, 0]);
        assert_eq!(imported_first(2, &imports(&[(0, 1), (1, 0)])), [1, 0]);
        assert_eq!(imported_first(1, &imports(&[(0, 0)])), [0]);
        assert_eq!(imported_first(3, &[]), [0, 1, 2]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let pairs: Vec<(usize, usize)> = (0..100_000).map(|at| (at, at + 1)).collect();
        assert_eq!(imported_first(100_001, &imports(&pairs)).first(), Some(&100_000));
    }
}
