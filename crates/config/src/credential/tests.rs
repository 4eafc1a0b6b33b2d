//! Every way to write a credential, and the ways that are none.

use toml::de::DeValue;

use super::*;
use crate::fake::{CHANNEL, Fake, origin, problems};

fn read(credential: &str) -> Option<Credential> {
    let (origin, world) = (origin(), Fake::furnished());
    let mut reading = Reading::new(credential, &origin, &world);
    AnyCredential::read(&DeValue::parse(credential).expect("TOML"), &mut reading)
}

#[test]
fn every_kind_of_credential_is_read() {
    let secret = || Secret::new("made-up-upstream-key".to_owned());
    let keys = |session_token| {
        Credential::Aws(AwsCredential::Keys {
            access_key_id: "AKIA".to_owned(),
            secret_access_key: secret(),
            session_token,
        })
    };
    let table = [
        ("{ api_key = '${KEY}' }", Credential::ApiKey(secret())),
        ("{ bearer = '${KEY}' }", Credential::Bearer(secret())),
        ("'none'", Credential::None),
        ("{ none = true }", Credential::None),
        ("{ aws = 'default' }", Credential::Aws(AwsCredential::DefaultChain)),
        ("{ aws = { profile = 'dev' } }", Credential::Aws(AwsCredential::Profile("dev".into()))),
        ("{ aws = { access_key_id = 'AKIA', secret_access_key = '${KEY}' } }", keys(None)),
        (
            "{ aws = { access_key_id = 'AKIA', secret_access_key = '${KEY}', \
             session_token = '${KEY}' } }",
            keys(Some(secret())),
        ),
        ("{ google = 'adc' }", Credential::Google(GoogleCredential::ApplicationDefault)),
        (
            "{ google = { file = 'account.json' } }",
            Credential::Google(GoogleCredential::File("/etc/salve/account.json".into())),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_exactly_one_credential_is_refused() {
    let told =
        |credential: &str| problems(&CHANNEL.replace("{ api_key = \"${KEY}\" }", credential));
    insta::assert_snapshot!(told("{}"), @r#"
    salve.toml:5:14: channel[0].credential: expected exactly one credential, found 0
      hint: one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none"
    "#);
    insta::assert_snapshot!(told("{ api_key = '${ONE}', bearer = '${TWO}' }"), @r#"
    salve.toml:5:14: channel[0].credential: expected exactly one credential, found 2
      hint: one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none"
    "#);
    insta::assert_snapshot!(told("{ none = false }"), @r#"
    salve.toml:5:14: channel[0].credential: expected exactly one credential, found 0
      hint: one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none"
    "#);
    insta::assert_snapshot!(told("'${KEY}'"), @r#"salve.toml:5:14: channel[0].credential: expected one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none", found string"#);
    insta::assert_snapshot!(told("{ aws = { access_key_id = 'AKIA' } }"), @r#"salve.toml:5:22: channel[0].credential.aws: expected "default", { access_key_id, secret_access_key, session_token } or { profile }"#);
    insta::assert_snapshot!(told("{ aws = 'chain' }"), @r#"salve.toml:5:22: channel[0].credential.aws: expected "default", { access_key_id, secret_access_key, session_token } or { profile }, found string"#);
    insta::assert_snapshot!(told("{ google = { path = 'x' } }"), @r"
    salve.toml:5:25: channel[0].credential.google.file: is missing
      hint: write `file = …`: the path of a file

    salve.toml:5:27: channel[0].credential.google.path: unknown key
      hint: allowed here: file
    ");
    insta::assert_snapshot!(told("{ google = { file = '' } }"), @"salve.toml:5:34: channel[0].credential.google.file: the path is empty");
}

#[test]
fn a_credential_is_shown_without_its_secret() {
    let shown = |text: &str| AnyCredential::show(&read(text).expect(text));
    insta::assert_snapshot!(shown("{ api_key = '${KEY}' }"), @"{ api_key = (hidden) }");
    insta::assert_snapshot!(
        shown("{ aws = { access_key_id = 'AKIA', secret_access_key = '${KEY}' } }"),
        @r#"{ aws = { access_key_id = "AKIA", secret_access_key = (hidden) } }"#
    );
    insta::assert_snapshot!(shown("{ google = { file = 'account.json' } }"), @r#"{ google = { file = "/etc/salve/account.json" } }"#);
}
