//! The profile in force, made ready for judging: its models, its betas, its words.

mod fields;
mod models;

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Model;
use crate::pattern::{fits, fits_any};
use crate::profile::{Profile, Telling};
use crate::refusal::Refusal;

pub(crate) use fields::Place;

/// The rule of a model that is short.
pub(crate) const SHORTAGE_RULE: &str = "model-shortage";
/// Its sentence.
pub(crate) const SHORTAGE_SAYS: &str = "system: Invalid model name";
/// The rule of a model that is not served.
pub(crate) const UNKNOWN_MODEL: &str = "unknown-model";

/// What holds for the requests that come now.
#[derive(Debug)]
pub(crate) struct Law {
    pub profile: Profile,
    /// The models served, in the order of `/v1/models`.
    pub models: Vec<Model>,
    by_id: HashMap<String, Arc<Model>>,
}

impl Law {
    /// The law of a profile over the models of the settings.
    pub(crate) fn new(profile: Profile, base: &[Model]) -> Self {
        let models = models::served(&profile.models, base);
        let by_id = models::by_id(&profile.models, &models);
        Self { profile, models, by_id }
    }

    /// The model of this id, or why it is not served.
    pub(crate) fn model(&self, id: &str) -> Result<Arc<Model>, Refusal> {
        let rules = &self.profile.models;
        if let Some(refused) = rules.refused.iter().find(|refused| fits_any(&refused.ids, id)) {
            let says = refused.says.replace("{model}", id);
            return Err(Refusal::with_status(refused.rule.clone(), refused.status, says));
        }
        let served_as = || rules.served_as.iter().find(|served| fits(&served.ids, id));
        let found = self.by_id.get(id).or_else(|| self.by_id.get(&served_as()?.model));
        let blank = || vec![id.to_owned()];
        let Some(model) = found else {
            let refusal = Refusal::with_status(UNKNOWN_MODEL, 404, format!("model: {id}"));
            return Err(refusal.with_blanks(blank()));
        };
        if fits_any(&self.profile.shortage, id) {
            return Err(Refusal::invalid(SHORTAGE_RULE, SHORTAGE_SAYS).with_blanks(blank()));
        }
        Ok(Arc::clone(model))
    }

    /// Whether a beta is known for a model; an unknown model has the general list.
    pub(crate) fn knows_beta(&self, beta: &str, model: &str) -> bool {
        let betas = &self.profile.betas;
        let id = self.by_id.get(model).map_or(model, |found| found.id.as_str());
        let family = betas.families.iter().find(|family| fits_any(&family.models, id));
        let listed = match (family, &betas.known) {
            (Some(family), _) => fits_any(&family.known, beta),
            (None, Some(known)) => fits_any(known, beta),
            (None, None) => crate::betas::KNOWN.contains(&beta),
        };
        (listed || fits_any(&betas.allowed, beta)) && !fits_any(&betas.refused, beta)
    }

    /// Whether a rule is in force; `optional` ones are only where the profile has them.
    pub(crate) fn has_rule(&self, id: &str, optional: bool) -> bool {
        let named = |list: &[String]| list.iter().any(|rule| rule == id);
        if optional { named(&self.profile.on) } else { !named(&self.profile.off) }
    }

    /// A refusal in the upstream's own words.
    pub(crate) fn retold(&self, mut refusal: Refusal) -> Refusal {
        let telling = self.telling(&refusal).filter(|_| !refusal.own_words);
        let Some(telling) = telling else {
            return refusal;
        };
        telling.retell(&mut refusal);
        refusal
    }

    fn telling(&self, refusal: &Refusal) -> Option<&Telling> {
        let says = &self.profile.says;
        let first = refusal.blanks.first().map(String::as_str).unwrap_or_default();
        says.get(&format!("{}:{first}", refusal.rule)).or_else(|| says.get(&*refusal.rule))
    }

    /// The prefix of an id with the mark of the upstream: `msg_bdrk`.
    pub(crate) fn id_prefix(&self, kind: &str) -> String {
        match &self.profile.id_mark {
            Some(mark) => format!("{kind}_{mark}"),
            None => kind.to_owned(),
        }
    }
}

impl Telling {
    /// Puts an upstream's own way to tell over the usual one.
    pub(crate) fn retell(&self, refusal: &mut Refusal) {
        if let Some(says) = &self.says {
            refusal.message = numbered(says, &refusal.blanks);
        }
        if let Some(status) = self.status {
            refusal.set_status(status);
        }
        if let Some(kind) = &self.kind {
            refusal.kind = kind.clone().into();
        }
        refusal.code = self.code.as_deref().map(Into::into);
    }
}

/// Fills `{0}`, `{1}` …
fn numbered(says: &str, blanks: &[String]) -> String {
    let mut filled = says.to_owned();
    for (number, blank) in blanks.iter().enumerate() {
        filled = filled.replace(&format!("{{{number}}}"), blank);
    }
    filled
}
