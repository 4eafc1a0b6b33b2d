//! How commands fail, and the exit codes that say so.

use std::process::ExitCode;

/// The exit codes, as `salve --help` lists them. Those from 64 up follow sysexits(3).
pub const TABLE: &str = "\
Exit codes:
   0  done
   1  failed; the message says why
   2  the command line is not understood
   3  nothing that is in the catalogue was found in the text (`salve explain`)
  65  the database or another file of the data folder is damaged
  69  a running server or an upstream cannot be reached
  71  the address cannot be listened on
  73  the data folder cannot be written, or another Salve uses it
  78  the configuration is not valid";

/// A command's failure: what to print, and the code to end with.
#[derive(Debug)]
pub struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// Anything without a code of its own.
    pub fn other(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command line is not understood.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Nothing known was found in a text.
    pub fn unrecognised(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 3 }
    }

    /// A file is damaged.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 65 }
    }

    /// Nobody answers.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 69 }
    }

    /// The address is not to be had.
    pub fn address(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 71 }
    }

    /// The data folder is not to be had.
    pub fn folder(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 73 }
    }

    /// The configuration is not valid.
    pub fn config(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 78 }
    }

    /// What to print.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The code to end with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}
