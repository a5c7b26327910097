//! Tests of every language on small trees.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::Resolver;
use crate::source::{Language, Tree, WalkOptions, discover};

/// A tree from one text: `//- path` begins a file.
struct Project {
    _directory: tempfile::TempDir,
    tree: Tree,
    resolver: Resolver,
}

impl Project {
    fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        for file in text.split("//- ").skip(1) {
            let (path, body) = file.split_once('\n').unwrap_or((file, ""));
            let path = root.join(path.trim());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body).unwrap();
        }
        let tree = discover(&[root.to_owned()], &WalkOptions::default()).unwrap();
        Self { resolver: Resolver::new(&tree), tree, _directory: directory }
    }

    /// The paths that `module` of the file `from` resolves to.
    fn find(&self, from: &str, module: &str, item: Option<&str>) -> Vec<&str> {
        let file = self.tree.find(Utf8Path::new(from)).unwrap_or_else(|| panic!("{from} is not in the tree"));
        let found = self.resolver.resolve(file.id, Language::of(&Utf8PathBuf::from(from)).unwrap(), module, item);
        found.iter().map(|id| self.tree.file(*id).unwrap().path.as_str()).collect()
    }

    #[track_caller]
    fn check(&self, from: &str, module: &str, expected: &[&str]) {
        assert_eq!(self.find(from, module, None), expected, "`{module}` in {from}");
    }

    #[track_caller]
    fn check_item(&self, from: &str, module: &str, item: &str, expected: &[&str]) {
        assert_eq!(self.find(from, module, Some(item)), expected, "`{item}` of `{module}` in {from}");
    }
}

#[test]
fn scripts_leave_out_endings_and_write_js_for_ts() {
    let project = Project::new("//- a.ts\n//- b.ts\n//- c/index.tsx\n//- d.vue\n//- e.js\n//- f/g.svelte\n//- h.mts\n");
    project.check("a.ts", "./b", &["b.ts"]);
    project.check("a.ts", "./b.js", &["b.ts"]);
    project.check("a.ts", "./c", &["c/index.tsx"]);
    project.check("c/index.tsx", "..", &[]);
    project.check("c/index.tsx", "../d.vue", &["d.vue"]);
    project.check("d.vue", "./e", &["e.js"]);
    project.check("f/g.svelte", "../h.mjs", &["h.mts"]);
    project.check("a.ts", "./b?raw", &["b.ts"]);
    project.check("a.ts", "../../../../etc/passwd", &[]);
    project.check("a.ts", "react", &[]);
    project.check("a.ts", &"../".repeat(100_000), &[]);
}

#[test]
fn what_a_script_does_not_import_is_looked_for_under_its_name_and_beside_the_routes() {
    let project = Project::new("//- pages/a.vue\n//- composables/useReader.ts\n//- server/api/me.get.ts\n//- server/utils/visits.ts\n//- utils/other.ts\n");
    project.check_item("pages/a.vue", "", "useReader", &["composables/useReader.ts"]);
    project.check_item("pages/a.vue", "", "endVisit", &[]);
    project.check_item("server/api/me.get.ts", "", "endVisit", &["server/utils/visits.ts"]);
}

#[test]
fn compiler_paths_come_from_the_nearest_configuration_and_its_bases() {
    let project = Project::new(
        "//- tsconfig.base.json\n{ /* base */ \"compilerOptions\": { \"paths\": { \"@lib/*\": [\"./libs/*\"] } } }\n//- libs/auth.ts\n\
         //- web/tsconfig.json\n{ \"extends\": [\"../tsconfig.base.json\", \"@tsconfig/missing/tsconfig.json\"], \"include\": [\"nothing\"] }\n//- web/src/a.tsx\n\
         //- api/tsconfig.json\n{ \"extends\": \"./.generated/tsconfig.json\", \"compilerOptions\": { \"baseUrl\": \"src\", \"strict\": \"odd\", \"paths\": { \"#/*\": [\"server/*\"], }, }, }\n\
         //- api/src/server/session.ts\n//- api/src/main.js\n//- api/src/util/log.ts\n",
    );
    project.check("web/src/a.tsx", "@lib/auth", &["libs/auth.ts"]);
    project.check("api/src/main.js", "#/session", &["api/src/server/session.ts"]);
    project.check("api/src/main.js", "util/log", &["api/src/util/log.ts"]);
}

