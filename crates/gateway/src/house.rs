//! The house as configured: channels, groups and keys, resolved and ready to be looked up.
//!
//! Built whole from a valid configuration and swapped whole on reload. A request keeps the
//! house it entered, so a reload never changes the rules under it.

mod keyring;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, Uri};
use salve_config::{Config, Credential, ModelPattern};
use salve_ledger::Multiplier;
use salve_remedy::{Facts, Says, platform};

pub use keyring::{Key, KeyError, Keyring};
pub use view::ChannelView;

use crate::identify::Pepper;

/// One upstream account at one endpoint.
#[derive(Debug)]
pub struct Channel {
    /// Its name in the configuration and in `salve-channel`.
    pub name: String,
    /// Where requests go; the path is put in front of the endpoint's.
    pub base: Base,
    /// The credential as a header field, where there is one. Bound to this channel's origin:
    /// nothing else ever sees it.
    pub credential: Option<(HeaderName, HeaderValue)>,
    /// Whose rules the endpoint follows, as far as the configuration or its address says.
    pub profile: Option<String>,
    /// Whose signatures on thinking blocks the endpoint takes: channels of the same mint take
    /// each other's.
    pub mint: Arc<str>,
    /// The largest body it takes, in bytes, where the configuration says so.
    pub body_bytes_max: Option<u64>,
    config: salve_config::Channel,
}

/// An upstream's base URL, taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    scheme: http::uri::Scheme,
    authority: http::uri::Authority,
    path: String,
}

/// The channels a key may use, in the configuration's order.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What its keys pay, as a multiple of the list price.
    pub price_multiplier: Multiplier,
    /// Its channels with their rank.
    pub members: Vec<Member>,
    /// Whether a `max_tokens` below what the model can write is raised to that.
    pub raises_max_tokens: bool,
    fallback_models: BTreeMap<String, Vec<String>>,
}

/// A channel's place in a group.
#[derive(Debug, Clone)]
pub struct Member {
    /// The channel.
    pub channel: Arc<Channel>,
    /// Lower goes first.
    pub priority: u32,
    /// Share among channels of the same priority.
    pub weight: u32,
}

/// Everything that a configuration decides about a request.
#[derive(Debug)]
pub struct House {
    /// Groups by name.
    pub groups: BTreeMap<String, Arc<Group>>,
    /// Every channel, for those who ask what there is; in the order of the configuration.
    pub listed: Vec<ChannelView>,
    /// Keys declared in the configuration. Those made with `salve key create` are in the store.
    pub declared: Keyring,
    /// The largest body accepted, in bytes.
    pub body_bytes_max: u64,
    /// Whether lone surrogates in a body are mended rather than refused.
    pub repairs_lone_surrogates: bool,
    /// The address that clients know this gateway by, without a slash at its end.
    pub public_url: String,
    /// The admin token, where one is set.
    pub admin_token: Option<salve_config::Secret>,
}

/// A configuration that is valid as text cannot be put to use.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// A base URL cannot be taken apart.
    #[error("channel `{channel}`: the base URL `{url}` is not usable: {reason}")]
    BaseUrl {
        /// The channel.
        channel: String,
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A credential holds bytes that no header field may carry.
    #[error("channel `{channel}`: the credential holds characters that cannot be sent")]
    Credential {
        /// The channel.
        channel: String,
    },
}

impl House {
    /// Builds the house of a configuration that was found valid.
    ///
    /// # Errors
    /// [`HouseError`] names the channel that cannot be used.
    pub fn build(config: &Config, pepper: &Pepper) -> Result<Self, HouseError> {
        let mut channels = BTreeMap::new();
        for channel in &config.channels {
            channels.insert(channel.name.clone(), Arc::new(Channel::build(channel)?));
        }
        let groups = config.groups.iter().map(|group| {
            let group = Group::build(group, &channels);
            (group.name.clone(), Arc::new(group))
        });
        Ok(Self {
            groups: groups.collect(),
            listed: config.channels.iter().map(ChannelView::from).collect(),
            declared: Keyring::declared(&config.keys, pepper),
            body_bytes_max: config.server.max_body.bytes(),
            repairs_lone_surrogates: config.server.repair_lone_surrogates,
            public_url: config.server.public_url(),
            admin_token: config.admin.token.clone(),
        })
    }
}

impl Group {
    fn build(group: &salve_config::Group, channels: &BTreeMap<String, Arc<Channel>>) -> Self {
        let members = group.channels.iter().filter_map(|member| {
            let channel = Arc::clone(channels.get(&member.channel)?);
            Some(Member { channel, priority: member.priority, weight: member.weight })
        });
        Self {
            name: group.name.clone(),
            price_multiplier: Multiplier::from_millionths(group.price_multiplier.millionths()),
            members: members.collect(),
            raises_max_tokens: group.raise_max_tokens,
            fallback_models: group.fallback_models.clone(),
        }
    }
}

