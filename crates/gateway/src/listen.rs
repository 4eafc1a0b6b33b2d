//! listen: socket → [`Incoming`]. May end with 400, 408, 413, 431.
//!
//! Two steps, because a caller must be known before its body is buffered: [`Head::read`]
//! refuses what can be refused from the head alone, [`Head::receive`] reads the body within
//! its bounds, scans it once and finds what steers the request. Nothing here knows who is
//! asking or what for.

mod body;
mod connection;
mod decompress;
mod server;

use axum::body::Body as HttpBody;
use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use salve_ledger::RequestId;
use salve_remedy::{Told, faults};
use salve_wire::anthropic::request::{Request, RequestError};
use salve_wire::body::{DEPTH_MAX, ScanErrorKind, mend_lone_surrogates};
use salve_wire::{Body, ScanError};
use tokio::time::Instant;

pub use body::{BodyError, discard};
pub use connection::LateAnswer;
pub use decompress::DecompressError;
pub use server::{Doors, ListenError, Listener};

use crate::vocabulary::{Endpoint, Incoming};
use decompress::Encoding;

/// A request's head, found acceptable; its body is still on the socket.
#[derive(Debug)]
pub struct Head {
    parts: Parts,
    endpoint: Endpoint,
    encoding: Encoding,
    terms: Terms,
    arrived: Instant,
}

/// Why a request was turned away at the door.
#[derive(Debug, thiserror::Error)]
pub enum ListenRefusal {
    /// The body is something other than JSON.
    #[error("content-type `{0}` is not accepted here; send application/json")]
    ContentType(String),
    /// The body is compressed in a way that is not known here.
    #[error("content-encoding `{0}` is not accepted here; send identity, gzip or zstd")]
    ContentEncoding(String),
    /// The body declares more bytes than are accepted.
    #[error("the request body of {declared} bytes is over this gateway's limit of {limit} bytes")]
    Declared {
        /// `content-length`.
        declared: u64,
        /// The limit in force.
        limit: u64,
    },
    /// The body could not be read.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The body could not be unfolded.
    #[error(transparent)]
    Decompress(#[from] DecompressError),
    /// The body is no request.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// What the configuration says of bodies.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The largest body accepted, in bytes.
    pub body_bytes_max: u64,
    /// Whether lone surrogates are mended rather than refused.
    pub mends_lone_surrogates: bool,
}

impl Head {
    /// Judges a head: media type, encoding, declared size.
    ///
    /// # Errors
    /// [`ListenRefusal`] where the body need not be read to know that it is refused.
    pub fn read(
        parts: Parts,
        endpoint: Endpoint,
        terms: Terms,
        arrived: Instant,
    ) -> Result<Self, ListenRefusal> {
        let Terms { body_bytes_max, .. } = terms;
        media_type(&parts.headers)?;
        let encoding = Encoding::of(&parts.headers).map_err(ListenRefusal::ContentEncoding)?;
        let declared = header(&parts.headers, http::header::CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.parse::<u64>().ok());
        if let Some(declared) = declared.filter(|declared| *declared > body_bytes_max) {
            return Err(ListenRefusal::Declared { declared, limit: body_bytes_max });
        }
        Ok(Self { parts, endpoint, encoding, terms, arrived })
    }

