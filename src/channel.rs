//! `salve channel`: which channels there are, and what was learned of them.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};
use salve_gateway::api::channels::{Capabilities, ChannelView, Channels, Forgotten, ListedChannel};
use salve_store::{CapabilityRecord, Says};

use crate::admin::{self, Admin, escaped};
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
    /// List the channels and how much was learned of each
    List,
    /// List what was learned: which features a channel refuses, takes, or takes up to a limit
    Capabilities {
        /// Only of this channel
        name: Option<String>,
    },
    /// Forget what was learned of a channel; the next request that has to do with it asks anew
    Forget {
        /// The channel
        name: String,
        /// Only of this feature, as `capabilities` names it
        feature: Option<String>,
    },
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let database = args.place.database()?;
    let (_, folder) = start::store_address(&database);
    let source = match Admin::running(&folder) {
        Some(admin) => Source::Running(admin),
        None => Source::Stopped(database),
    };
    match &args.command {
        Command::List => print_channels(&source.channels(&args.place)?, args.json),
        Command::Capabilities { name } => {
            print_capabilities(&source.capabilities(name.as_deref())?, args.json);
        }
        Command::Forget { name, feature } => {
            let forgotten = source.forget(name, feature.as_deref())?;
            return print_forgotten(&forgotten, name, feature.as_deref(), args.json);
        }
    }
    Ok(())
}

/// The channels, wherever they can be asked for.
enum Source {
    Running(Admin),
    Stopped(PathBuf),
}

impl Source {
    fn channels(&self, place: &Place) -> Result<Vec<ListedChannel>, Failure> {
        match self {
            Self::Running(admin) => {
                let channels: Option<Channels> = admin.get("/channels")?;
                let channels = channels.ok_or_else(too_old)?;
                Ok(channels.channels)
            }
            Self::Stopped(database) => {
                let views = configured(place)?;
                // Before the first start nothing was learned.
                let is_new = !database.exists();
                let capabilities = if is_new { Vec::new() } else { stored(database)? };
                Ok(ListedChannel::all(&views, &capabilities))
            }
        }
    }

    fn capabilities(&self, channel: Option<&str>) -> Result<Vec<CapabilityRecord>, Failure> {
        match self {
            Self::Running(admin) => {
                let query = channel.map(|name| format!("?channel={}", escaped(name)));
                let path = format!("/capabilities{}", query.unwrap_or_default());
                let found: Option<Capabilities> = admin.get(&path)?;
                Ok(found.ok_or_else(too_old)?.capabilities)
            }
            Self::Stopped(database) => {
                let mut found = stored(database)?;
                found.retain(|capability| channel.is_none_or(|name| capability.channel == name));
                Ok(found)
            }
        }
    }

    fn forget(&self, channel: &str, feature: Option<&str>) -> Result<Forgotten, Failure> {
        match self {
            Self::Running(admin) => {
                let feature = feature.map(|feature| format!("&feature={}", escaped(feature)));
                let feature = feature.unwrap_or_default();
                let path = format!("/capabilities?channel={}{feature}", escaped(channel));
                admin.delete(&path)?.ok_or_else(too_old)
            }
            Self::Stopped(database) => forget_stored(database, channel, feature),
        }
    }
}

fn configured(place: &Place) -> Result<Vec<ChannelView>, Failure> {
    let hint = "the channels of `salve up` are made when it starts, and it is not running";
    let configuration = place.configuration()?.ok_or_else(|| Failure::other(hint))?;
    Ok(configuration.channels.iter().map(ChannelView::from).collect())
}

fn stored(database: &Path) -> Result<Vec<CapabilityRecord>, Failure> {
    runtime()?.block_on(async {
        let store = admin::store(database).await?;
        store.capabilities().await.map_err(|error| start::store_failure(&error))
    })
}

fn forget_stored(
    database: &Path,
    channel: &str,
    feature: Option<&str>,
) -> Result<Forgotten, Failure> {
    runtime()?.block_on(async {
        let store = admin::store(database).await?;
        let forgotten = match feature {
            Some(feature) => store.remove_feature(channel, feature).await,
            None => store.remove_capabilities(Some(channel)).await,
        };
        let forgotten = forgotten.map_err(|error| start::store_failure(&error))?;
        Ok(Forgotten { forgotten })
    })
}

fn too_old() -> Failure {
    Failure::unreachable("the running server is of a version that learns nothing of channels")
}

fn print_channels(channels: &[ListedChannel], as_json: bool) {
    if as_json {
        return channels.iter().for_each(terminal::json);
    }
    let row = |listed: &ListedChannel| {
        let channel = &listed.channel;
        let state = if channel.drained { "drained" } else { "in use" };
        vec![
            channel.name.clone(),
            channel.kind.clone(),
            channel.profile.clone().unwrap_or_else(|| "-".to_owned()),
            channel.host.clone(),
            state.to_owned(),
            listed.capabilities.to_string(),
            channel.models.join(","),
        ]
    };
    let rows: Vec<Vec<String>> = channels.iter().map(row).collect();
    let heads = ["NAME", "KIND", "PROFILE", "HOST", "STATE", "LEARNED", "MODELS"];
    terminal::table(&heads, &rows);
}

fn print_capabilities(capabilities: &[CapabilityRecord], as_json: bool) {
    if as_json {
        return capabilities.iter().for_each(terminal::json);
    }
    let row = |capability: &CapabilityRecord| {
        vec![
            capability.channel.clone(),
            capability.model.clone(),
            capability.feature.clone(),
            says(&capability.says),
            capability.learned_at.to_string(),
            capability.expires_at.to_string(),
            capability.evidence.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = capabilities.iter().map(row).collect();
    let heads = ["CHANNEL", "MODEL", "FEATURE", "SAYS", "SINCE", "UNTIL", "EVIDENCE"];
    terminal::table(&heads, &rows);
}

/// A capability in words.
fn says(says: &Says) -> String {
    match says {
        Says::Refuses => "refuses".to_owned(),
        Says::Takes => "takes".to_owned(),
        Says::Needs => "needs".to_owned(),
        Says::Limit(limit) => format!("at most {limit}"),
        Says::Instead(other) => format!("instead {other}"),
    }
}

fn print_forgotten(
    forgotten: &Forgotten,
    name: &str,
    feature: Option<&str>,
    as_json: bool,
) -> Result<(), Failure> {
    let about = feature.map_or_else(String::new, |feature| format!(" about `{feature}`"));
    if forgotten.forgotten == 0 {
        let hint = "`salve channel capabilities` shows what was";
        return Err(Failure::other(format!("nothing was learned of `{name}`{about}; {hint}")));
    }
    if as_json {
        terminal::json(forgotten);
        return Ok(());
    }
    let capabilities = match forgotten.forgotten {
        1 => "1 capability".to_owned(),
        count => format!("{count} capabilities"),
    };
    terminal::line(format!("Forgotten: {capabilities} on `{name}`{about}."));
    Ok(())
}
