use super::{betas_of, features_of};

#[test]
fn a_field_and_its_beta_know_each_other() {
    let fields: Vec<_> = features_of("context-management-2025-06-27").collect();
    assert_eq!(fields, ["field:context_management"]);
    let betas: Vec<_> = betas_of("field:mcp_servers").collect();
    assert_eq!(betas, ["mcp-client-2025-04-04", "mcp-client-2025-11-20"]);
    assert_eq!(features_of("never-seen-2027-01-01").count(), 0);
}
