//! The kinds of channels: which API is behind the endpoint, and what it needs.

use std::fmt;

use crate::credential::Credential;
use crate::reading::{Item, Reading};
use crate::shape::Shape;
use crate::suggest::closest;
use crate::text::read_text;

/// Which API is behind a channel's endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Anthropic's own API, or whatever speaks it.
    Anthropic,
    /// Amazon Bedrock.
    Bedrock,
    /// Google Vertex AI.
    Vertex,
    /// Microsoft Foundry.
    Foundry,
    /// OpenAI's API, or whatever speaks it.
    Openai,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 5] =
        [Self::Anthropic, Self::Bedrock, Self::Vertex, Self::Foundry, Self::Openai];

    /// The name in configuration files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::Bedrock => "bedrock",
            Self::Vertex => "vertex",
            Self::Foundry => "foundry",
            Self::Openai => "openai",
        }
    }

    /// Whether this version can send requests to channels of the kind.
    const fn is_served_by_this_version(self) -> bool {
        match self {
            Self::Anthropic => true,
            Self::Bedrock | Self::Vertex | Self::Foundry | Self::Openai => false,
        }
    }

    /// Whether the kind needs `region` or `project`; what it does not need has no meaning for it.
    pub(crate) fn needs(self, field: &str) -> bool {
        match self {
            Self::Bedrock => field == "region",
            Self::Vertex => matches!(field, "region" | "project"),
            Self::Anthropic | Self::Foundry | Self::Openai => false,
        }
    }

    /// What to use instead, if the kind takes no such credential.
    pub(crate) fn credential_fault(self, credential: &Credential) -> Option<&'static str> {
        let is_fitting = match (self, credential) {
            (_, Credential::None | Credential::Bearer(_)) => true,
            (Self::Vertex, Credential::ApiKey(_)) => false,
            (_, Credential::ApiKey(_)) => true,
            (kind, Credential::Aws(_)) => kind == Self::Bedrock,
            (kind, Credential::Google(_)) => kind == Self::Vertex,
        };
        let fitting = match self {
            Self::Anthropic | Self::Foundry | Self::Openai => "use api_key, bearer or none",
            Self::Bedrock => "use aws, api_key, bearer or none",
            Self::Vertex => "use google, bearer or none",
        };
        (!is_fitting).then_some(fitting)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How a kind is written.
pub(crate) struct AnyKind;

impl Shape for AnyKind {
    type Value = Kind;

    fn expected() -> String {
        format!("one of {}", Kind::ALL.map(|kind| format!("\"{kind}\"")).join(", "))
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Kind> {
        let text = read_text(item, &Self::expected(), reading)?;
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == text.value) else {
            let hint = match closest(&text.value, Kind::ALL.map(Kind::name)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => Self::expected(),
            };
            reading.problem(item.span(), format!("`{}` is not a kind", text.written), hint);
            return None;
        };
        if !kind.is_served_by_this_version() {
            let message = format!("kind `{kind}` is not served by this version");
            let served: Vec<&str> = Kind::ALL
                .into_iter()
                .filter(|kind| kind.is_served_by_this_version())
                .map(Kind::name)
                .collect();
            let hint = format!("served: {}", served.join(", "));
            reading.problem(item.span(), message, hint);
            return None;
        }
        Some(kind)
    }

    fn show(value: &Kind) -> String {
        format!("\"{value}\"")
    }
}
