//! `[[key]]`: keys declared in the configuration.

use std::num::{NonZeroU32, NonZeroU64};

use crate::decimal::{Usd, UsdAmount};
use crate::group::DEFAULT_GROUP;
use crate::model_pattern::{ModelPattern, Pattern};
use crate::name::{Gives, OfGroup, OfKey, Refers, User};
use crate::number::Number;
use crate::secret::{GuardingSecret, Secret};
use crate::shape::{List, Maybe};
use crate::table::table;

table! {
    /// A key that clients show. Other keys are made with `salve key create` and live in the store.
    ///
    /// ```toml
    /// [[key]]
    /// name = "ci"
    /// secret = "${SALVE_KEY_CI}"
    /// group = "default"
    /// user = "build"
    /// models = ["claude-haiku-*"]
    /// monthly_quota_usd = 100
    /// balance_usd = 2.50
    /// requests_per_minute = 60
    /// tokens_per_minute = 200_000
    /// concurrency = 4
    /// ```
    pub struct DeclaredKey {
        /// What the log calls it.
        name: String as Gives<OfKey>;
        /// What the client shows, as `x-api-key` or `Authorization: Bearer`.
        secret: Secret as GuardingSecret;
        /// The channels it may use.
        group: String as Refers<OfGroup> = DEFAULT_GROUP.to_owned();
        /// Who owns it, for the log.
        user: Option<String> as Maybe<User> = None;
        /// The models it may use. Left out, all models of its group.
        models: Option<Vec<ModelPattern>> as Maybe<List<Pattern>> = None;
        /// What it may spend in a calendar month (UTC).
        /// *Reserved: read and checked, not enforced by this version.*
        monthly_quota_usd: Option<Usd> as Maybe<UsdAmount> = None;
        /// The prepaid money it starts with.
        /// *Reserved: read and checked, not enforced by this version.*
        balance_usd: Option<Usd> as Maybe<UsdAmount> = None;
        /// The requests it may send in a minute.
        /// *Reserved: read and checked, not enforced by this version.*
        requests_per_minute: Option<NonZeroU32> as Maybe<Number<NonZeroU32>> = None;
        /// The tokens it may use in a minute, input and output.
        /// *Reserved: read and checked, not enforced by this version.*
        tokens_per_minute: Option<NonZeroU64> as Maybe<Number<NonZeroU64>> = None;
        /// The requests it may have running at a time.
        /// *Reserved: read and checked, not enforced by this version.*
        concurrency: Option<NonZeroU32> as Maybe<Number<NonZeroU32>> = None;
    }
}

impl DeclaredKey {
    /// A key of the group `default` without limits.
    #[must_use]
    pub fn new(name: &str, secret: Secret) -> Self {
        Self {
            name: name.to_owned(),
            secret,
            group: DEFAULT_GROUP.to_owned(),
            user: None,
            models: None,
            monthly_quota_usd: None,
            balance_usd: None,
            requests_per_minute: None,
            tokens_per_minute: None,
            concurrency: None,
        }
    }
}
