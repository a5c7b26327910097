//! The languages that can be read, told by file name.

use camino::Utf8Path;

/// A language with a front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// TypeScript and JavaScript, with JSX.
    TypeScript,
    /// A single-file component or page that holds scripts and markup: `.vue`, `.svelte`, `.astro`.
    Component,
    /// A page or server template: HTML and its relatives.
    Template,
    /// Python.
    Python,
    /// Kotlin, scripts included.
    Kotlin,
    /// Rust.
    Rust,
}

impl Language {
    /// The language of a file by its ending; `None` if it is no source file.
    pub fn of(path: &Utf8Path) -> Option<Self> {
        match path.extension()? {
            "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => Some(Self::TypeScript),
            "vue" | "svelte" | "astro" => Some(Self::Component),
            "html" | "htm" | "jinja" | "jinja2" | "j2" | "ejs" | "hbs" | "handlebars" | "njk" | "pug" | "jade" | "ftl" | "mustache" | "tera" | "liquid" => Some(Self::Template),
            "py" => Some(Self::Python),
            "kt" | "kts" => Some(Self::Kotlin),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    /// Whether a bare name may be a member of the class around it.
    pub fn has_implicit_members(self) -> bool {
        matches!(self, Self::Kotlin)
    }

    /// Whether the steps of an async function run only where something awaits what a call of it gives.
    pub fn runs_when_awaited(self) -> bool {
        matches!(self, Self::Python | Self::Rust)
    }

    /// Whether an async function goes on by itself once it is called, while its caller does not wait for it.
    pub fn runs_beside_its_caller(self) -> bool {
        matches!(self, Self::TypeScript | Self::Component)
    }

    /// Whether a local name is bound only behind its value, in which it still stands for what is outside.
    pub fn binds_after_value(self) -> bool {
        matches!(self, Self::Rust)
    }

    /// Whether a method without arguments gives what its receiver holds: the guard of a lock, a borrow, the value of an answer or of a provider.
    pub fn gives_through(self, method: &str) -> bool {
        const THROUGH: [&str; 17] = [
            "lock",
            "read",
            "write",
            "borrow",
            "borrow_mut",
            "unwrap",
            "expect",
            "clone",
            "as_ref",
            "as_mut",
            "get_ref",
            "get_mut",
            "into_inner",
            "deref",
            "blocking_lock",
            "upgrade",
            "to_owned",
        ];
        match self {
            Self::Rust => THROUGH.contains(&method),
            // A provider's: `Provider<Store>`, `Lazy<Store>`.
            Self::Kotlin => method == "get",
            _ => false,
        }
    }

    /// Whether a method and a field of one class may bear the same name.
    pub fn names_methods_apart(self) -> bool {
        self == Self::Rust
    }

    /// Whether a method that is taken off its object is bound to it again by `bind`.
    pub fn binds_methods(self) -> bool {
        matches!(self, Self::TypeScript | Self::Component)
    }

    /// Whether a method of that name, which a class inherits from outside the project, gives an instance of the class: `User.findByPk(id)`.
    pub fn looks_up_by_class(self, method: &str) -> bool {
        matches!(self, Self::TypeScript | Self::Component) && method.starts_with("find") && !method.ends_with("All") && !method.ends_with("Many")
    }

    /// Whether a member gives what its receiver holds: `Lazy<Store>`, `StateFlow<Store>`.
    pub fn gives_member(self, name: &str) -> bool {
        matches!(self, Self::Kotlin) && name == "value"
    }

    /// Whether a method of a list hands its elements, one by one, to the function that it is given.
    pub fn hands_elements(self, method: &str) -> bool {
        matches!(self, Self::TypeScript | Self::Component) && matches!(method, "map" | "forEach" | "flatMap" | "filter" | "every" | "some" | "find")
    }

    /// Whether a type of the standard library only wraps its first argument: what has it has that one's methods, or gives it at once.
    pub fn wraps(self, ty: &str) -> bool {
        matches!(self, Self::Rust) && matches!(ty, "Option" | "Result" | "Box" | "Arc" | "Rc" | "Mutex" | "RwLock" | "RefCell" | "Cow")
    }

    /// The name used in reports and rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::TypeScript | Self::Component => "typescript",
            Self::Template => "html",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Rust => "rust",
        }
    }
}
