//! What each trait of a message and a text counts.

/// Traits, or what each of them counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weights {
    /// Counts whatever the text is, so that scores of all kinds are on one scale.
    pub(super) any: f32,
    /// The characters that both have, by their rarity.
    pub(super) spoken: f32,
    /// The same for how they sound.
    pub(super) sound: f32,
    /// The same for what they mean.
    pub(super) meaning: f32,
    /// The same for pairs of what they mean.
    pub(super) pair: f32,
    /// How different the lengths are.
    pub(super) length: f32,
    /// How much two characters keep each other away.
    pub(super) excluding: f32,
    /// The share of the message that the text lacks.
    pub(super) only_asked: f32,
    /// The share of the text that the message lacks.
    pub(super) only_told: f32,
    /// Whether only one of them denies something.
    pub(super) denial: f32,
    /// Whether both ask how, why, when, where or how many: that counts less than its characters do.
    pub(super) asks_alike: f32,
    /// The share that the text lacks, by how rare characters are in any shop's questions.
    pub(super) usual_only_asked: f32,
    /// The share that the message lacks, by the same.
    pub(super) usual_only_told: f32,
    /// How well the characters of one stand for those of the other in any shop's questions.
    pub(super) usual_stands_for: f32,
    /// How little they do.
    pub(super) usual_strange: f32,
    /// What the shop's own pairs tell: whether what one lacks can be left out,
    pub(super) kept: f32,
    /// whether it matters what both have,
    pub(super) shared: f32,
    /// how well the characters of one stand for those of the other,
    pub(super) stands_for: f32,
    /// and how little they do.
    pub(super) strange: f32,
}

// Found by regression over questions that ask the same and others that don't.

/// Before anything was learned.
pub(super) const UNTAUGHT: Weights = Weights {
    any: 4.0,
    spoken: 0.135,
    sound: 0.071,
    meaning: -0.061,
    pair: 0.009,
    length: -0.625,
    excluding: -0.72,
    only_asked: -0.769,
    only_told: 1.236,
    denial: -0.571,
    asks_alike: -0.309,
    usual_only_asked: -3.516,
    usual_only_told: -3.377,
    usual_stands_for: 0.064,
    usual_strange: 0.498,
    kept: 0.0,
    shared: 0.0,
    stands_for: 0.0,
    strange: 0.0,
};
/// When pairs that ask the same have taught which characters matter and which stand for each other.
pub(super) const TAUGHT: Weights = Weights {
    any: 0.0,
    spoken: 0.162,
    sound: 0.096,
    meaning: -0.263,
    pair: 0.006,
    length: 0.188,
    excluding: -0.77,
    only_asked: -0.7,
    only_told: 0.231,
    denial: 0.0,
    asks_alike: 0.0,
    usual_only_asked: 0.0,
    usual_only_told: 0.0,
    usual_stands_for: 0.0,
    usual_strange: 0.0,
    kept: 0.508,
    shared: 0.294,
    stands_for: 0.357,
    strange: 0.147,
};

impl Weights {
    pub(super) fn of(&self, traits: &Self) -> f32 {
        self.any * traits.any
            + self.spoken * traits.spoken
            + self.sound * traits.sound
            + self.meaning * traits.meaning
            + self.pair * traits.pair
            + self.length * traits.length
            + self.excluding * traits.excluding
            + self.only_asked * traits.only_asked
            + self.only_told * traits.only_told
            + self.denial * traits.denial
            + self.asks_alike * traits.asks_alike
            + self.usual_only_asked * traits.usual_only_asked
            + self.usual_only_told * traits.usual_only_told
            + self.usual_stands_for * traits.usual_stands_for
            + self.usual_strange * traits.usual_strange
            + self.kept * traits.kept
            + self.shared * traits.shared
            + self.stands_for * traits.stands_for
            + self.strange * traits.strange
    }
}
