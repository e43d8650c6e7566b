//! Much that is kept is added up, and told, by several processors at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use qinda::timing::rollup::{Gathered, RollupFault};

/// So many bytes and fewer are added up here: it takes about a millisecond.
const BYTES_HERE: usize = 200_000;
/// About so many bytes are added at once.
const BYTES_AT_ONCE: usize = 100_000;
/// Of more bytes that wait some are added before more is read.
const HELD_BYTES_MAX: usize = 24_000_000;
/// So many steps and groups and fewer are told here, which is as quick.
const TOLD_HERE: usize = 100;
/// The most processors that one question takes.
const PROCESSORS_MAX: usize = 4;

/// What is added up while more of it is read: by this processor once all is read, and by others meanwhile.
pub struct Adding {
    waiting: Arc<Waiting>,
    others: Vec<JoinHandle<Added>>,
    here: Vec<Gathered>,
    /// The lane of which this processor added.
    held: Option<Lane>,
    /// How many bytes there were until now.
    bytes: usize,
}

type Added = Result<Vec<Gathered>, RollupFault>;
type Add = Box<dyn FnOnce(&mut Gathered) -> Result<(), RollupFault> + Send>;

/// To which of what is gathered something is added, and the number of what belongs together there: one processor adds it, as
/// long as others find something else.
pub type Lane = (usize, usize);

/// Some kept bytes that are added.
struct Piece {
    lane: Lane,
    bytes: usize,
    add: Add,
}

impl Piece {
    fn added(self, gathered: &mut [Gathered]) -> Result<(), RollupFault> {
        gathered.get_mut(self.lane.0).map_or(Ok(()), self.add)
    }
}

/// What was read and nobody has begun to add.
#[derive(Default)]
struct Waiting {
    line: Mutex<Line>,
    changed: Condvar,
}

#[derive(Default)]
struct Line {
    lanes: BTreeMap<Lane, VecDeque<Piece>>,
    /// The lanes of which somebody adds.
    held: BTreeSet<Lane>,
    bytes: usize,
    is_all: bool,
}

impl Line {
    fn put(&mut self, piece: Piece) {
        self.bytes += piece.bytes;
        self.lanes.entry(piece.lane).or_default().push_back(piece);
    }

    /// The next one for whoever has added of a lane: of the same, else of one that nobody holds.
    fn next(&mut self, held: &mut Option<Lane>, end: End) -> Option<Piece> {
        let lane = held.filter(|lane| self.lanes.contains_key(lane)).or_else(|| {
            if let Some(lane) = held.take() {
                self.held.remove(&lane);
            }
            self.free(end)
        })?;
        self.held.insert(lane);
        *held = Some(lane);
        let waiting = self.lanes.get_mut(&lane)?;
        let piece = waiting.pop_front()?;
        if waiting.is_empty() {
            self.lanes.remove(&lane);
        }
        self.bytes -= piece.bytes;
        Some(piece)
    }

    fn free(&self, end: End) -> Option<Lane> {
        let is_free = |lane: &&Lane| !self.held.contains(lane);
        let mut lanes = self.lanes.keys();
        let free = match end {
            End::Front => lanes.find(is_free),
            End::Back => lanes.rfind(is_free),
        };
        free.or_else(|| self.lanes.keys().next()).copied()
    }
}

/// From which end somebody takes: this processor from the back, so that others have added much of a lane before it comes there.
#[derive(Clone, Copy)]
enum End {
    Front,
    Back,
}

impl Waiting {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how many bytes wait then.
    fn put(&self, piece: Piece) -> usize {
        let mut line = self.line();
        line.put(piece);
        self.changed.notify_one();
        line.bytes
    }

    /// The next one from the front, once there is one; `None` once no more come.
    fn first(&self, held: &mut Option<Lane>) -> Option<Piece> {
        let is_to_wait = |line: &mut Line| line.lanes.is_empty() && !line.is_all;
        let mut line = self.changed.wait_while(self.line(), is_to_wait).unwrap_or_else(PoisonError::into_inner);
        line.next(held, End::Front)
    }

    /// The next one from the back, while more than so many bytes wait.
    fn last(&self, held: &mut Option<Lane>, beyond: usize) -> Option<Piece> {
        let mut line = self.line();
        if line.bytes > beyond { line.next(held, End::Back) } else { None }
    }

    fn end(&self) {
        self.line().is_all = true;
        self.changed.notify_all();
    }
}

impl Adding {
    /// Adds to each of these, which are empty.
    pub fn to(empty: Vec<Gathered>) -> Self {
        Self { waiting: Arc::default(), others: Vec::new(), here: empty, held: None, bytes: 0 }
    }