#[test]
fn referenced_configurations_count_for_the_files_they_include() {
    let project = Project::new(
        "//- tsconfig.json\n{ \"files\": [], \"references\": [{ \"path\": \"./tsconfig.app.json\" }, { \"path\": \"./gone.json\" }] }\n\
         //- tsconfig.app.json\n{ \"include\": [\"source\"], \"compilerOptions\": { \"paths\": { \"@@core/*\": [\"./source/deep/*\"] } } }\n\
         //- source/a.ts\n//- source/b.vue\n//- source/deep/api.ts\n",
    );
    project.check("source/a.ts", "@@core/api", &["source/deep/api.ts"]);
    project.check("source/b.vue", "@@core/api", &["source/deep/api.ts"]);
}

#[test]
fn hostile_configurations_neither_hang_nor_hide_plain_imports() {
    let mut text = String::from("//- a.ts\n//- b.ts\n//- tsconfig.json\n{ \"extends\": \"./tsconfig.0.json\", \"include\": [\"{a,b}{a,b}{a,b}{a,b}{a,b}\"] }\n");
    for index in 0..500 {
        text.push_str(&format!("//- tsconfig.{index}.json\n{{ \"extends\": \"./tsconfig.{}.json\" }}\n", (index + 1) % 500));
    }
    text.push_str(&format!("//- deep/tsconfig.json\n{}\n//- deep/c.ts\n//- list/tsconfig.json\n[1]\n//- list/d.ts\n//- self/tsconfig.json\n{{ \"extends\": \"./tsconfig.json\", \"references\": [{{ \"path\": \".\" }}, 1] }}\n//- self/e.ts\n", "[".repeat(10_000)));
    let project = Project::new(&text);
    project.check("a.ts", "./b", &["b.ts"]);
    project.check("deep/c.ts", "../b", &["b.ts"]);
    project.check("list/d.ts", "../b", &["b.ts"]);
    project.check("self/e.ts", "../b", &["b.ts"]);
}

#[test]
fn odd_module_names_and_packages_do_no_harm() {
    let odd = [
        "",
        ".",
        "..",
        "...",
        "./",
        "../",
        "/",
        "//",
        "///a",
        "#",
        "#/",
        "#a",
        "#a/b",
        "@",
        "@/",
        "@a",
        "@a/",
        "@a//b",
        "a//b",
        "a/",
        "~",
        "~/",
        "$",
        "$lib/",
        "?",
        "./?",
        "!",
        "./#x",
        "./b#c",
        "\\",
        "a\\b",
        "\0",
        "./\0",
        "%2e%2e/x",
        "é",
        "./é/../b",
        "node_modules",
        "node_modules/x",
        "./node_modules/a",
        "file:///etc/passwd",
        "C:\\x",
        "a/../../../x",
        "*",
        "./*",
        "::",
        "a::b",
        "..a",
        "a..b",
        ".a.",
        "crate::",
        "::crate",
        "super::super::super::x",
        "self",
        "r#a::r#b",
        " ",
        "\n",
    ];
    let project = Project::new(
        "//- a.ts\n//- b.ts\n//- x.py\n//- y.kt\n//- z.rs\n//- t.html\n//- c.vue\n//- Cargo.toml\n[package]\nname = \"\"\n[lib]\npath = \"../../x\"\n\
         //- package.json\n{ \"name\": \"@a\", \"main\": \"../../..\", \"exports\": { \".\": [null, { \"import\": [[\"./*\"]] }], \"./*/*\": \"./**\", \"x\": 1 }, \"imports\": { \"#\": \".\", \"#a\": \"#a\", \"#a/*\": \"../*\", \"#*\": null } }\n\
         //- p/package.json\n{ \"name\": \"a\", \"main\": \".\", \"exports\": \"\", \"module\": 1, \"dependencies\": [] }\n//- p/q.ts\n\
         //- q/package.json\n[]\n//- q/tsconfig.json\n{ \"compilerOptions\": { \"baseUrl\": \"../../..\", \"paths\": { \"*\": [\"*\", \"../*\"], \"**\": [\"\"], \"\": [\"\"], \"a*b*c\": [\"x*y*z\"] }, \"rootDirs\": [\"\", \"/\"] }, \"files\": 1 }\n//- q/r.ts\n\
         //- node/package.json\n{ \"name\": \"../node_modules/x\" }\n//- node/w.js\n",
    );
    for from in ["a.ts", "p/q.ts", "q/r.ts", "node/w.js", "x.py", "y.kt", "z.rs", "t.html", "c.vue"] {
        for module in odd {
            for item in [None, Some(""), Some("*"), Some("é"), Some("../x"), Some("/")] {
                let found = project.find(from, module, item);
                assert!(found.len() <= 9, "{found:?}");
            }
        }
    }
}