impl Group {
    /// The models to try in turn when no channel can serve `model`.
    pub fn fallbacks(&self, model: &str) -> impl Iterator<Item = &str> {
        self.fallback_models.get(model).into_iter().flatten().map(String::as_str)
    }
}

impl Channel {
    fn build(channel: &salve_config::Channel) -> Result<Self, HouseError> {
        let name = channel.name.clone();
        let url = base_url(channel);
        let base = Base::parse(url).map_err(|reason| HouseError::BaseUrl {
            channel: name.clone(),
            url: url.to_owned(),
            reason,
        })?;
        let credential = credential(&channel.credential)
            .map_err(|_| HouseError::Credential { channel: name.clone() })?;
        Ok(Self {
            name,
            mint: mint(&base),
            profile: channel.profile.clone().or_else(|| profile_of(&base)),
            base,
            credential,
            body_bytes_max: channel.max_body.map(|size| size.bytes()),
            config: channel.clone(),
        })
    }

    /// Whether requests for `model` may go here.
    #[must_use]
    pub fn serves(&self, model: &str) -> bool {
        let Self { config, .. } = self;
        config.model_ids.contains_key(model) || config.models.iter().any(|p| p.matches(model))
    }

    /// The id under which `model` is known here.
    #[must_use]
    pub fn upstream_model<'a>(&'a self, model: &'a str) -> &'a str {
        self.config.model_ids.get(model).map_or(model, String::as_str)
    }

    /// Whether the channel takes no new requests.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.config.drained
    }

    /// The context window of `model` here in tokens, where the configuration says it.
    #[must_use]
    pub fn context_window(&self, model: &str) -> Option<u64> {
        self.config.context_window(model)
    }

    /// The most output tokens that `model` takes here, where the configuration says it.
    #[must_use]
    pub fn output_tokens_max(&self, model: &str) -> Option<u64> {
        self.config.output_tokens_max(model)
    }

    /// What is known of the endpoint before any request was sent to it.
    #[must_use]
    pub fn seeds(&self, model: &str) -> Facts {
        let profile = self.profile.as_deref();
        let mut facts = profile.map(|profile| platform::seeds(profile, model)).unwrap_or_default();
        if let Some(limit) = self.output_tokens_max(model) {
            facts.set("limit:max_tokens", Says::Limit(limit));
        }
        facts
    }

    /// What may be asked for, as the configuration spells it.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.config.models.iter().map(ModelPattern::as_str)
    }

    /// Model names that the channel's configuration spells out, without wildcards.
    pub fn named_models(&self) -> impl Iterator<Item = &str> {
        let literal =
            self.config.models.iter().map(ModelPattern::as_str).filter(|m| !m.contains('*'));
        literal.chain(self.config.model_ids.keys().map(String::as_str))
    }
}

/// Anthropic's own services take each other's signatures; anybody else takes its own.
fn mint(base: &Base) -> Arc<str> {
    match profile_of(base).as_deref() {
        Some("anthropic" | "bedrock" | "mantle" | "vertex" | "foundry") => "anthropic".into(),
        Some(_) | None => base.authority.as_str().into(),
    }
}

fn profile_of(base: &Base) -> Option<String> {
    platform::profile_of_host(base.authority.host()).map(str::to_owned)
}

/// Where a channel's requests go: as configured, else the kind's own endpoint.
fn base_url(channel: &salve_config::Channel) -> &str {
    const ANTHROPIC: &str = "https://api.anthropic.com";
    channel.base_url.as_ref().map_or(ANTHROPIC, |url| url.as_str())
}

fn credential(
    credential: &Credential,
) -> Result<Option<(HeaderName, HeaderValue)>, http::header::InvalidHeaderValue> {
    let (name, text) = match credential {
        Credential::ApiKey(key) => (HeaderName::from_static("x-api-key"), key.expose().to_owned()),
        Credential::Bearer(token) => {
            (http::header::AUTHORIZATION, format!("Bearer {}", token.expose()))
        }
        // The clouds' credentials sign requests instead of standing in a header field; their
        // kinds of channel are refused when the configuration is read.
        Credential::None | Credential::Aws(_) | Credential::Google(_) => return Ok(None),
    };
    let mut value = HeaderValue::from_str(&text)?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

impl Base {
    /// Takes a base URL apart. A path that ends in `/v1` is accepted as vendors write it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "it is not a URL")?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.ok_or("it has no scheme")?;
        let authority = parts.authority.ok_or("it has no host")?;
        let path = parts.path_and_query.map_or(String::new(), |path| path.path().to_owned());
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        Ok(Self { scheme, authority, path })
    }

    /// The URL of `path` below this base, with the client's query.
    ///
    /// # Errors
    /// [`http::Error`] where the query holds bytes that no URL may carry.
    pub fn join(&self, path: &str, query: Option<&str>) -> Result<Uri, http::Error> {
        let target = match query {
            Some(query) => format!("{}{path}?{query}", self.path),
            None => format!("{}{path}", self.path),
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(target)
            .build()
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}
