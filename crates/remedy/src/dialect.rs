//! The dialects an upstream may answer in, as the recognisers name them.

use serde::Deserialize;

/// An API's wire shape.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Anthropic's own API and every endpoint that copies it.
    Anthropic,
    /// Claude on Amazon Bedrock.
    Bedrock,
    /// Claude on Google Vertex AI.
    Vertex,
    /// Claude on Azure AI Foundry.
    Foundry,
    /// OpenAI's Chat Completions and the many endpoints that copy it.
    OpenaiChat,
    /// OpenAI's Responses.
    OpenaiResponses,
}
