//! Profiles: which upstream the simulator is, as data.
//!
//! The simulator knows the service itself. A profile says in what another upstream of the same
//! dialect differs: the betas it knows, what it refuses and in which words, how its errors are
//! wrapped, what its models take. The built-in ones are the TOML files in `profiles/`; tests
//! change the one in force over the control endpoint. Nothing here judges: see [`crate::law`].

mod builtin;
mod change;
mod models;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use crate::limits;

pub use builtin::{ProfileText, profile_texts};
pub use change::ProfileError;
pub use models::{ModelPatch, ModelsProfile, RefusedModel, ServedAs};

/// In what an upstream differs from the service. The default differs in nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Its name, as `--profile` takes it.
    pub name: String,
    /// What it stands for, in one line.
    pub about: String,
    /// The betas it knows.
    pub betas: BetasProfile,
    /// Fields, values and type tags it refuses.
    pub fields: Vec<RefusedField>,
    /// Fields it takes without their beta, also such as the service does not have. A path as in
    /// [`RefusedField::path`].
    pub open_fields: Vec<String>,
    /// Fields it does not insist on. A path as in [`RefusedField::path`].
    pub optional_fields: Vec<String>,
    /// Top-level fields it removes before it looks at a body.
    pub own_fields: Vec<String>,
    /// Rules it does not have, by name.
    pub off: Vec<String>,
    /// Rules it has and the service has not, by name: `roles-alternate`, `thinking-not-returned`.
    pub on: Vec<String>,
    /// Its own words, by the name of the rule that refuses, or `RULE:BLANK` where they hold only
    /// for one first blank of the sentence (`field-required:max_tokens`).
    pub says: BTreeMap<String, Telling>,
    /// The models it serves.
    pub models: ModelsProfile,
    /// Whether the model is looked for before anything else of a request: platforms and relays
    /// choose by it.
    pub model_first: bool,
    /// Models (patterns) that are short at the moment: refused by the rule `model-shortage`.
    pub shortage: Vec<String>,
    /// Sizes and counts.
    pub limits: LimitsProfile,
    /// What it answers where it has no `POST /v1/messages/count_tokens`.
    pub count_tokens: Option<NoRoute>,
    /// What it answers where it has no `GET /v1/models`.
    pub model_list: Option<NoRoute>,
    /// The form of its errors.
    pub envelope: Envelope,
    /// Whether a refusal of a stream comes as an `error` event of a 200.
    pub errors_in_stream: bool,
    /// Statuses whose errors come from the platform before the model, in the form of Google.
    pub google_statuses: Vec<u16>,
    /// A relay in front of it that wraps its errors again.
    pub relay: Option<Relay>,
    /// What stands in ids behind their prefix: `bdrk` makes `msg_bdrk_…`.
    pub id_mark: Option<String>,
    /// The body of an error where no envelope fits: a template as in [`Relay`], without what is
    /// behind.
    pub error_body: Option<String>,
    /// The form of the ids of requests.
    pub request_ids: RequestIds,
    /// The header that carries the id of a request.
    pub request_id_header: String,
    /// Whether answers carry the service's headers on organisation and rate limits.
    pub service_headers: bool,
    /// Whether streams carry pings.
    pub pings: bool,
    /// Whether every reply begins with thinking when thinking is not off.
    pub always_shows_thinking: bool,
    /// Faults by name, for `named=…` in the fault language.
    pub faults: BTreeMap<String, Faults>,
}

/// Which betas an upstream knows. A value is known when the list of its model's family, else the
/// general one, has it, or when it is allowed; and not refused. Values may be patterns with `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BetasProfile {
    /// The general list; those of the service when absent.
    pub known: Option<Vec<String>>,
    /// Lists of families of models; the first that fits a model holds for it.
    pub families: Vec<BetaFamily>,
    /// Values known beside the lists.
    pub allowed: Vec<String>,
    /// Values refused though a list has them.
    pub refused: Vec<String>,
    /// Whether a body's `anthropic_beta` counts as the header does. The field is refused elsewhere.
    pub in_body: bool,
}

/// The betas that a family of models knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BetaFamily {
    /// Ids of the models, as patterns.
    pub models: Vec<String>,
    /// The values known.
    pub known: Vec<String>,
}

