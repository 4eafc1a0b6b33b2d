//! Web pages that proxies, firewalls and load balancers put in an answer's place.

/// How much of a page without title or heading is kept, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

/// Whether the body is a web page, by its look or by what it is called.
pub(super) fn is_page(text: &str, content_type: Option<&str>) -> bool {
    let start = text.get(..text.len().min(512)).unwrap_or(text).to_ascii_lowercase();
    let looks = start.starts_with('<')
        && ["<html", "<!doctype html", "<head", "<title", "<body", "<h1", "<center"]
            .iter()
            .any(|tag| start.contains(tag));
    let called = content_type.is_some_and(|name| name.to_ascii_lowercase().contains("text/html"));
    looks || (called && !text.starts_with(['{', '[']))
}

/// The title, else the first heading, else the first words.
pub(super) fn headline(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let element = |tag: &str| element(page, &lower, tag).filter(|text| !text.is_empty());
    element("title").or_else(|| element("h1")).unwrap_or_else(|| excerpt(page))
}

/// The text of the first such element. `lower` is the page in ASCII lower case, so that both
/// have the same byte positions.
fn element(page: &str, lower: &str, tag: &str) -> Option<String> {
    let open = lower.find(&format!("<{tag}"))?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    Some(plain(page.get(start..end)?))
}

fn excerpt(page: &str) -> String {
    let mut inside_tag = false;
    let text = page.chars().map(|letter| {
        let was_inside = inside_tag;
        inside_tag = letter == '<' || (inside_tag && letter != '>');
        if inside_tag || was_inside { ' ' } else { letter }
    });
    let text = plain(&text.collect::<String>());
    text.chars().take(EXCERPT_CHARS_MAX).collect()
}

/// Without the commonest entities and with single spaces.
fn plain(text: &str) -> String {
    let text = text.replace("&#39;", "'").replace("&quot;", "\"").replace("&nbsp;", " ");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
