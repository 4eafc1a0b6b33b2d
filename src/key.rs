//! `salve key`: make, list, show and revoke keys.

use clap::{Args as ClapArgs, Subcommand};
use salve_gateway::api::admin::{CreatedKey, KeyView, NewKey};
use salve_gateway::clock::SystemClock;
use salve_gateway::identify::{KEY_NAME_RULE, is_key_name, mint, public_id};
use salve_ledger::Clock as _;
use salve_store::{KeyRecord, Store};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::{self, Admin};
use crate::exit::Failure;
use crate::place::Place;
use crate::{runtime, start, terminal};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key and print it; it is shown this once
    Create {
        /// What logs will call it; a name is made up without one
        name: Option<String>,
        /// The same, for those who prefer an option
        #[arg(long = "name", value_name = "NAME", conflicts_with = "name")]
        named: Option<String>,
        /// The group whose channels it may use
        #[arg(long, default_value = "default")]
        group: String,
        /// Who owns it
        #[arg(long)]
        user: Option<String>,
        /// A model it may ask for, `*` allowed; may be repeated. All of its group without it
        #[arg(long = "model", value_name = "PATTERN")]
        models: Vec<String>,
        /// A note
        #[arg(long)]
        note: Option<String>,
    },
    /// List the keys made here; those of the configuration file stand there
    List,
    /// Show one key
    Show {
        /// Its name, its public id, or the key itself
        key: String,
    },
    /// Revoke a key: it opens nothing from now on
    Revoke {
        /// Its name, its public id, or the key itself
        key: String,
    },
}

#[derive(Debug, Deserialize)]
struct Keys {
    keys: Vec<KeyView>,
}

pub fn run(args: Args) -> Result<(), Failure> {
    let database = args.place.database()?;
    let (_, folder) = start::store_address(&database);
    let keyring = match Admin::running(&folder) {
        Some(admin) => Keyring::Running(admin),
        None => Keyring::Stopped(database),
    };
    match args.command {
        Command::Create { name, named, group, user, models, note } => {
            let name = name.or(named).unwrap_or_else(made_up_name);
            let models = (!models.is_empty()).then_some(models);
            let new = NewKey { name, user, group: Some(group), models, note };
            print_created(&keyring.create(new)?, args.json);
        }
        Command::List => print_list(&keyring.list()?, args.json),
        Command::Show { key } => print_one(&keyring.find(&key)?, args.json),
        Command::Revoke { key } => {
            let key = keyring.find(&key)?;
            keyring.revoke(&key.id)?;
            match args.json {
                true => terminal::json(&json!({ "revoked": key.id })),
                false => terminal::line(format!("The key `{}` ({}) is revoked.", key.name, key.id)),
            }
        }
    }
    Ok(())
}

/// A name that tells keys apart in the log until someone gives them better ones.
fn made_up_name() -> String {
    format!("key-{:04x}", rand::random::<u16>())
}

/// The keys, wherever they can be reached.
enum Keyring {
    Running(Admin),
    Stopped(std::path::PathBuf),
}

impl Keyring {
    fn create(&self, new: NewKey) -> Result<CreatedKey, Failure> {
        match self {
            Self::Running(admin) => {
                let made = admin.post("/keys", &new)?;
                made.ok_or_else(|| Failure::unreachable("the running server makes no keys"))
            }
            Self::Stopped(database) => with_store(database, async |store, folder| {
                let keys = store.keys().await.map_err(|error| start::store_failure(&error))?;
                let is_taken = keys.iter().any(|k| k.name == new.name && k.revoked.is_none());
                if is_taken || !is_key_name(&new.name) {
                    return Err(Failure::other(KEY_NAME_RULE));
                }
                let pepper = start::pepper(folder, store).await?;
                let minted = mint(&mut rand::rng());
                let record = KeyRecord {
                    id: minted.public_id,
                    name: new.name,
                    user: new.user,
                    group: new.group.unwrap_or_else(|| "default".to_owned()),
                    created: SystemClock.now(),
                    revoked: None,
                    mac: pepper.digest(&minted.text),
                    models: new.models,
                    note: new.note,
                };
                store.insert_key(&record).await.map_err(|error| start::store_failure(&error))?;
                Ok(CreatedKey { key: minted.text, view: record.into() })
            }),
        }
    }