#[test]
fn packages_of_the_repository_are_found_without_an_installation() {
    let project = Project::new(
        "//- package.json\n{ \"workspaces\": [\"packages/*\"] }\n\
         //- packages/auth/package.json\n{ \"name\": \"@acme/auth\", \"main\": \"dist/index.js\", \"exports\": { \".\": \"./dist/index.js\", \"./server\": { \"types\": \"./dist/server.d.ts\", \"default\": \"./dist/server.js\" }, \"./*\": \"./src/*.ts\" }, \"imports\": { \"#inner/*\": \"./src/inner/*.ts\" } }\n\
         //- packages/auth/src/index.ts\n//- packages/auth/src/server.ts\n//- packages/auth/src/client.ts\n//- packages/auth/src/inner/keys.ts\n\
         //- packages/ui/package.json\n{ \"name\": \"ui\" }\n//- packages/ui/index.tsx\n//- packages/ui/lib/button.tsx\n\
         //- apps/web/package.json\n{ \"name\": \"web\", \"dependencies\": { \"@acme/auth\": \"*\", \"session\": \"1\" } }\n//- apps/web/src/app.ts\n//- apps/web/src/session.ts\n//- apps/web/src/fs.ts\n",
    );
    project.check("apps/web/src/app.ts", "@acme/auth", &["packages/auth/src/index.ts"]);
    project.check("apps/web/src/app.ts", "@acme/auth/server", &["packages/auth/src/server.ts"]);
    project.check("apps/web/src/app.ts", "@acme/auth/client", &["packages/auth/src/client.ts"]);
    project.check("packages/auth/src/index.ts", "#inner/keys", &["packages/auth/src/inner/keys.ts"]);
    project.check("apps/web/src/app.ts", "ui", &["packages/ui/index.tsx"]);
    project.check("apps/web/src/app.ts", "ui/lib/button", &["packages/ui/lib/button.tsx"]);
    project.check("apps/web/src/app.ts", "session", &[]);
    project.check("apps/web/src/app.ts", "fs", &[]);
    project.check("apps/web/src/app.ts", "node:fs", &[]);
}

#[test]
fn a_base_configuration_may_be_in_a_package_of_the_repository() {
    let project = Project::new(
        "//- config/package.json\n{ \"name\": \"@acme/config\" }\n//- config/tsconfig.web.json\n{ \"compilerOptions\": { \"baseUrl\": \"../web/code\" } }\n\
         //- web/tsconfig.json\n{ \"extends\": \"@acme/config/tsconfig.web\" }\n//- web/code/a.ts\n//- web/code/inner/b.ts\n",
    );
    project.check("web/code/a.ts", "inner/b", &["web/code/inner/b.ts"]);
}

#[test]
fn aliases_of_bundlers_are_tried_where_no_configuration_explains_them() {
    let project = Project::new(
        "//- front/package.json\n{}\n//- front/src/main.js\n//- front/src/store/auth.js\n//- front/src/lib/api.ts\n//- front/components/Menu.vue\n//- front/src/app.html\n\
         //- back/package.json\n{}\n//- back/_helpers/db.js\n//- back/users/service.js\n//- back/src/routes/logout.js\n",
    );
    project.check("front/src/main.js", "@/store/auth", &["front/src/store/auth.js"]);
    project.check("front/src/main.js", "~/components/Menu", &["front/components/Menu.vue"]);
    project.check("front/src/main.js", "$lib/api", &["front/src/lib/api.ts"]);
    project.check("front/src/main.js", "@store/auth", &["front/src/store/auth.js"]);
    project.check("front/src/app.html", "/src/main.js", &["front/src/main.js"]);
    project.check("back/users/service.js", "_helpers/db", &["back/_helpers/db.js"]);
    project.check("back/users/service.js", "routes/logout", &["back/src/routes/logout.js"]);
}

