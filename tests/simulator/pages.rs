//! The pages of the server's answer to a pull, cut where there is no more room.

use qinda::model::ConversationState;
use qinda::sync::{Change, Cursor, Gap, PullRequest, Row, Scope, ScopePage, Standing};

use super::database::{Database, Feed, FeedRow};

/// One page for each scope, the narrowest first.
pub fn pages(
    database: &Database,
    scopes: &[Scope],
    request: &PullRequest,
    through: u64,
    mut room: usize,
) -> Vec<ScopePage> {
    let Some(newest) = &request.newest_first else {
        let page = |scope: &Scope| oldest_first(&database.feed(*scope), *scope, request.standing(*scope), &mut room);
        return scopes.iter().rev().map(page).collect();
    };
    let holds = newest.queued || through > request.verdicts_after;
    let mut pages = Vec::new();
    for (left, scope) in scopes.iter().enumerate().rev() {
        let (feed, known) = (database.feed(*scope), request.standing(*scope));
        let share = room / (left + 1);
        let page = match known.gap {
            Some(_) if !is_reset(&feed, known) => {
                let mut rest = share;
                ScopePage { gap: known.gap, ..oldest_first(&feed, *scope, known, &mut rest) }
            }
            _ => newest_first(&feed, *scope, known, share, holds),
        };
        room -= page.rows.len().min(share);
        pages.push(page);
    }
    if pages.iter().all(|page| page.cursor.seq == page.head) {
        for page in &mut pages {
            let known = request.standing(page.scope).gap.filter(|_| !page.reset);
            if let (Some(gap), Some(_)) = (known, page.gap) {
                let (rows, left) = newest_of(&database.feed(page.scope), gap, gap.above == 0, room);
                room -= rows.len();
                (page.older, page.gap) = (rows, left);
            }
        }
    }
    pages
}

fn is_reset(feed: &Feed, known: Standing) -> bool {
    let (Cursor { generation, seq }, gap) = (known.cursor, known.gap);
    let below = seq < feed.floor || gap.is_some_and(|gap| gap.above > 0 && gap.above < feed.floor);
    generation != feed.generation || seq > feed.head || below
}

fn oldest_first(feed: &Feed, scope: Scope, known: Standing, room: &mut usize) -> ScopePage {
    let standing = feed.standing();
    let reset = is_reset(feed, known);
    let after = if reset { 0 } else { known.cursor.seq };
    let mut waiting = feed.rows.range(after + 1..).map(|(_, row)| row.row.clone());
    let mut rows: Vec<Row> = waiting.by_ref().take(*room).collect();
    *room -= rows.len();
    let whole = waiting.next().is_none();
    let mut seq = if whole { standing.seq } else { rows.last().map_or(after, |row| row.seq) };
    if reset && !rows.is_empty() && seq < feed.floor {
        rows.extend(feed.rows.range(seq + 1..=feed.floor).map(|(_, row)| row.row.clone()));
        seq = feed.floor;
    }
    ScopePage {
        scope,
        reset,
        cursor: Cursor { seq, ..standing },
        head: standing.seq,
        rows,
        gap: None,
        older: Vec::new(),
    }
}

fn newest_first(feed: &Feed, scope: Scope, known: Standing, room: usize, holds: bool) -> ScopePage {
    let (standing, reset) = (feed.standing(), is_reset(feed, known));
    let above = if reset { 0 } else { known.cursor.seq };
    let missing = Gap { above, up_to: standing.seq, rows: feed.rows.range(above + 1..).count() as u64, holds };
    let (mut rows, gap) = newest_of(feed, missing, reset, room);
    rows.extend(gap.iter().flat_map(|gap| open_conversations(feed, *gap)));
    ScopePage { scope, reset, cursor: standing, head: standing.seq, rows, gap, older: Vec::new() }
}

/// The newest rows of a gap, and what is left of it.
fn newest_of(feed: &Feed, gap: Gap, is_empty: bool, room: usize) -> (Vec<Row>, Option<Gap>) {
    if gap.above >= gap.up_to {
        return (Vec::new(), None);
    }
    // Who has nothing below does not have to hear of what is gone.
    let is_news = |row: &FeedRow| !is_empty || !row.change.as_ref().is_some_and(Change::is_gone);
    let below = feed.rows.range(gap.above + 1..=gap.up_to).rev().map(|(_, row)| row);
    let mut waiting = below.filter(|row| is_news(row)).map(|row| row.row.clone());
    let rows: Vec<Row> = waiting.by_ref().take(room).collect();
    let is_whole = waiting.next().is_none();
    let up_to = rows.last().map_or(gap.up_to, |row| row.seq - 1);
    let left = Gap { up_to, rows: gap.rows.saturating_sub(rows.len() as u64), ..gap };
    (rows, (!is_whole).then_some(left))
}

/// What comes before its turn.
fn open_conversations(feed: &Feed, gap: Gap) -> Vec<Row> {
    let below = feed.rows.range(gap.above + 1..=gap.up_to).map(|(_, row)| row);
    let is_open = |change: &Change| matches!(change, Change::Conversation(conversation) if conversation.state == ConversationState::Open);
    below.filter(|row| row.change.as_ref().is_some_and(is_open)).map(|row| row.row.clone()).collect()
}
