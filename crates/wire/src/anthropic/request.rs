//! What Salve reads of a Messages request.

use std::borrow::Cow;

use serde::Deserialize;

use crate::body::{Body, FieldError, ScanError};

/// The fields that decide routing, streaming and cost: ambiguous ones are refused, so that
/// what was checked is what the upstream acts on.
pub const POLICY_FIELDS: &[&str] =
    &["model", "messages", "system", "tools", "max_tokens", "stream"];

/// Why a body is no Messages request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The body is not usable JSON.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// A field has the wrong type.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The body names no model.
    #[error("model: Field required")]
    ModelMissing,
}

/// A Messages request: its bytes and the few values that steer it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The body with its spans.
    pub body: Body,
    /// The model the client asks for.
    pub model: String,
    /// Whether the client wants server-sent events.
    pub is_stream: bool,
}

impl Request {
    /// Reads the steering fields of a scanned body.
    ///
    /// # Errors
    /// [`RequestError`] where a policy field is ambiguous, missing or of the wrong type.
    pub fn read(body: Body) -> Result<Self, RequestError> {
        body.refuse_ambiguous(POLICY_FIELDS)?;
        let model = body.string("model")?.map(Cow::into_owned);
        let model = model.filter(|model| !model.is_empty()).ok_or(RequestError::ModelMissing)?;
        // `null` is how some clients leave a field out.
        let is_stream = match body.raw("stream") {
            Some(b"null") => false,
            _ => body.boolean("stream")?.unwrap_or(false),
        };
        Ok(Self { body, model, is_stream })
    }

    /// The `session_id` inside `metadata.user_id`, which Claude Code writes as JSON in a
    /// string; any other `user_id` stands for itself.
    #[must_use]
    pub fn session_in_metadata(&self) -> Option<String> {
        let metadata: Metadata<'_> = serde_json::from_slice(self.body.raw("metadata")?).ok()?;
        let user_id = metadata.user_id?;
        let inner: Option<UserId> = serde_json::from_str(&user_id).ok();
        let session = inner.and_then(|inner| inner.session_id);
        session.or_else(|| Some(user_id.into_owned())).filter(|id| !id.is_empty())
    }
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct UserId {
    session_id: Option<String>,
}