#[test]
fn pages_name_scripts_by_path_or_by_the_address_of_static_files() {
    let project = Project::new("//- shop/templates/base.html\n//- shop/templates/beside.js\n//- shop/static/shop/js/app.js\n//- public/js/other.js\n");
    project.check("shop/templates/base.html", "beside.js", &["shop/templates/beside.js"]);
    project.check("shop/templates/base.html", "shop/js/app.js", &["shop/static/shop/js/app.js"]);
    project.check("shop/templates/base.html", "/static/shop/js/app.js", &["shop/static/shop/js/app.js"]);
    project.check("shop/templates/base.html", "/js/other.js", &["public/js/other.js"]);
    project.check("shop/templates/base.html", "https://cdn.example/js/app.js", &[]);
}

#[test]
fn python_modules_are_found_from_their_project() {
    let project = Project::new(
        "//- backend/manage.py\n//- backend/accounts/__init__.py\n//- backend/accounts/views.py\n//- backend/accounts/models.py\n//- backend/accounts/redis.py\n//- backend/accounts/logging.py\n\
         //- backend/core/tokens/__init__.py\n//- backend/core/tokens/store.py\n\
         //- backend/requirements.txt\nredis>=4\ncelery\n//- backend/core/celery.py\n//- service/pyproject.toml\n//- service/src/shop/__init__.py\n//- service/src/shop/api/routes.py\n//- service/src/shop/api/deps.py\n//- service/run.py\n//- tool.py\n",
    );
    let views = "backend/accounts/views.py";
    project.check(views, "accounts.models", &["backend/accounts/models.py"]);
    project.check_item(views, ".models", "User", &["backend/accounts/models.py"]);
    project.check_item(views, ".", "models", &["backend/accounts/models.py", "backend/accounts/__init__.py"]);
    project.check_item(views, "..core.tokens", "store", &["backend/core/tokens/store.py", "backend/core/tokens/__init__.py"]);
    project.check_item(views, "core.tokens.store", "revoke", &["backend/core/tokens/store.py"]);
    project.check(views, "core.tokens.store.revoke", &["backend/core/tokens/store.py"]);
    project.check(views, "redis", &[]);
    project.check(views, "logging", &[]);
    project.check("backend/core/tokens/store.py", "celery", &[]);
    project.check("service/src/shop/api/routes.py", "shop.api.deps", &["service/src/shop/api/deps.py"]);
    project.check("service/run.py", "shop.api.routes", &["service/src/shop/api/routes.py"]);
    project.check_item("tool.py", "shop.api", "deps", &["service/src/shop/api/deps.py"]);
    project.check(views, "......", &[]);
}

#[test]
fn python_modules_of_the_same_name_are_those_of_the_nearest_project() {
    let project = Project::new(
        "//- accounts/requirements.txt\nflask\n//- accounts/app/__init__.py\n//- accounts/app/views/__init__.py\n//- login/app/__init__.py\n//- login/app/router.py\n//- login/app/views/logout.py\n\
         //- shop/app/__init__.py\n//- shop/app/requirements.txt\nflask\n//- shop/app/flask.py\n//- shop/app/main.py\n//- shop/app/views.py\n//- accounts/app/requirements.txt\nflask\n//- accounts/app/main.py\n",
    );
    project.check("login/app/router.py", "views.logout", &["login/app/views/logout.py"]);
    project.check_item("shop/app/main.py", "views", "bp", &["shop/app/views.py"]);
    project.check_item("accounts/app/main.py", "views", "bp", &["accounts/app/views/__init__.py"]);
    project.check("shop/app/main.py", "flask", &[]);
    let project = Project::new(
        "//- setup.cfg\n[isort]\nknown_first_party = apps\n//- server/__init__.py\n//- server/apps/__init__.py\n//- server/apps/users/__init__.py\n//- server/apps/users/views.py\n//- server/apps/core.py\n",
    );
    project.check("server/apps/users/views.py", "apps.core", &["server/apps/core.py"]);
}

