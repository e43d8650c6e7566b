//! The cases that no rule of a policy fits, put together so that an editor reads few lines.

use qinda::policy::{PolicyFields, PolicyRule};

/// Fault, opened, gift; `None` where both ways are meant.
type Pattern = [Option<bool>; 3];

/// The gaps of a policy, as if they were rules of their own: which days, and which cases on them.
pub(super) fn gaps(fields: &PolicyFields) -> Vec<PolicyRule> {
    let mut days: Vec<u32> = vec![1];
    days.extend(
        fields.rules.iter().flat_map(|rule| [rule.from_day, rule.to_day.map(|day| day.saturating_add(1))]).flatten(),
    );
    days.sort_unstable();
    days.dedup();
    let cases = fields.gaps();
    let open_on = |day: u32| {
        let cases = cases.iter().filter(|case| case.day == day);
        joined(cases.map(|case| [Some(case.fault), Some(case.opened), Some(case.gift)]).collect())
    };
    let stretches: Vec<(u32, Vec<Pattern>)> = days.into_iter().map(|day| (day, open_on(day))).collect();
    let mut gaps = Vec::new();
    for (place, (day, patterns)) in stretches.iter().enumerate() {
        for pattern in patterns {
            let runs_on = place.checked_sub(1).is_some_and(|before| stretches[before].1.contains(pattern));
            if runs_on {
                continue;
            }
            let end = stretches[place + 1..].iter().find(|(_, open)| !open.contains(pattern)).map(|(end, _)| end - 1);
            let [fault, opened, gift] = *pattern;
            gaps.push(PolicyRule { from_day: Some(*day), to_day: end, fault, opened, gift, ..PolicyRule::default() });
        }
    }
    gaps
}

/// Two patterns that differ in one point alone are one pattern that leaves it open.
fn joined(mut patterns: Vec<Pattern>) -> Vec<Pattern> {
    for point in [2, 1, 0] {
        let mut kept: Vec<Pattern> = Vec::new();
        for pattern in patterns {
            let mut other = pattern;
            other[point] = pattern[point].map(|is| !is);
            match kept.iter_mut().find(|one| pattern[point].is_some() && **one == other) {
                Some(one) => one[point] = None,
                None => kept.push(pattern),
            }
        }
        patterns = kept;
    }
    patterns
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn policy(rules: Vec<PolicyRule>) -> PolicyFields {
        PolicyFields { title: "退货".into(), rules }
    }

    #[wasm_bindgen_test]
    fn gaps_are_told_in_few_lines() {
        let within = PolicyRule { to_day: Some(7), granted: true, ..PolicyRule::default() };
        let faulty = PolicyRule { to_day: Some(15), fault: Some(true), granted: true, ..PolicyRule::default() };
        let told = gaps(&policy(vec![within, faulty]));
        let told: Vec<_> = told.iter().map(|gap| (gap.from_day, gap.to_day, gap.fault, gap.opened, gap.gift)).collect();
        assert_eq!(told, [(Some(8), Some(15), Some(false), None, None), (Some(16), None, None, None, None)]);
    }

    #[wasm_bindgen_test]
    fn no_rule_leaves_everything_open_and_a_rule_for_all_nothing() {
        assert_eq!(gaps(&policy(Vec::new())).len(), 1);
        assert!(gaps(&policy(vec![PolicyRule::default()])).is_empty());
    }
}