/// A field, or some values of it, that an upstream refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedField {
    /// Where: `metadata` at the top, `tools[].strict`, or the end of a path such as
    /// `cache_control.scope`, `content[].type`. `[]` is any element; type tags do not count.
    pub path: String,
    /// The name of the rule in the books. Default: `extra-input`, for tags `unknown-tag`.
    #[serde(default)]
    pub rule: Option<String>,
    /// Only these strings, as patterns. Default: any value.
    #[serde(default)]
    pub values: Vec<String>,
    /// Only strings with a character that is not a letter, not a digit and not in here.
    #[serde(default)]
    pub outside: Option<String>,
    /// It is taken with one of these betas.
    #[serde(default)]
    pub unless_betas: Vec<String>,
    /// Only on these models, as patterns.
    #[serde(default)]
    pub models: Vec<String>,
    /// The sentence; `{path}`, `{field}`, `{value}` and `{model}` are filled in. Default: the
    /// service's words for a field, or a tag, it does not know.
    #[serde(default)]
    pub says: Option<String>,
}

/// An upstream's own way to tell of a broken rule; what is absent stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telling {
    /// The sentence; `{0}`, `{1}` … take the blanks of the service's sentence in their order. For
    /// `extra-input` they are the path, the name alone, and the path with indices in brackets.
    pub says: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// `error.type`, or the exception's name on AWS.
    pub kind: Option<String>,
    /// `error.code`, where the envelope has one.
    pub code: Option<String>,
}

/// Sizes and counts an upstream allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsProfile {
    /// Bytes of a body; at most those of the service, 32 MiB.
    pub body_bytes: usize,
    /// Bytes of the base64 text of an image.
    pub image_bytes: usize,
    /// Longest edge of an image in pixels.
    pub image_edge: usize,
    /// Images beyond which `image_edge_many` holds.
    pub images_many: usize,
    /// Longest edge of an image in pixels where there are many.
    pub image_edge_many: usize,
    /// Images in a request; `None` is without a bound.
    pub images: Option<usize>,
    /// Pages of a PDF.
    pub pdf_pages: usize,
    /// Characters of the name of a tool that is offered.
    pub tool_name: usize,
    /// Blocks with `cache_control`.
    pub cache_breakpoints: usize,
}

/// What an upstream answers where it lacks a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoRoute {
    /// HTTP status.
    pub status: u16,
    /// The sentence, in the upstream's envelope.
    #[serde(default)]
    pub says: String,
    /// The whole body, instead of the envelope.
    #[serde(default)]
    pub body: Option<String>,
}

/// The form of errors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Envelope {
    /// `{"type":"error","error":{"type","message"},"request_id"}`
    #[default]
    Anthropic,
    /// `{"message"}` and the header `x-amzn-errortype`.
    Aws,
    /// `{"error":{"code","message","status"}}`, in an array where a stream was asked for.
    Google,
    /// `{"error":{"message","type","param","code"}}`
    OpenAi,
}

/// A relay in front of an upstream. Its bodies are templates: `{inner}` is the body behind it and
/// `{message}` the sentence, both as inside a JSON string; `{raw}` is the body behind it as it is;
/// `{status}`, `{kind}`, `{code}`, `{model}` and `{request_id}` are what they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// The body of an error it passes on.
    pub body: String,
    /// The body of an error of its own. Default: `body`.
    #[serde(default)]
    pub own_body: Option<String>,
    /// The media type of both; JSON when absent.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Statuses it changes: `"400" = 500`.
    #[serde(default)]
    pub statuses: BTreeMap<String, u16>,
    /// What it says itself, instead of passing on: by rule, or by the status behind it.
    #[serde(default)]
    pub own: BTreeMap<String, Telling>,
}

/// The form of the ids of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestIds {
    /// `req_01…`, with the mark of the upstream.
    #[default]
    Prefixed,
    /// A UUID.
    Uuid,
    /// Digits of a time, then letters, as new-api makes them.
    Timed,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "anthropic".to_owned(),
            about: "The service itself".to_owned(),
            betas: BetasProfile::default(),
            fields: Vec::new(),
            open_fields: Vec::new(),
            optional_fields: Vec::new(),
            own_fields: Vec::new(),
            off: Vec::new(),
            on: Vec::new(),
            says: BTreeMap::new(),
            models: ModelsProfile::default(),
            model_first: false,
            shortage: Vec::new(),
            limits: LimitsProfile::default(),
            count_tokens: None,
            model_list: None,
            envelope: Envelope::Anthropic,
            errors_in_stream: false,
            google_statuses: Vec::new(),
            relay: None,
            id_mark: None,
            error_body: None,
            request_ids: RequestIds::Prefixed,
            request_id_header: "request-id".to_owned(),
            service_headers: true,
            pings: true,
            always_shows_thinking: false,
            faults: BTreeMap::new(),
        }
    }
}

impl Default for LimitsProfile {
    fn default() -> Self {
        Self {
            body_bytes: limits::BODY_BYTES_MAX,
            image_bytes: 5 * 1024 * 1024,
            image_edge: 8_000,
            images_many: 20,
            image_edge_many: 2_000,
            images: None,
            pdf_pages: 100,
            tool_name: 128,
            cache_breakpoints: 4,
        }
    }
}