#[test]
fn kotlin_names_are_found_by_package_across_source_sets() {
    let project = Project::new(
        "//- shared/src/commonMain/kotlin/Token.kt\npackage com.acme.auth\nexpect class TokenStore\n\
         //- shared/src/androidMain/kotlin/Token.android.kt\npackage com.acme.auth\nactual class TokenStore\n\
         //- server/src/main/kotlin/Logout.kt\npackage com.acme.server\nfun Application.logoutRoutes() {}\nclass Sessions { companion object { fun end() {} } }\n\
         //- server/src/main/kotlin/Main.kt\npackage com.acme.server\n",
    );
    let main = "server/src/main/kotlin/Main.kt";
    project.check_item(main, "com.acme.auth", "TokenStore", &["shared/src/androidMain/kotlin/Token.android.kt", "shared/src/commonMain/kotlin/Token.kt"]);
    project.check_item(main, "com.acme.server", "logoutRoutes", &["server/src/main/kotlin/Logout.kt"]);
    project.check_item(main, "com.acme.server.Sessions", "end", &["server/src/main/kotlin/Logout.kt"]);
    project.check_item(main, "com.acme.server.Sessions.Companion", "end", &["server/src/main/kotlin/Logout.kt"]);
    project.check_item(main, "org.other", "TokenStore", &[]);
    assert_eq!(project.resolver.package_files("com.acme.server").len(), 2);
}

#[test]
fn rust_paths_are_found_in_crate_and_workspace() {
    let project = Project::new(
        "//- Cargo.toml\n[workspace]\nmembers = [\"*\"]\n[workspace.dependencies]\nstore = { path = \"session-store\", package = \"session-store\" }\n\
         //- api/Cargo.toml\n[package]\nname = \"api\"\n[dependencies]\nstore.workspace = true\nsessions = { path = \"../session-store\", package = \"session-store\" }\n\
         //- api/src/main.rs\n//- api/src/lib.rs\n//- api/src/auth/mod.rs\n//- api/src/auth/logout.rs\n//- api/src/state.rs\n//- api/src/bin/tool.rs\n\
         //- session-store/Cargo.toml\n[package]\nname = \"session-store\"\n//- session-store/src/lib.rs\n//- session-store/src/redis.rs\n",
    );
    let logout = "api/src/auth/logout.rs";
    project.check_item(logout, "crate::state", "AppState", &["api/src/state.rs"]);
    project.check_item(logout, "crate", "state", &["api/src/state.rs", "api/src/lib.rs", "api/src/main.rs"]);
    project.check_item(logout, "super", "Claims", &["api/src/auth/mod.rs", logout]);
    project.check_item("api/src/auth/mod.rs", "self::logout", "handler", &["api/src/auth/logout.rs", "api/src/auth/mod.rs"]);
    project.check_item("api/src/auth/mod.rs", "logout", "handler", &["api/src/auth/logout.rs"]);
    project.check_item("api/src/main.rs", "api::auth::logout", "handler", &["api/src/auth/logout.rs"]);
    project.check_item("api/src/bin/tool.rs", "api::state", "AppState", &["api/src/state.rs"]);
    project.check_item(logout, "session_store::redis", "Store", &["session-store/src/redis.rs"]);
    project.check_item(logout, "sessions::redis::Store", "destroy", &["session-store/src/redis.rs"]);
    project.check_item(logout, "store", "Store", &["session-store/src/lib.rs"]);
    project.check_item(logout, "axum::extract", "State", &[]);
}

#[test]
fn rust_paths_of_2015_start_at_the_root() {
    let files = "//- src/main.rs\n//- src/app/mod.rs\n//- src/app/model.rs\n//- src/api/mod.rs\n";
    let old = Project::new(&format!("//- Cargo.toml\n[package]\nname = \"old\"\n{files}"));
    old.check_item("src/api/mod.rs", "app", "clear_auth_cookie", &["src/app/mod.rs"]);
    old.check_item("src/api/mod.rs", "app::model", "Model", &["src/app/model.rs"]);
    let new = Project::new(&format!("//- Cargo.toml\n[package]\nname = \"new\"\nedition = \"2021\"\n{files}"));
    new.check_item("src/api/mod.rs", "app", "clear_auth_cookie", &[]);
}

#[test]
fn modules_are_found_in_directories_as_deep_as_a_disk_allows() {
    let deep = "d/".repeat(1_900);
    let project = Project::new(&format!("//- tsconfig.json\n{{}}\n//- {deep}a.ts\n//- {deep}b.ts\n//- {deep}x.py\n//- {deep}y.py\n//- {deep}src/z.rs\n"));
    let file = |name: &str| format!("{deep}{name}");
    project.check(&file("a.ts"), "./b", &[&file("b.ts")]);
    project.check(&file("a.ts"), "nothing", &[]);
    project.check(&file("x.py"), "y", &[&file("y.py")]);
    project.check(&file("src/z.rs"), "crate::q", &[]);
}
