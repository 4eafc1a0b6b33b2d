//! `credential`: how Salve identifies itself to an upstream.

use std::path::PathBuf;

use crate::name::Word;
use crate::reading::{Item, Reading};
use crate::secret::{Secret, SecretReference};
use crate::shape::{Flag, Maybe, Shape};
use crate::table::{Table, TableOf, table};
use crate::text::read_text;

/// How Salve identifies itself to an upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An API key, sent as `x-api-key`.
    ApiKey(Secret),
    /// A token, sent as `Authorization: Bearer`.
    Bearer(Secret),
    /// AWS credentials, which sign each request.
    Aws(AwsCredential),
    /// Google credentials, from which tokens are made.
    Google(GoogleCredential),
    /// Nothing is sent.
    None,
}

/// Where AWS credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsCredential {
    /// The default chain: environment, profile, container, instance.
    DefaultChain,
    /// Given in the configuration.
    Keys {
        /// The public part.
        access_key_id: String,
        /// The secret part.
        secret_access_key: Secret,
        /// The token of temporary credentials.
        session_token: Option<Secret>,
    },
    /// A profile of the shared AWS configuration files.
    Profile(String),
}

/// Where Google credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoogleCredential {
    /// Application default credentials.
    ApplicationDefault,
    /// A credentials file.
    File(PathBuf),
}

table! {
    /// How Salve identifies itself to an upstream: exactly one of these, or `"none"`.
    ///
    /// ```toml
    /// credential = { api_key = "${ANTHROPIC_API_KEY}" }
    /// ```
    pub(crate) struct CredentialTable {
        /// An API key, sent as `x-api-key`.
        api_key: Option<Secret> as Maybe<SecretReference> = None;
        /// A token, sent as `Authorization: Bearer`.
        bearer: Option<Secret> as Maybe<SecretReference> = None;
        /// AWS credentials: `"default"` for the default chain, or a table with `access_key_id`,
        /// `secret_access_key` and, for temporary ones, `session_token`, or with `profile`.
        aws: Option<AwsCredential> as Maybe<Aws> = None;
        /// Google credentials: `"adc"` for application default credentials, or a table with
        /// `file`.
        google: Option<GoogleCredential> as Maybe<Google> = None;
        /// `true`: nothing is sent. The same as `credential = "none"`.
        none: Option<bool> as Maybe<Flag> = None;
    }
}

impl CredentialTable {
    /// The credentials given.
    fn given(self) -> Vec<Credential> {
        let given = [
            self.api_key.map(Credential::ApiKey),
            self.bearer.map(Credential::Bearer),
            self.aws.map(Credential::Aws),
            self.google.map(Credential::Google),
            self.none.filter(|is_none| *is_none).map(|_| Credential::None),
        ];
        given.into_iter().flatten().collect()
    }
}

/// How a credential is written.
pub(crate) struct AnyCredential;

impl Shape for AnyCredential {
    type Value = Credential;

    fn expected() -> String {
        "one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, \"none\"".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Credential> {
        if item.get_ref().as_str() == Some("none") {
            return Some(Credential::None);
        }
        let Some(table) = item.get_ref().as_table() else {
            return reading.wrong_type(item, &Self::expected());
        };
        let mut given = CredentialTable::read_table(table, item.span(), reading)?.given();
        if given.len() != 1 {
            let message = format!("expected exactly one credential, found {}", given.len());
            reading.problem(item.span(), message, Self::expected());
            return None;
        }
        given.pop()
    }

    fn show(value: &Credential) -> String {
        match value {
            Credential::ApiKey(_) => "{ api_key = (hidden) }".to_owned(),
            Credential::Bearer(_) => "{ bearer = (hidden) }".to_owned(),
            Credential::Aws(aws) => format!("{{ aws = {} }}", Aws::show(aws)),
            Credential::Google(google) => format!("{{ google = {} }}", Google::show(google)),
            Credential::None => "\"none\"".to_owned(),
        }
    }
}

table! {
    /// AWS credentials that do not come from the default chain.
    struct AwsTable {
        /// The public part.
        access_key_id: Option<String> as Maybe<Word> = None;
        /// The secret part.
        secret_access_key: Option<Secret> as Maybe<SecretReference> = None;
        /// The token of temporary credentials.
        session_token: Option<Secret> as Maybe<SecretReference> = None;
        /// A profile of the shared AWS configuration files.
        profile: Option<String> as Maybe<Word> = None;
    }
}

impl AwsTable {
    fn only(self) -> Option<AwsCredential> {
        match (self.access_key_id, self.secret_access_key, self.session_token, self.profile) {
            (None, None, None, Some(profile)) => Some(AwsCredential::Profile(profile)),
            (Some(access_key_id), Some(secret_access_key), session_token, None) => {
                Some(AwsCredential::Keys { access_key_id, secret_access_key, session_token })
            }
            _ => None,
        }
    }
}

struct Aws;

impl Shape for Aws {
    type Value = AwsCredential;

    fn expected() -> String {
        "\"default\", { access_key_id, secret_access_key, session_token } or { profile }".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<AwsCredential> {
        if item.get_ref().as_str() == Some("default") {
            return Some(AwsCredential::DefaultChain);
        }
        if !item.get_ref().is_table() {
            return reading.wrong_type(item, &Self::expected());
        }
        let credential = TableOf::<AwsTable>::read(item, reading)?.only();
        if credential.is_none() {
            let message = format!("expected {}", Self::expected());
            reading.problem(item.span(), message, None);
        }
        credential
    }

    fn show(value: &AwsCredential) -> String {
        match value {
            AwsCredential::DefaultChain => "\"default\"".to_owned(),
            AwsCredential::Keys { access_key_id, .. } => {
                format!("{{ access_key_id = {access_key_id:?}, secret_access_key = (hidden) }}")
            }
            AwsCredential::Profile(profile) => format!("{{ profile = {profile:?} }}"),
        }
    }
}

table! {
    /// Google credentials that are not the application default ones.
    struct GoogleTable {
        /// The path of a credentials file, from the folder of the configuration file.
        file: PathBuf as FilePath;
    }
}

struct Google;

impl Shape for Google {
    type Value = GoogleCredential;

    fn expected() -> String {
        "\"adc\" or { file = PATH }".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<GoogleCredential> {
        if item.get_ref().as_str() == Some("adc") {
            return Some(GoogleCredential::ApplicationDefault);
        }
        if !item.get_ref().is_table() {
            return reading.wrong_type(item, &Self::expected());
        }
        let table = TableOf::<GoogleTable>::read(item, reading)?;
        Some(GoogleCredential::File(table.file))
    }

    fn show(value: &GoogleCredential) -> String {
        match value {
            GoogleCredential::ApplicationDefault => "\"adc\"".to_owned(),
            GoogleCredential::File(file) => format!("{{ file = {:?} }}", file.display()),
        }
    }
}

struct FilePath;

impl Shape for FilePath {
    type Value = PathBuf;

    fn expected() -> String {
        "the path of a file".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<PathBuf> {
        let text = read_text(item, &Self::expected(), reading)?;
        if text.value.is_empty() {
            reading.problem(item.span(), "the path is empty", None);
            return None;
        }
        Some(reading.origin.folder.join(text.value))
    }

    fn show(value: &PathBuf) -> String {
        format!("{:?}", value.display())
    }
}

#[cfg(test)]
mod tests;
