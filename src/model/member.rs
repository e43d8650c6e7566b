//! Members of the staff, their roles, and what each role may do. The server asks here at every request.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MemberId, ShopId, TeamId};

/// What a member is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers shoppers.
    Agent,
    /// Watches waiting and response times, and steps in.
    Supervisor,
    /// Keeps the knowledge base.
    Editor,
    /// Makes accounts and sets the shop up.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Supervisor, Self::Editor, Self::Admin];

    /// Its name on the wire, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The roles of one member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    known: Vec<Role>,
    newer: Vec<String>,
}

impl Roles {
    /// These roles, each once.
    #[must_use]
    pub fn new(roles: &[Role]) -> Self {
        let mut known = roles.to_vec();
        known.sort_unstable();
        known.dedup();
        Self { known, newer: Vec::new() }
    }

    /// Reads names divided by commas. Names of roles that only a newer version knows are kept, and grant nothing.
    #[must_use]
    pub fn parse(names: &str) -> Self {
        Self::of_names(names.split(','))
    }

    fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let (mut known, mut newer) = (Vec::new(), Vec::new());
        for name in names.map(str::trim).filter(|name| !name.is_empty()) {
            match Role::named(name) {
                Some(role) => known.push(role),
                None => newer.push(name.to_owned()),
            }
        }
        newer.sort_unstable();
        newer.dedup();
        Self { newer, ..Self::new(&known) }
    }

    /// The names divided by commas.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.names().collect::<Vec<_>>().join(",")
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|role| role.name()).chain(self.newer.iter().map(String::as_str))
    }

    /// The names of roles that only a newer version knows.
    #[must_use]
    pub fn newer(&self) -> &[String] {
        &self.newer
    }

    /// The roles in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Role] {
        &self.known
    }

    /// Whether a member with these roles may do that.
    #[must_use]
    pub fn may(&self, deed: Deed) -> bool {
        self.known.iter().any(|role| deed.roles().contains(role))
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(Self::of_names(names.iter().map(String::as_str)))
    }
}

/// Something that needs a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// See and answer the team's conversations.
    Answer,
    /// Read articles and keep quick replies of one's own.
    ReadKnowledge,
    /// Change articles and the shop's quick replies, and import them.
    EditKnowledge,
    /// See everybody's figures.
    SeeFigures,
    /// See everybody's devices and cut one off.
    ManageDevices,
    /// Erase what the shop has of a shopper.
    EraseShoppers,
}

impl Deed {
    const fn roles(self) -> &'static [Role] {
        match self {
            Self::Answer => &[Role::Agent, Role::Supervisor],
            Self::ReadKnowledge => &Role::ALL,
            Self::EditKnowledge => &[Role::Editor, Role::Supervisor],
            Self::SeeFigures | Self::ManageDevices | Self::EraseShoppers => &[Role::Supervisor, Role::Admin],
        }
    }
}

/// Who gives a command: a signed-in member with the roles of this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The shop they work for.
    pub shop: ShopId,
    /// Their team.
    pub team: TeamId,
    /// The member.
    pub member: MemberId,
    /// Their roles.
    pub roles: Roles,
}

/// What colleagues see of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCard {
    /// The member.
    pub id: MemberId,
    /// The number the member goes by; the only name a shopper may ever see.
    pub work_number: String,
    /// The member's name, for colleagues.
    pub name: String,
    /// Whether the account is in use.
    pub active: bool,
    /// Their team; older servers did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Their roles; older servers did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
}

impl MemberCard {
    /// Whether, by what is known, the member may answer the shoppers of a team. The server knows for sure.
    #[must_use]
    pub fn may_answer_in(&self, team: TeamId) -> bool {
        let in_team = self.team.is_none_or(|own| own == team);
        self.active && in_team && self.roles.as_ref().is_none_or(|roles| roles.may(Deed::Answer))
    }
}

/// What members see of their shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopCard {
    /// The shop.
    pub id: ShopId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many minutes its clocks are ahead of UTC; its days and hours begin by them.
    pub utc_offset_minutes: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_grant_what_the_table_says_and_no_more() {
        let agent = Roles::parse("agent, wizard");
        assert!(agent.may(Deed::Answer) && agent.may(Deed::ReadKnowledge));
        assert!(!agent.may(Deed::EditKnowledge) && !agent.may(Deed::SeeFigures));
        assert!(!agent.may(Deed::ManageDevices) && Roles::parse("admin").may(Deed::ManageDevices));
        assert!(!agent.may(Deed::EraseShoppers) && Roles::parse("supervisor").may(Deed::EraseShoppers));
        let editor = Roles::parse("editor");
        assert!(!editor.may(Deed::EraseShoppers) && Roles::parse("admin").may(Deed::EraseShoppers));
        assert!(editor.may(Deed::EditKnowledge) && !editor.may(Deed::Answer));
        assert!(!Roles::default().may(Deed::ReadKnowledge));
        assert_eq!(Roles::parse("supervisor,agent").to_text(), "agent,supervisor");
    }

    #[test]
    fn a_role_of_the_future_is_kept_and_grants_nothing() {
        let roles: Roles = serde_json::from_str(r#"["warden","agent"]"#).unwrap();
        assert_eq!((roles.as_slice(), roles.newer()), (&[Role::Agent][..], &["warden".to_owned()][..]));
        assert_eq!(serde_json::to_string(&roles).unwrap(), r#"["agent","warden"]"#);
        assert_eq!(Roles::parse(&roles.to_text()), roles);
        let warden: Roles = serde_json::from_str(r#"["warden"]"#).unwrap();
        assert!(!warden.may(Deed::Answer) && !warden.may(Deed::ReadKnowledge));
    }
}
