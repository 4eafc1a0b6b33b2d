//! Python representations: `{'error': {'message': "it's", 'loc': ('body', 0)}}` as JSON.

/// Rewrites the dict or list a text begins with as JSON, up to its closing bracket. `None` if
/// it is no literal of dicts, lists, tuples, strings, numbers, `None`, `True` and `False`.
pub(super) fn to_json(text: &str) -> Option<String> {
    let mut json = String::with_capacity(text.len());
    let mut rest = text.chars();
    let mut open = 0_usize;
    while let Some(next) = rest.next() {
        match next {
            '\'' | '"' => string(next, &mut rest, &mut json)?,
            '{' | '[' => {
                open += 1;
                json.push(next);
            }
            // A tuple is written as a list.
            '(' => {
                open += 1;
                json.push('[');
            }
            '}' | ']' | ')' => {
                open = open.checked_sub(1)?;
                close(next, &mut json);
                if open == 0 {
                    return Some(json);
                }
            }
            ',' | ':' | '-' | '+' | '.' | '0'..='9' | 'e' | 'E' => json.push(next),
            space if space.is_whitespace() => json.push(' '),
            'N' => word("one", "null", &mut rest, &mut json)?,
            'T' => word("rue", "true", &mut rest, &mut json)?,
            'F' => word("alse", "false", &mut rest, &mut json)?,
            _ => return None,
        }
    }
    None
}

/// Closes an object or a list, without the comma that Python allows before the bracket.
fn close(bracket: char, json: &mut String) {
    let kept = json.trim_end().trim_end_matches(',').len();
    json.truncate(kept);
    json.push(if bracket == ')' { ']' } else { bracket });
}

fn word(
    tail: &str,
    written: &str,
    rest: &mut std::str::Chars<'_>,
    json: &mut String,
) -> Option<()> {
    *rest = rest.as_str().strip_prefix(tail)?.chars();
    json.push_str(written);
    Some(())
}

/// Copies a string up to its closing quote. Escapes JSON does not know lose their backslash.
fn string(quote: char, rest: &mut std::str::Chars<'_>, json: &mut String) -> Option<()> {
    json.push('"');
    loop {
        match rest.next()? {
            end if end == quote => break,
            '\\' => match rest.next()? {
                known @ ('n' | 't' | 'r' | 'b' | 'f' | 'u' | '\\' | '"') => {
                    json.extend(['\\', known]);
                }
                'x' => json.push_str("\\u00"),
                other => json.push(other),
            },
            '"' => json.push_str("\\\""),
            control if control.is_control() => json.push(' '),
            plain => json.push(plain),
        }
    }
    json.push('"');
    Some(())
}
