//! `[[group]]`: the channels that a key may use.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use toml::de::DeValue;

use crate::decimal::{Multiplier, PriceMultiplier};
use crate::model_pattern::ModelName;
use crate::name::{Gives, OfChannel, OfGroup, Refers};
use crate::number::Number;
use crate::reading::{Item, Reading};
use crate::shape::{Flag, List, MapOf, Maybe, Shape};
use crate::table::{TableOf, table};

/// The group of a key that names none, and the group that is there when none is declared.
pub const DEFAULT_GROUP: &str = "default";

table! {
    /// The channels that a key may use, in the order in which they are tried. Without any
    /// `[[group]]` there is one named `default` with all channels in the order of the file.
    ///
    /// ```toml
    /// [[group]]
    /// name = "default"
    /// channels = ["anthropic", { name = "spare", priority = 1, weight = 2 }]
    /// fallback_models = { "claude-opus-4-8" = ["claude-sonnet-4-6"] }
    /// price_multiplier = 0.85
    /// ```
    pub struct Group {
        /// What keys call it.
        name: String as Gives<OfGroup>;
        /// The channels: names, or tables with `name`, `priority` and `weight`. See
        /// [member of a group](#member-of-a-group).
        channels: Vec<Member> as Members;
        /// The models to try in turn when no channel can serve the one asked for.
        fallback_models: BTreeMap<String, Vec<String>> as MapOf<ModelName, List<ModelName>>
            = BTreeMap::new();
        /// `true`: a request's `max_tokens` below what its model can write is raised to that, so
        /// that answers are not cut short by a client's setting. Each answer costs what it is
        /// long, but the client's own limit on it is gone.
        raise_max_tokens: bool as Flag = false;
        /// What the price of each request is multiplied by for the keys of this group, exact to
        /// six decimal places.
        price_multiplier: Multiplier as PriceMultiplier = Multiplier::ONE;
    }
}

/// A channel in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The channel's name.
    pub channel: String,
    /// Smaller ones are tried first.
    pub priority: u32,
    /// The share of the requests among members of the same priority; at least 1.
    pub weight: u32,
}

impl Group {
    /// A group named `default` with these channels, the first tried first.
    #[must_use]
    pub fn of_channels<'n>(channels: impl IntoIterator<Item = &'n str>) -> Self {
        let member = |(channel, priority): (&str, u32)| Member {
            channel: channel.to_owned(),
            priority,
            weight: 1,
        };
        Self {
            name: DEFAULT_GROUP.to_owned(),
            channels: channels.into_iter().zip(0..).map(member).collect(),
            fallback_models: BTreeMap::new(),
            raise_max_tokens: false,
            price_multiplier: Multiplier::ONE,
        }
    }
}

table! {
    /// A channel of a group, where its name alone does not say enough.
    ///
    /// ```toml
    /// channels = [{ name = "east", priority = 0, weight = 3 }, { name = "west", priority = 0 }]
    /// ```
    pub(crate) struct MemberTable {
        /// The channel's name.
        name: String as Refers<OfChannel>;
        /// Smaller ones are tried first. Left out, as for a plain name, it is the position in the
        /// list, counted from 0.
        priority: Option<u32> as Maybe<Number<u32>> = None;
        /// The share of the requests among members of the same priority.
        weight: NonZeroU32 as Number<NonZeroU32> = NonZeroU32::MIN;
    }
}

struct OneMember;

impl Shape for OneMember {
    type Value = MemberTable;

    fn expected() -> String {
        "the name of a channel or { name, priority, weight }".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<MemberTable> {
        match item.get_ref() {
            DeValue::String(_) => {
                let name = Refers::<OfChannel>::read(item, reading)?;
                Some(MemberTable { name, priority: None, weight: NonZeroU32::MIN })
            }
            DeValue::Table(_) => TableOf::<MemberTable>::read(item, reading),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => reading.wrong_type(item, &Self::expected()),
        }
    }

    fn show(value: &MemberTable) -> String {
        format!("{:?}", value.name)
    }
}

/// How the channels of a group are written.
struct Members;

impl Shape for Members {
    type Value = Vec<Member>;

    fn expected() -> String {
        List::<OneMember>::expected()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Vec<Member>> {
        let members = List::<OneMember>::read(item, reading)?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = members.iter().find(|member| !seen.insert(&member.name)) {
            let message = format!("channel `{}` is listed twice", twice.name);
            reading.problem(item.span(), message, "give it a weight instead".to_owned());
            return None;
        }
        let member = |(member, position): (MemberTable, u32)| Member {
            channel: member.name,
            priority: member.priority.unwrap_or(position),
            weight: member.weight.get(),
        };
        Some(members.into_iter().zip(0..).map(member).collect())
    }

    fn show(value: &Vec<Member>) -> String {
        let show = |member: &Member| {
            let Member { channel, priority, weight } = member;
            format!("{{ name = {channel:?}, priority = {priority}, weight = {weight} }}")
        };
        format!("[{}]", value.iter().map(show).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests;