    /// Adds kept bytes, in whatever order.
    ///
    /// # Errors
    /// When some that are added here, because too many wait, cannot be used.
    pub fn put(
        &mut self,
        lane: Lane,
        bytes: usize,
        add: impl FnOnce(&mut Gathered) -> Result<(), RollupFault> + Send + 'static,
    ) -> Result<(), RollupFault> {
        self.bytes += bytes;
        let waiting = self.waiting.put(Piece { lane, bytes, add: Box::new(add) });
        if 1 + self.others.len() < processors(1 + self.bytes / BYTES_HERE) {
            self.call_another();
        }
        if waiting > HELD_BYTES_MAX { self.add_here(HELD_BYTES_MAX / 2) } else { Ok(()) }
    }

    /// Has another processor help.
    fn call_another(&mut self) {
        let (waiting, mut gathered) =
            (self.waiting.clone(), self.here.iter().map(Gathered::beside).collect::<Vec<_>>());
        let help = move || {
            let mut held = None;
            while let Some(piece) = waiting.first(&mut held) {
                piece.added(&mut gathered)?;
            }
            Ok(gathered)
        };
        // Where there is none, all is added here.
        self.others.extend(std::thread::Builder::new().spawn(help).ok());
    }

    /// Adds here while more than so many bytes wait.
    fn add_here(&mut self, beyond: usize) -> Result<(), RollupFault> {
        while let Some(piece) = self.waiting.last(&mut self.held, beyond) {
            piece.added(&mut self.here)?;
        }
        Ok(())
    }

    /// What was gathered of everything.
    ///
    /// # Errors
    /// When some of it cannot be used.
    pub fn added(mut self) -> Added {
        self.waiting.end();
        self.add_here(0)?;
        for other in std::mem::take(&mut self.others) {
            // It ends early only where something is wrong with this program.
            let gathered = other.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))?;
            self.here.iter_mut().zip(gathered).for_each(|(here, other)| here.merge(other));
        }
        Ok(std::mem::take(&mut self.here))
    }
}

impl Drop for Adding {
    /// Whoever helps goes home, also where nobody wants the answer any more.
    fn drop(&mut self) {
        self.waiting.line().lanes.clear();
        self.waiting.end();
    }
}

/// Kept bytes in pieces, as many as are added at once and of one number each: where each begins, and before what it ends, the
/// number and how many bytes there are.
pub fn pieces<K>(kept: &[K], of: impl Fn(&K) -> (usize, usize)) -> Vec<(Range<usize>, usize, usize)> {
    let mut pieces: Vec<(Range<usize>, usize, usize)> = Vec::new();
    for (at, (number, bytes)) in kept.iter().map(of).enumerate() {
        match pieces.last_mut() {
            Some((piece, same, together)) if *same == number && *together + bytes <= BYTES_AT_ONCE => {
                (piece.end, *together) = (at + 1, *together + bytes)
            }
            _ => pieces.push((at..at + 1, number, bytes)),
        }
    }
    pieces
}

/// What is made of each, in order.
pub fn each<T: Sync, M: Send>(all: &[T], make: impl Fn(&T) -> M + Sync) -> Vec<M> {
    shares(all, |share| share.iter().map(&make).collect::<Vec<M>>()).into_iter().flatten().collect()
}

/// What is made of each of some shares that follow each other; of nothing, of one that is empty.
pub fn shares<T: Sync, M: Send>(all: &[T], make: impl Fn(&[T]) -> M + Sync) -> Vec<M> {
    let shares = all.chunks(all.len().div_ceil(shares_of(all.len())).max(1));
    let shares: Vec<&[T]> = if all.is_empty() { vec![all] } else { shares.collect() };
    each_of(shares, make)
}

/// Into how many shares so many steps and groups are divided.
pub fn shares_of(many: usize) -> usize {
    processors(1 + many / TOLD_HERE)
}

/// What is made of each of some shares, each by a processor of its own.
pub fn each_of<S: Send, M: Send>(shares: Vec<S>, make: impl Fn(S) -> M + Sync) -> Vec<M> {
    let mut shares = shares.into_iter();
    let Some(here) = shares.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let make = &make;
        let others: Vec<_> = shares.map(|share| scope.spawn(move || make(share))).collect();
        let mut made = vec![make(here)];
        // It ends early only where something is wrong with this program.
        let others = others.into_iter().map(|other| other.join());
        made.extend(others.map(|made| made.unwrap_or_else(|fault| std::panic::resume_unwind(fault))));
        made
    })
}