    /// The request's header fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Reads, unfolds and scans the body.
    ///
    /// # Errors
    /// [`ListenRefusal`] where it is too large, too slow, cut off or no request.
    pub async fn receive(
        self,
        id: RequestId,
        body: &mut HttpBody,
    ) -> Result<Incoming, ListenRefusal> {
        let Terms { body_bytes_max, mends_lone_surrogates } = self.terms;
        let bytes = body::read(body, body_bytes_max).await?;
        let request_bytes = bytes.len() as u64;
        let bytes = decompress::unfold(self.encoding, bytes, body_bytes_max)?;
        let (body, is_mended) = scan(bytes, mends_lone_surrogates)?;
        let request = Request::read(body)?;
        Ok(Incoming {
            id,
            endpoint: self.endpoint,
            query: self.parts.uri.query().map(str::to_owned),
            headers: self.parts.headers,
            request,
            request_bytes,
            is_mended,
            arrived: self.arrived,
        })
    }
}

/// Scans a body, after mending its lone surrogates where that is wanted; whether it had some.
fn scan(bytes: Bytes, mends: bool) -> Result<(Body, bool), RequestError> {
    let refusal = match Body::scan(bytes.clone()) {
        Ok(body) => return Ok((body, false)),
        Err(refusal) => refusal,
    };
    let is_lone = matches!(refusal.kind, ScanErrorKind::LoneSurrogate);
    match mend_lone_surrogates(&bytes).filter(|_| mends && is_lone) {
        Some(mended) => Ok((Body::scan(mended)?, true)),
        None => Err(refusal.into()),
    }
}

/// JSON in UTF-8, or no word of what it is.
fn media_type(headers: &HeaderMap) -> Result<(), ListenRefusal> {
    let Some(text) = headers.get(http::header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(text.as_bytes()).to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    let is_utf8 = charset.is_none_or(|set| matches!(set.trim_matches('"'), "utf-8" | "utf8"));
    if is_json && is_utf8 {
        return Ok(());
    }
    Err(ListenRefusal::ContentType(text.chars().take(80).collect()))
}

fn header(headers: &HeaderMap, name: http::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl From<ListenRefusal> for Told {
    fn from(refusal: ListenRefusal) -> Self {
        match refusal {
            ListenRefusal::ContentType(text) => {
                faults::CONTENT_TYPE_WRONG.tell(&[("content_type", &format!("`{text}`"))])
            }
            ListenRefusal::ContentEncoding(encoding) => {
                encoding_refused(&encoding, "only gzip and zstd are unpacked here")
            }
            ListenRefusal::Declared { declared, limit } => {
                too_large(&format!("{} ({declared} bytes)", megabytes(declared)), limit)
            }
            ListenRefusal::Body(BodyError::TooLarge { limit }) => {
                too_large(&format!("more than {limit} bytes"), limit)
            }
            ListenRefusal::Body(slow @ BodyError::TooSlow { .. }) => {
                faults::BODY_TOO_SLOW.tell(&[("limit", &slow.to_string())])
            }
            ListenRefusal::Body(BodyError::CutOff { received }) => {
                let position = received.to_string();
                let problem = "it was cut off before its declared end";
                faults::BODY_MALFORMED.tell(&[("problem", problem), ("position", &position)])
            }
            ListenRefusal::Decompress(DecompressError::TooLarge { limit }) => {
                too_large(&format!("more than {limit} bytes when unpacked"), limit)
            }
            ListenRefusal::Decompress(error @ DecompressError::Ratio { encoding, .. })
            | ListenRefusal::Decompress(error @ DecompressError::Malformed(encoding)) => {
                encoding_refused(encoding, &error.to_string())
            }
            ListenRefusal::Request(RequestError::Scan(error)) => unreadable(&error),
            ListenRefusal::Request(error) => {
                faults::BODY_FIELD_WRONG.tell(&[("problem", &error.to_string())])
            }
        }
    }
}

fn too_large(size: &str, limit: u64) -> Told {
    let limit = format!("{} ({limit} bytes)", megabytes(limit));
    faults::BODY_TOO_LARGE.tell(&[("size", size), ("limit", &limit)])
}

fn encoding_refused(encoding: &str, problem: &str) -> Told {
    faults::ENCODING_REFUSED.tell(&[("encoding", encoding), ("problem", problem)])
}

/// Mebibytes with one digit, as people read sizes.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

fn unreadable(error: &ScanError) -> Told {
    let fault = match &error.kind {
        ScanErrorKind::Empty => faults::BODY_EMPTY,
        ScanErrorKind::NotUtf8 => faults::BODY_NOT_UTF8,
        ScanErrorKind::TooDeep => faults::BODY_TOO_DEEP,
        ScanErrorKind::LoneSurrogate => faults::BODY_LONE_SURROGATE,
        ScanErrorKind::DuplicateField(_) | ScanErrorKind::VariantField { .. } => {
            faults::BODY_DUPLICATE_KEY
        }
        ScanErrorKind::Truncated
        | ScanErrorKind::ByteOrderMark
        | ScanErrorKind::NotAnObject
        | ScanErrorKind::ControlCharacter
        | ScanErrorKind::InvalidEscape
        | ScanErrorKind::InvalidNumber
        | ScanErrorKind::Unexpected(_)
        | ScanErrorKind::Trailing => faults::BODY_MALFORMED,
    };
    let key = match &error.kind {
        ScanErrorKind::DuplicateField(name) => (*name).to_owned(),
        ScanErrorKind::VariantField { found, .. } => found.clone(),
        _ => String::new(),
    };
    let place = error.position;
    let position = format!("{} (line {}, column {})", place.offset, place.line, place.column);
    let problem = error.kind.to_string();
    fault.tell(&[
        ("problem", &problem),
        ("position", &position),
        ("key", &key),
        ("limit", &DEPTH_MAX.to_string()),
    ])
}
