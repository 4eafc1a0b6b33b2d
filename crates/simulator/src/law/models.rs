//! The models of a profile: the rows of the settings, chosen, changed, and under their ids.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Model;
use crate::pattern::fits_any;
use crate::profile::{ModelPatch, ModelsProfile};

/// The models served.
pub(super) fn served(rules: &ModelsProfile, base: &[Model]) -> Vec<Model> {
    let offered = |model: &&Model| rules.offers.is_empty() || names(model, &rules.offers);
    base.iter().filter(offered).map(|model| patched(rules, model.clone())).collect()
}

/// Every id and the model it stands for.
pub(super) fn by_id(rules: &ModelsProfile, models: &[Model]) -> HashMap<String, Arc<Model>> {
    let mut by_id = HashMap::new();
    for model in models {
        let shared = Arc::new(model.clone());
        for id in model.aliases.iter().chain([&model.id]) {
            for prefix in &rules.prefixes {
                by_id.insert(format!("{prefix}{id}"), Arc::clone(&shared));
            }
            by_id.insert(id.clone(), Arc::clone(&shared));
        }
    }
    by_id
}

fn names(model: &Model, patterns: &[String]) -> bool {
    model.aliases.iter().chain([&model.id]).any(|id| fits_any(patterns, id))
}

fn patched(rules: &ModelsProfile, mut model: Model) -> Model {
    for patch in &rules.patches {
        if names(&model, &patch.models) {
            apply(patch, &mut model);
        }
    }
    model
}

fn apply(patch: &ModelPatch, model: &mut Model) {
    if let Some(window) = patch.window_tokens {
        model.window_tokens = window;
        model.window_1m_tokens = None;
    }
    let set = |field: &mut bool, value: Option<bool>| *field = value.unwrap_or(*field);
    set(&mut model.effort, patch.effort);
    set(&mut model.effort_needs_thinking, patch.effort_needs_thinking);
    set(&mut model.binds_thinking, patch.binds_thinking);
    set(&mut model.prefill, patch.prefill);
    set(&mut model.forced_tools, patch.forced_tools);
    model.output_tokens_max = patch.output_tokens_max.unwrap_or(model.output_tokens_max);
    model.system_messages = patch.system_messages.unwrap_or(model.system_messages);
    model.sampling = patch.sampling.unwrap_or(model.sampling);
    if let Some(thinking) = &patch.thinking {
        model.thinking.clone_from(thinking);
    }
}
