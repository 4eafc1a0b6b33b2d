//! Reading profiles, and changing the one in force.

use serde_json::{Map, Value};

use super::Profile;
use super::builtin;

/// How many profiles may follow one another by `like`.
const LIKE_DEPTH_MAX: usize = 8;

/// Why something is not a profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No built-in profile has this name.
    #[error("no profile is named `{name}`; known: {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The text is not TOML.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A key is unknown or a value is of the wrong kind.
    #[error("not a profile: {0}")]
    Shape(#[from] serde_json::Error),
    /// Profiles that are like one another in a circle.
    #[error("`like` leads through more than {LIKE_DEPTH_MAX} profiles")]
    Circle,
    /// Two relays, one in front of the other.
    #[error("`{0}` is no relay that could stand in front of another profile")]
    NoRelay(String),
}

impl Profile {
    /// The built-in profile of a name. `RELAY+NAME` puts a relay in front of another upstream:
    /// `relay-zh+bedrock`.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let Some((front, behind)) = name.split_once('+') else {
            let found = builtin::find(name)?;
            let (name, about) = (found.name.to_owned(), found.about.to_owned());
            return Ok(Self { name, about, ..Self::from_toml(found.toml)? });
        };
        let (front, behind) = (Self::named(front)?, Self::named(behind)?);
        let Some(relay) = front.relay else {
            return Err(ProfileError::NoRelay(front.name));
        };
        let mut faults = behind.faults;
        faults.extend(front.faults);
        Ok(Self {
            name: name.to_owned(),
            about: format!("{}; behind it {}", front.about, behind.about),
            relay: Some(relay),
            request_ids: front.request_ids,
            request_id_header: front.request_id_header,
            service_headers: false,
            errors_in_stream: front.errors_in_stream || behind.errors_in_stream,
            model_first: front.model_first || behind.model_first,
            faults,
            ..behind
        })
    }

    /// Reads a profile in TOML; `like = "NAME"` starts from a built-in one.
    ///
    /// # Errors
    /// When it is not TOML, a key is unknown, or a value is of the wrong kind.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        read(text, 0).and_then(finish)
    }

    /// This profile with changes: `{"like": NAME, "set": {…}, "add": {…}}`. `like` starts from a
    /// built-in one; `set` replaces what it names, objects key by key; `add` appends to lists.
    ///
    /// # Errors
    /// When a key is unknown or a value is of the wrong kind.
    pub fn changed(&self, change: &Value) -> Result<Self, ProfileError> {
        let change: Change = serde_json::from_value(change.clone())?;
        let base = match &change.like {
            Some(name) => Self::named(name)?,
            None => self.clone(),
        };
        let mut value = serde_json::to_value(base)?;
        merge(&mut value, Value::Object(change.set), Lists::Replaced);
        merge(&mut value, Value::Object(change.add), Lists::Joined);
        finish(value)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    like: Option<String>,
    #[serde(default)]
    set: Map<String, Value>,
    #[serde(default)]
    add: Map<String, Value>,
}

fn finish(value: Value) -> Result<Profile, ProfileError> {
    Ok(serde_json::from_value(value)?)
}

fn read(text: &str, depth: usize) -> Result<Value, ProfileError> {
    let mut own: Map<String, Value> = toml::from_str(text)?;
    let Some(like) = own.remove("like") else {
        return Ok(Value::Object(own));
    };
    if depth >= LIKE_DEPTH_MAX {
        return Err(ProfileError::Circle);
    }
    let mut value = read(builtin::find(like.as_str().unwrap_or_default())?.toml, depth + 1)?;
    merge(&mut value, Value::Object(own), Lists::Replaced);
    Ok(value)
}

#[derive(Clone, Copy)]
enum Lists {
    Replaced,
    Joined,
}

/// Puts one value over another, objects key by key; its depth is bounded by the parser's.
fn merge(under: &mut Value, over: Value, lists: Lists) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(Value::Null), value, lists);
            }
        }
        (Value::Array(under), Value::Array(over)) if matches!(lists, Lists::Joined) => {
            under.extend(over);
        }
        (under, over) => *under = over,
    }
}
