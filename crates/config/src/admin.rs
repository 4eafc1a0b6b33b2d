//! `[admin]`: who may administer a running Salve.

use crate::secret::{GuardingSecret, Secret};
use crate::shape::Maybe;
use crate::table::table;

table! {
    /// Who may administer a running Salve.
    ///
    /// ```toml
    /// [admin]
    /// token = "${SALVE_ADMIN_TOKEN}"
    /// ```
    pub struct Admin: Default {
        /// The token that opens the admin API. Left out, the admin API is closed.
        token: Option<Secret> as Maybe<GuardingSecret> = None;
    }
}