/// How many processors take part, of so many that would have enough to do.
fn processors(busy: usize) -> usize {
    // To find out takes a while, and it hardly ever changes.
    static ALL: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    ALL.min(PROCESSORS_MAX).min(busy).max(1)
}

#[cfg(test)]
mod tests {
    use qinda::model::{ChannelId, ConversationId, MemberId, Micros, TeamId};
    use qinda::timing::rollup::{Delta, Gross, GroupOf, InStep, Only, Part, Split, Wanted, noted, part_of, slot_of};
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
        let mut adding = Adding::to(vec![Gathered::new(wanted)]);
        for part in kept {
            let part = part.clone();
            adding.put((0, of_bytes % 7), of_bytes, move |gathered| {
                gathered.take_part(&part, |_| Some(InStep::default()))
            })?;
        }
        let told = adding.added()?.into_iter().flat_map(Gathered::told);
        Ok(told.map(|(step, group, gross)| (step, group, gross.cases(Subject::Response))).collect())
    }

    #[test]
    fn much_is_told_as_little_is() {
        for split in [Split::Nothing, Split::Agent] {
            let little = gathered(&parts(), 1, split);
            for much in [BYTES_HERE, HELD_BYTES_MAX / 3, HELD_BYTES_MAX + 1] {
                assert_eq!(little, gathered(&parts(), much, split));
            }
            assert_eq!(little.unwrap().iter().map(|(_, _, cases)| cases).sum::<u64>(), 9);
        }
        assert_eq!(gathered(&[], BYTES_HERE, Split::Nothing), Ok(Vec::new()));
    }

    #[test]
    fn what_was_asked_for_is_added_to_its_own() {
        let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() };
        let mut adding = Adding::to(vec![Gathered::new(wanted); 3]);
        for (number, part) in parts().into_iter().enumerate() {
            let add = move |gathered: &mut Gathered| gathered.take_part(&part, |_| Some(InStep::default()));
            adding.put(if number < 2 { (2, 0) } else { (0, number % 3) }, BYTES_HERE, add).unwrap();
        }
        let cases = |(_, _, gross): &(u32, GroupOf, Gross)| gross.cases(Subject::Response);
        let told = adding.added().unwrap().into_iter().map(|it| it.told().iter().map(cases).sum::<u64>());
        assert_eq!(told.collect::<Vec<_>>(), [7, 0, 2]);
    }

    #[test]
    fn nobody_adds_what_nobody_wants_any_more() {
        let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() };
        let mut adding = Adding::to(vec![Gathered::new(wanted)]);
        adding.put((0, 0), BYTES_HERE, |_| Ok(())).unwrap();
        let waiting = adding.waiting.clone();
        drop(adding);
        assert!(waiting.first(&mut None).is_none());
        while Arc::strong_count(&waiting) > 1 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn pieces_are_as_large_as_is_added_at_once() {
        let (half, more) = (BYTES_AT_ONCE / 2, BYTES_AT_ONCE + 1);
        let pieces = |kept: &[usize]| pieces(kept, |bytes| (bytes / BYTES_AT_ONCE, *bytes));
        assert_eq!(pieces(&[]), []);
        let told = pieces(&[half, half, 1, more, half]);
        assert_eq!(told, [(0..2, 0, 2 * half), (2..3, 0, 1), (3..4, 1, more), (4..5, 0, half)]);
        assert_eq!(pieces(&[1, more - 1, 1]), [(0..1, 0, 1), (1..2, 1, more - 1), (2..3, 0, 1)]);
    }

    #[test]
    fn what_belongs_together_is_added_by_one_as_long_as_there_is_something_else() {
        let mut line = Line::default();
        for lane in [(0, 1), (0, 2), (0, 1), (0, 3), (0, 2), (0, 1), (0, 3)] {
            line.put(Piece { lane, bytes: 1, add: Box::new(|_| Ok(())) });
        }
        let (mut front, mut back) = (None, None);
        let mut next = |end| {
            let held = if matches!(end, End::Front) { &mut front } else { &mut back };
            line.next(held, end).map(|piece| piece.lane.1)
        };
        assert_eq!([End::Front, End::Back].map(&mut next), [Some(1), Some(3)]);
        assert_eq!([End::Front, End::Back].map(&mut next), [Some(1), Some(3)]);
        assert_eq!([End::Back, End::Front].map(&mut next), [Some(2), Some(1)]);
        assert_eq!([End::Front, End::Back].map(&mut next), [Some(2), None], "the last one is shared");
        assert_eq!(line.bytes, 0);
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
