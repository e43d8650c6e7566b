//! Much that is kept is added up, and told, by several processors at once.

use qinda::timing::rollup::{Gathered, RollupFault};

/// So many bytes and fewer are added up here: it takes about a millisecond.
const BYTES_HERE: usize = 200_000;
/// So many steps and groups and fewer are told here, which is as quick.
const TOLD_HERE: usize = 100;
/// The most processors that one question takes.
const PROCESSORS_MAX: usize = 4;

/// Adds some kept bytes to what was gathered, in whatever order. Those of the same agents stand together in `kept`.
pub fn gather<K: Sync>(
    gathered: &mut Gathered,
    kept: &[K],
    bytes: impl Fn(&K) -> usize,
    take: impl Fn(&mut Gathered, &K) -> Result<(), RollupFault> + Sync,
) -> Result<(), RollupFault> {
    let all = kept.iter().map(bytes).sum::<usize>();
    let processors = processors(1 + all / BYTES_HERE);
    let mut shares = kept.chunks(kept.len().div_ceil(processors).max(1));
    let here = shares.next().unwrap_or_default();
    std::thread::scope(|scope| {
        let take = &take;
        let taken = |mut beside: Gathered, share: &[K]| {
            share.iter().try_for_each(|kept| take(&mut beside, kept)).map(|()| beside)
        };
        let others: Vec<_> = shares
            .map(|share| {
                let beside = gathered.beside();
                scope.spawn(move || taken(beside, share))
            })
            .collect();
        here.iter().try_for_each(|kept| take(gathered, kept))?;
        for other in others {
            // It ends early only where something is wrong with this program.
            gathered.merge(other.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))?);
        }
        Ok(())
    })
}

/// What is made of each, in order.
pub fn each<T: Sync, M: Send>(all: &[T], make: impl Fn(&T) -> M + Sync) -> Vec<M> {
    shares(all, |share| share.iter().map(&make).collect::<Vec<M>>()).into_iter().flatten().collect()
}

/// What is made of each of some shares that follow each other.
pub fn shares<T: Sync, M: Send>(all: &[T], make: impl Fn(&[T]) -> M + Sync) -> Vec<M> {
    let mut shares = all.chunks(all.len().div_ceil(processors(1 + all.len() / TOLD_HERE)).max(1));
    let here = shares.next().unwrap_or_default();
    std::thread::scope(|scope| {
        let make = &make;
        let others: Vec<_> = shares.map(|share| scope.spawn(move || make(share))).collect();
        let others = others.into_iter().map(|other| other.join());
        let mut made = vec![make(here)];
        made.extend(others.map(|made| made.unwrap_or_else(|fault| std::panic::resume_unwind(fault))));
        made
    })
}

/// How many processors take part, of so many that would have enough to do.
fn processors(busy: usize) -> usize {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    all.min(PROCESSORS_MAX).min(busy).max(1)
}

#[cfg(test)]
mod tests {
    use qinda::model::{ChannelId, ConversationId, MemberId, Micros, TeamId};
    use qinda::timing::rollup::{Delta, GroupOf, InStep, Only, Part, Split, Wanted, noted, part_of, slot_of};
    use qinda::timing::{Happened, Life, Subject, What};

    use super::*;

    /// A part of each of some agents, who answered once.
    fn parts() -> Vec<Vec<u8>> {
        let part = |name: u8| {
            let by = MemberId::of_name(&name.to_string());
            let at = |second, what| Happened { at: Micros(0).plus_seconds(second), what };
            let life = Life {
                conversation: ConversationId::of_name("c"),
                customer: None,
                team: TeamId::of_name("t"),
                channel: ChannelId::of_name("c"),
                happened: vec![at(0, What::Asked), at(12, What::Answered { by, written_at: None })],
            };
            let (mut delta, mut part) = (Delta::default(), Part::default());
            delta.add(&noted(&life));
            part.change(&delta, slot_of(Micros(0)).0, part_of(Some(by))).unwrap();
            part.packed()
        };
        (0..9).map(part).collect()
    }

    fn gathered(kept: &[Vec<u8>], of_bytes: usize, split: Split) -> Result<Vec<(u32, GroupOf, u64)>, RollupFault> {
        let wanted = Wanted { subjects: Subject::Response.into(), split, only: Only::default() };
        let mut gathered = Gathered::new(wanted);
        let take = |gathered: &mut Gathered, part: &Vec<u8>| gathered.take_part(part, |_| Some(InStep::default()));
        gather(&mut gathered, kept, |_| of_bytes, take)?;
        let told = gathered.told().into_iter();
        Ok(told.map(|(step, group, gross)| (step, group, gross.cases(Subject::Response))).collect())
    }

    #[test]
    fn much_is_told_as_little_is() {
        for split in [Split::Nothing, Split::Agent] {
            let (little, much) = (gathered(&parts(), 1, split), gathered(&parts(), BYTES_HERE, split));
            assert_eq!(little, much);
            assert_eq!(little.unwrap().iter().map(|(_, _, cases)| cases).sum::<u64>(), 9);
        }
        assert_eq!(gathered(&[], BYTES_HERE, Split::Nothing), Ok(Vec::new()));
    }

    #[test]
    fn what_is_made_of_many_stands_in_their_order() {
        for many in [0, 1, TOLD_HERE, 7 * TOLD_HERE + 3] {
            let all: Vec<usize> = (0..many).collect();
            assert_eq!(each(&all, |number| number * 2), all.iter().map(|number| number * 2).collect::<Vec<_>>());
            assert_eq!(shares(&all, <[usize]>::len).into_iter().sum::<usize>(), many);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_wherever_it_stands() {
        for place in 0..9 {
            let mut kept = parts();
            kept[place].truncate(40);
            assert_eq!(gathered(&kept, BYTES_HERE, Split::Agent), Err(RollupFault::Bytes), "{place}");
        }
    }
}
