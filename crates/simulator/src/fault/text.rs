//! Writing the fault language.

use std::fmt;

use super::{Fault, FaultError, Faults, Place, StatusFault};

impl TryFrom<String> for Faults {
    type Error = FaultError;

    fn try_from(text: String) -> Result<Self, FaultError> {
        text.parse()
    }
}

impl From<Faults> for String {
    fn from(faults: Faults) -> Self {
        faults.to_string()
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                out.write_str(" | ")?;
            }
            write!(out, "{fault}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(out, "{status}"),
            Self::Html { status, title } => write!(out, "html={status};title={}", Quoted(title)),
            Self::Empty => out.write_str("empty"),
            Self::JsonError { kind, message } => {
                write!(out, "json-error={kind};message={}", Quoted(message))
            }
            Self::Named { name } => write!(out, "named={}", Quoted(name)),
            Self::Delay { ms } => write!(out, "delay={ms}"),
            Self::ContentType { value } => write!(out, "content-type={}", Quoted(value)),
            Self::Error { kind, message, at } => {
                write!(out, "error={kind};message={};at={at}", Quoted(message))
            }
            Self::Reset { at } => write!(out, "reset;at={at}"),
            Self::Cut { at } => write!(out, "cut;at={at}"),
            Self::End { at } => write!(out, "end;at={at}"),
            Self::Stall { ms, pings_ms, at } => {
                match ms {
                    Some(ms) => write!(out, "stall={ms}")?,
                    None => out.write_str("stall=forever")?,
                }
                if let Some(pings) = pings_ms {
                    write!(out, ";pings={pings}")?;
                }
                write!(out, ";at={at}")
            }
            Self::Drip { bytes, ms } => write!(out, "drip={bytes}/{ms}"),
            Self::Chunk { bytes } => write!(out, "chunk={bytes}"),
            Self::Huge { bytes } => write!(out, "huge={bytes}"),
            Self::UnknownEvent { name, at } => write!(out, "event={};at={at}", Quoted(name)),
            Self::UnknownDelta { name, at } => write!(out, "delta={};at={at}", Quoted(name)),
            Self::Crlf => out.write_str("crlf"),
            Self::Comments => out.write_str("comments"),
        }
    }
}

impl fmt::Display for StatusFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "status={}", self.status)?;
        let named = [
            ("type", &self.kind),
            ("message", &self.message),
            ("body", &self.body),
            ("content-type", &self.content_type),
        ];
        for (key, value) in named {
            if let Some(value) = value {
                write!(out, ";{key}={}", Quoted(value))?;
            }
        }
        for (name, value) in &self.headers {
            write!(out, ";header.{name}={}", Quoted(value))?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Headers => out.write_str("headers"),
            Self::Start => out.write_str("start"),
            Self::MessageStart => out.write_str("message_start"),
            Self::Delta { block, after } => write!(out, "block.{block}.{after}"),
            Self::BlockStop { block } => write!(out, "block.{block}.stop"),
            Self::MessageDelta => out.write_str("message_delta"),
        }
    }
}

/// A value, as a JSON string where it would be misread bare.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.0.is_empty()
            && self.0.trim() == self.0
            && !self.0.contains([';', '|', '"', '\\', '\n', '\r']);
        if plain {
            return out.write_str(self.0);
        }
        out.write_str(&serde_json::to_string(self.0).map_err(|_| fmt::Error)?)
    }
}
