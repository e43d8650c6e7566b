//! How the shop counts: its clocks and its hours, as the server keeps them.

use qinda::sync::{FigureTrial, PlanTold, RulesAnswer, RulesTold};
use qinda::timing::{Definition, FigureRules};

use super::Desk;
use crate::local::http::{self, Failure};

const RULES: &str = "/api/figures/rules";

/// Why the rules were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RulesProblem {
    /// The server cannot be reached; what was typed stays.
    Unreachable,
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// The member may not.
    Forbidden,
    /// Somebody changed them meanwhile.
    MovedOn,
    /// A team or a channel that is named is not there any more.
    NoSuchPlace,
    /// The server does not take them: there is no such time zone, for the rest is looked at here.
    NoSuchZone,
    /// Anything else.
    Other,
}

impl From<Failure> for RulesProblem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable | Failure::Busy(_) => Self::Unreachable,
            Failure::SignedOut | Failure::CutOff => Self::SignedOut,
            Failure::Refused(403, _) => Self::Forbidden,
            Failure::Refused(404, _) => Self::NoSuchPlace,
            Failure::Refused(409, _) => Self::MovedOn,
            Failure::Refused(422, _) => Self::NoSuchZone,
            Failure::Refused(..) | Failure::Push(..) => Self::Other,
        }
    }
}

impl Desk {
    /// How the shop counts now, and which teams and channels it has.
    pub(crate) async fn figure_rules(&self) -> Result<RulesAnswer, RulesProblem> {
        Ok(http::get(RULES).await?)
    }

    /// What a definition would have said of the last days.
    pub(crate) async fn try_figure(&self, definition: &Definition) -> Result<FigureTrial, RulesProblem> {
        Ok(http::post("/api/figures/trial", definition).await?)
    }

    /// Changes how the shop counts, from the version that was read.
    pub(crate) async fn put_figure_rules(&self, rules: FigureRules, version: u32) -> Result<RulesTold, RulesProblem> {
        Ok(http::put(RULES, &RulesTold { rules, version }).await?)
    }

    /// Keeps what the shop assumes and planned, from the version that was read.
    pub(crate) async fn put_plan(&self, plan: &PlanTold) -> Result<PlanTold, RulesProblem> {
        Ok(http::put("/api/planning/assumptions", plan).await?)
    }
}
