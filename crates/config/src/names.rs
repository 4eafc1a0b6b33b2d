//! Names that settings give and that other settings refer to, checked when all have been read.

use crate::problem::Span;
use crate::reading::Reading;
use crate::suggest::closest;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Channel,
    Group,
    Key,
}

impl Named {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Group => "group",
            Self::Key => "key",
        }
    }
}

/// One place where a name stands.
#[derive(Debug, Clone)]
struct Place {
    named: Named,
    name: String,
    path: String,
    span: Span,
}

/// The names of one reading.
#[derive(Debug, Default)]
pub(crate) struct Names {
    given: Vec<Place>,
    /// Of these at least one name could not be read: a reference may well mean it.
    unreadable: Vec<Named>,
    referred: Vec<Place>,
}

impl Names {
    fn may_be_given(&self, named: Named, name: &str) -> bool {
        self.unreadable.contains(&named)
            || self.given.iter().any(|place| place.named == named && place.name == name)
    }

    fn all(&self, named: Named) -> impl Iterator<Item = &str> {
        self.given.iter().filter(move |p| p.named == named).map(|p| p.name.as_str())
    }
}

impl Reading<'_> {
    /// Notes that the setting being read gives a name.
    pub(crate) fn gives(&mut self, named: Named, name: &str, span: Span) {
        let place = self.place(named, name, span);
        self.names.given.push(place);
    }

    /// Notes that something gives a name which could not be read.
    pub(crate) fn gives_unreadably(&mut self, named: Named) {
        self.names.unreadable.push(named);
    }

    /// Notes that the setting being read refers to a name.
    pub(crate) fn refers(&mut self, named: Named, name: &str, span: Span) {
        let place = self.place(named, name, span);
        self.names.referred.push(place);
    }

    fn place(&self, named: Named, name: &str, span: Span) -> Place {
        Place { named, name: name.to_owned(), path: self.path().to_owned(), span }
    }

    /// Checks, after everything has been read, that names are unique and references lead somewhere.
    pub(crate) fn check_names(&mut self) {
        let names = std::mem::take(&mut self.names);
        for (index, place) in names.given.iter().enumerate() {
            let mut earlier = names.given.iter().take(index);
            let first = earlier.find(|e| e.named == place.named && e.name == place.name);
            if let Some(first) = first {
                self.duplicate(place, first);
            }
        }
        for place in &names.referred {
            if !names.may_be_given(place.named, &place.name) {
                self.unknown(place, &names);
            }
        }
    }

    fn duplicate(&mut self, place: &Place, first: &Place) {
        let word = place.named.word();
        let message = format!("a second {word} named `{}`", place.name);
        let hint = format!("{} has this name already; every {word} needs its own", first.path);
        self.problem_at(place.path.clone(), Some(place.span.clone()), message, Some(hint));
    }

    fn unknown(&mut self, place: &Place, names: &Names) {
        let word = place.named.word();
        let known: Vec<&str> = names.all(place.named).collect();
        let hint = match (closest(&place.name, known.iter().copied()), known.is_empty()) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, false) => format!("declared {word}s: {}", known.join(", ")),
            (None, true) => format!("declare it with `[[{word}]]`"),
        };
        let message = format!("no {word} is named `{}`", place.name);
        self.problem_at(place.path.clone(), Some(place.span.clone()), message, Some(hint));
    }
}
