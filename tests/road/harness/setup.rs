//! The configuration a road starts with.

use super::{CREDENTIAL, KEY};

/// A configuration and the environment it is read in.
#[derive(Debug, Clone)]
pub struct Setup {
    server: String,
    channels: Vec<Channel>,
    rest: String,
    has_groups: bool,
    pub env: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
struct Channel {
    name: String,
    url: String,
    more: String,
}

impl Setup {
    /// One channel, `one`, at this address.
    pub fn of(url: impl Into<String>) -> Self {
        let env = vec![
            ("ROAD_KEY".to_owned(), KEY.to_owned()),
            ("ROAD_CREDENTIAL".to_owned(), CREDENTIAL.to_owned()),
        ];
        Self {
            server: String::new(),
            channels: Vec::new(),
            rest: String::new(),
            has_groups: false,
            env,
        }
        .channel("one", url)
    }

    /// One more channel, tried after those before.
    pub fn channel(self, name: &str, url: impl Into<String>) -> Self {
        self.channel_with(name, url, "")
    }

    /// One more channel with further settings.
    pub fn channel_with(mut self, name: &str, url: impl Into<String>, more: &str) -> Self {
        self.channels.push(Channel {
            name: name.to_owned(),
            url: url.into(),
            more: more.to_owned(),
        });
        self
    }

    /// Further settings of the channel that was added last.
    pub fn more(mut self, more: &str) -> Self {
        let last = self.channels.last_mut().expect("a channel");
        last.more.push_str(more);
        last.more.push('\n');
        self
    }

    /// Settings of `[server]` besides the address.
    pub fn server(mut self, settings: &str) -> Self {
        self.server.push_str(settings);
        self.server.push('\n');
        self
    }

    /// Groups in place of the one with all channels.
    pub fn groups(mut self, text: &str) -> Self {
        self.has_groups = true;
        self.and(text)
    }

    /// More of the file.
    pub fn and(mut self, text: &str) -> Self {
        self.rest.push_str(text);
        self.rest.push('\n');
        self
    }

    /// One more variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The file.
    pub fn toml(&self) -> String {
        let channels: String = self.channels.iter().map(Channel::toml).collect();
        let names: Vec<String> = self.channels.iter().map(|c| format!("{:?}", c.name)).collect();
        let group = match self.has_groups {
            true => String::new(),
            false => format!("[[group]]\nname = \"default\"\nchannels = [{}]\n", names.join(", ")),
        };
        format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n{}\n[store]\nurl = \"sqlite:data/salve.db\"\n\n\
             {channels}{group}\n[[key]]\nname = \"declared\"\nsecret = \"${{ROAD_KEY}}\"\n\
             user = \"somebody\"\n\n{}",
            self.server, self.rest
        )
    }
}

impl Channel {
    fn toml(&self) -> String {
        let credential = match self.more.contains("credential") {
            true => "",
            false => "credential = { api_key = \"${ROAD_CREDENTIAL}\" }\n",
        };
        format!(
            "[[channel]]\nname = \"{}\"\nkind = \"anthropic\"\nbase_url = \"{}\"\n\
             {credential}{}\n\n",
            self.name, self.url, self.more
        )
    }
}