    fn list(&self) -> Result<Vec<KeyView>, Failure> {
        match self {
            Self::Running(admin) => {
                let keys: Option<Keys> = admin.get("/keys")?;
                Ok(keys.map(|keys| keys.keys).unwrap_or_default())
            }
            Self::Stopped(database) => with_store(database, async |store, _| {
                let keys = store.keys().await.map_err(|error| start::store_failure(&error))?;
                Ok(keys.into_iter().map(KeyView::from).collect())
            }),
        }
    }

    fn revoke(&self, id: &str) -> Result<(), Failure> {
        match self {
            Self::Running(admin) => {
                let revoked: Option<Value> = admin.delete(&format!("/keys/{id}"))?;
                revoked.map(drop).ok_or_else(|| Failure::other("no key has this id"))
            }
            Self::Stopped(database) => with_store(database, async |store, _| {
                let revoked = store.revoke_key(id, SystemClock.now()).await;
                revoked.map(drop).map_err(|error| start::store_failure(&error))
            }),
        }
    }

    /// The key that a person means by its name, its public id or its text.
    fn find(&self, text: &str) -> Result<KeyView, Failure> {
        let id = public_id(text).unwrap_or(text);
        let mut found: Vec<KeyView> = self.list()?;
        found.retain(|key| key.id == id || key.name == text);
        // A name may be given again once its key is revoked; then the one in use is meant.
        if found.iter().any(|key| key.revoked.is_none()) {
            found.retain(|key| key.revoked.is_none());
        }
        match (found.pop(), found.is_empty()) {
            (Some(key), true) => Ok(key),
            (Some(_), false) => {
                Err(Failure::other(format!("several keys are called `{text}`; use the public id")))
            }
            (None, _) => {
                let hint = "no key made here has this name or id (`salve key list` shows all); one that the \
                            configuration declares is removed there";
                Err(Failure::other(format!("`{text}`: {hint}")))
            }
        }
    }
}

fn with_store<T>(
    database: &std::path::Path,
    work: impl AsyncFnOnce(&Store, &std::path::Path) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (_, folder) = start::store_address(database);
    runtime()?.block_on(async {
        let store = admin::store(database).await?;
        work(&store, &folder).await
    })
}

fn print_created(created: &CreatedKey, as_json: bool) {
    if as_json {
        return terminal::json(created);
    }
    terminal::line(&created.key);
    let view = &created.view;
    terminal::line(format!(
        "\nThis is the key `{}` of the group `{}`. It is shown this once; its public id is {}.",
        view.name, view.group, view.id
    ));
}

fn print_list(keys: &[KeyView], as_json: bool) {
    if as_json {
        return keys.iter().for_each(terminal::json);
    }
    let row = |key: &KeyView| {
        let state = if key.revoked.is_some() { "revoked" } else { "in use" };
        let user = key.user.clone().unwrap_or_else(|| "-".to_owned());
        let models = key.models.as_ref().map_or_else(|| "all".to_owned(), |m| m.join(","));
        let (id, name, group) = (key.id.clone(), key.name.clone(), key.group.clone());
        vec![id, name, user, group, state.to_owned(), models, key.created.to_string()]
    };
    let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
    terminal::table(&["ID", "NAME", "USER", "GROUP", "STATE", "MODELS", "CREATED"], &rows);
}

fn print_one(key: &KeyView, as_json: bool) {
    if as_json {
        return terminal::json(key);
    }
    print_list(std::slice::from_ref(key), false);
    if let Some(note) = &key.note {
        terminal::line(format!("\nNote: {note}"));
    }
}
