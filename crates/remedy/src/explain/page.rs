//! All there is to say of a fault: what `salve explain`, its API and the help pages show.

use serde::Serialize;

use super::cure;
use crate::catalogue::{Fault, Fix, Whose};

/// A fault's page. The names of the fields are those of `salve explain --json` and are stable.
#[derive(Clone, Debug, Serialize)]
pub struct FaultPage {
    /// The fault's id.
    pub fault: &'static str,
    /// The family it belongs to; `local` for what happens beside the requests.
    pub family: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Whose fault it is: `client`, `salve`, `account` or `upstream`.
    pub whose: &'static str,
    /// What the user sees.
    pub symptom: &'static str,
    /// Why it happens.
    pub cause: &'static str,
    /// What Salve does about it, in plain words.
    pub salve: String,
    /// The remedies it is cured with, by name, in the order in which they are tried.
    pub remedies: Vec<&'static str>,
    /// How it is told where it is told; none for what happens beside the requests.
    pub told: Option<ToldAs>,
    /// What to do now.
    pub fix: FixPage,
    /// How not to meet it again.
    pub prevention: Option<&'static str>,
    /// Settings of Salve or of the client that matter here.
    pub settings: Vec<&'static str>,
    /// The address of its help page, where the gateway's address is known.
    pub help: Option<String>,
    /// Where the facts come from.
    pub sources: Vec<&'static str>,
}

/// The shape in which a fault is told.
#[derive(Clone, Debug, Serialize)]
pub struct ToldAs {
    /// The HTTP status.
    pub status: u16,
    /// Anthropic's error type.
    pub error_type: &'static str,
    /// The sentence, with `…` for what differs from request to request.
    pub message: String,
}

/// What to do now, and the commands for it.
#[derive(Clone, Debug, Serialize)]
pub struct FixPage {
    /// On every platform.
    pub any: &'static str,
    /// Commands for a POSIX shell.
    pub posix: Option<&'static str>,
    /// Commands for PowerShell.
    pub powershell: Option<&'static str>,
}

impl FaultPage {
    /// The page of a fault, with its help page below this public address of the gateway.
    #[must_use]
    pub fn of(fault: &'static Fault, public_url: Option<&str>) -> Self {
        let address = |url: &str| format!("{}/help/{}", url.trim_end_matches('/'), fault.id);
        let help = public_url.map(address);
        let Fix { any, posix, powershell } = &fault.fix;
        Self {
            fault: &fault.id,
            family: &fault.family,
            title: &fault.title,
            whose: whose(fault.whose),
            symptom: &fault.symptom,
            cause: &fault.cause,
            salve: cure::sentence(fault),
            remedies: cure::remedies(fault).collect(),
            told: (!fault.is_local()).then(|| told(fault, help.as_deref())),
            fix: FixPage { any, posix: posix.as_deref(), powershell: powershell.as_deref() },
            prevention: fault.prevention.as_deref(),
            settings: fault.settings.iter().map(String::as_str).collect(),
            help,
            sources: fault.sources.iter().map(String::as_str).collect(),
        }
    }

    /// The page as headings and texts, in the order in which a person reads them, with the
    /// commands for these platforms.
    #[must_use]
    pub fn sections(&self, platforms: Platforms) -> Vec<(&'static str, String)> {
        let posix = self.fix.posix.filter(|_| platforms != Platforms::Powershell);
        let powershell = self.fix.powershell.filter(|_| platforms != Platforms::Posix);
        let more = match &self.help {
            Some(help) => help.clone(),
            None => self.sources.join("\n"),
        };
        let sections = [
            ("What you see", Some(self.symptom.to_owned())),
            ("Whose", Some(format!("{}.", self.whose_words()))),
            ("Why", Some(self.cause.to_owned())),
            ("What Salve does", Some(self.salve.clone())),
            ("What to do now", Some(self.fix.any.to_owned())),
            ("In a POSIX shell", posix.map(str::to_owned)),
            ("In PowerShell", powershell.map(str::to_owned)),
            ("How to avoid it", self.prevention.map(str::to_owned)),
            ("Settings", Some(self.settings.join(", "))),
            ("More", Some(more)),
        ];
        let said = sections.into_iter().filter_map(|(name, text)| Some((name, text?)));
        said.filter(|(_, text)| !text.is_empty()).collect()
    }

    fn whose_words(&self) -> &'static str {
        match self.whose {
            "client" => "The client's or its user's",
            "salve" => "This gateway's or its configuration's",
            "account" => "The account's behind the channel",
            _ => "The upstream's",
        }
    }
}

/// For which platforms commands are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platforms {
    /// For a POSIX shell.
    Posix,
    /// For PowerShell.
    Powershell,
    /// For both.
    All,
}

fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::Client => "client",
        Whose::Salve => "salve",
        Whose::Account => "account",
        Whose::Upstream => "upstream",
    }
}

/// The sentence with `…` for each of its `{name}`s.
fn told(fault: &'static Fault, help: Option<&str>) -> ToldAs {
    let template = fault.told.exact.as_deref().unwrap_or(&fault.told.message);
    let mut parts = template.split('{');
    let mut message = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            message.push('{');
            message.push_str(part);
            continue;
        };
        message.push_str(match name {
            "help" => help.unwrap_or_default(),
            // Nothing where there was one channel only.
            "tried" => "",
            _ => "…",
        });
        message.push_str(rest);
    }
    let error_type = &fault.told.error_type;
    ToldAs { status: fault.told.status, error_type, message: message.trim_end().to_owned() }
}
