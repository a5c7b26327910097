//! Tests of every kind of manifest.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::Manifests;
use crate::source::{Language, WalkOptions, discover};

/// Reads a tree from one text: `//- path` begins a file.
fn read(text: &str) -> Manifests {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    for file in text.split("//- ").skip(1) {
        let (path, body) = file.split_once('\n').unwrap_or((file, ""));
        let path = root.join(path.trim());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    }
    Manifests::read(&discover(&[root], &WalkOptions::default()).unwrap())
}

/// Each dependency as `file:line name requirement [features]`.
fn show(text: &str) -> Vec<String> {
    let manifests = read(text);
    let all = manifests.all.iter().flat_map(|manifest| &manifest.dependencies);
    let mut shown: Vec<(u32, String)> =
        all.map(|one| (one.line, format!("{}:{} {} {} {}", one.file, one.line, one.name, one.requirement, one.features.join("+")).trim_end().to_owned())).collect();
    shown.sort();
    shown.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_package_has_all_kinds_of_dependencies_with_their_lines() {
    let shown = show(
        "//- package.json\n{\n  \"name\": \"next\",\n  \"scripts\": { \"next\": \"next dev\" },\n  \"dependencies\": {\n    \"next\": \"^15.0.0\",\n    \"@acme/auth\": \"workspace:*\"\n  },\n  \"devDependencies\": { \"jose\": \"npm:@x/jose@~5.1\" },\n  \"peerDependencies\": { \"next\": \">=14\" }\n}",
    );
    assert_eq!(shown, ["package.json:5 next ^15.0.0", "package.json:6 @acme/auth workspace:*", "package.json:8 jose ~5.1", "package.json:9 next >=14"]);
}

#[test]
fn requirements_are_read_with_extras_markers_and_options() {
    let shown = show(
        "//- requirements.txt\n# web\nDjango>=4.2,<5  # why\nredis[hiredis] == 5.0.1 ; python_version > '3.8'\n-r other.txt\n--hash=x\nFlask_Session\nthing @ git+https://x/y.git\n./local\nuvicorn==0.3 --hash=sha256:1\npip install aioredis==2.0\n",
    );
    assert_eq!(
        shown,
        [
            "requirements.txt:2 django >=4.2,<5",
            "requirements.txt:3 redis == 5.0.1 hiredis",
            "requirements.txt:6 flask-session",
            "requirements.txt:7 thing",
            "requirements.txt:9 uvicorn ==0.3",
            "requirements.txt:10 aioredis ==2.0"
        ]
    );
}

#[test]
fn pyproject_is_read_in_all_dialects() {
    let shown = show(
        "//- pyproject.toml\n[project]\ndependencies = [\n  \"fastapi>=0.100\",\n  \"python-jose[cryptography]~=3.3\",\n]\n[project.optional-dependencies]\nx = [\"redis\"]\n[dependency-groups]\ndev = [\"ruff>1\", {include-group = \"y\"}]\n\
         [tool.poetry.dependencies]\npython = \"^3.11\"\nflask = \"^3.0\"\ndjango = {version = \"4.2\", extras = [\"argon2\"]}\n[tool.poetry.group.test.dependencies]\npytest = [{version = \"7\"}, {version = \"8\"}]\n",
    );
    assert_eq!(
        shown,
        [
            "pyproject.toml:3 fastapi >=0.100",
            "pyproject.toml:4 python-jose ~=3.3 cryptography",
            "pyproject.toml:7 redis",
            "pyproject.toml:9 ruff >1",
            "pyproject.toml:12 flask ^3.0",
            "pyproject.toml:13 django 4.2 argon2",
            "pyproject.toml:15 pytest 7"
        ]
    );
}

#[test]
fn older_python_manifests_are_read_as_well_as_possible() {
    let shown = show(
        "//- setup.py\nfrom x import y\nsetup(\n  name='z',\n  install_requires=[\n    'flask>=2',  # web\n    \"redis\",\n  ],\n  extras_require={'dev': ['black==1']},\n  author='a',\n)\n",
    );
    assert_eq!(shown, ["setup.py:5 flask >=2", "setup.py:6 redis", "setup.py:8 black ==1"]);
    let shown = show(
        "//- setup.cfg\n[metadata]\nname = z\n[options]\ninstall_requires =\n  flask>=2\n  # no\n  redis\npackages = find:\n[options.extras_require]\ndev =\n  black\n//- Pipfile\n[packages]\ndjango = \"*\"\n",
    );
    assert_eq!(shown, ["Pipfile:2 django *", "setup.cfg:5 flask >=2", "setup.cfg:7 redis", "setup.cfg:11 black"]);
}

#[test]
fn gradle_scripts_and_catalogs_give_coordinates_and_versions() {
    let shown = show(
        "//- gradle.properties\nktor_version=2.3.7\n//- app/build.gradle\n\n\n\n\n\n\n\n\n\n\n\n\nimplementation \"x.y:z:$jwt\"\n//- build.gradle.kts\nval jwt = \"4.4.0\"\nplugins {\n  kotlin(\"jvm\") version \"1.9.22\"\n  id(\"io.ktor.plugin\") version \"2.3.7\"\n}\ndependencies {\n  implementation(\"io.ktor:ktor-server-sessions:$ktor_version\")\n  implementation(\"com.auth0:java-jwt:${jwt}\")\n  implementation(libs.redis)\n  // implementation(\"a:b:1\")\n  implementation(platform(\"org.x:bom:1.0\"))\n}\n",
    );
    assert_eq!(
        shown,
        [
            "build.gradle.kts:3 org.jetbrains.kotlin.jvm 1.9.22",
            "build.gradle.kts:4 io.ktor.plugin 2.3.7",
            "build.gradle.kts:7 io.ktor:ktor-server-sessions 2.3.7",
            "build.gradle.kts:8 com.auth0:java-jwt 4.4.0",
            "build.gradle.kts:11 org.x:bom 1.0",
            "app/build.gradle:13 x.y:z 4.4.0"
        ]
    );
    let shown = show(
        "//- build.gradle\nimplementation 'redis.clients:jedis:5.1.0'\nimplementation group: 'io.jsonwebtoken', name: 'jjwt', version: '0.9.1'\n//- gradle/libs.versions.toml\n[versions]\nretrofit = \"2.9.0\"\n[libraries]\nretrofit = { module = \"com.squareup:retrofit\", version.ref = \"retrofit\" }\nroom = { group = \"androidx.room\", name = \"room-ktx\", version = \"2.6\" }\nokio = \"com.squareup:okio:3.0\"\n[plugins]\nhilt = { id = \"dagger.hilt\", version = { strictly = \"2.48\" } }\n",
    );
    assert_eq!(
        shown,
        [
            "build.gradle:1 redis.clients:jedis 5.1.0",
            "build.gradle:2 io.jsonwebtoken:jjwt 0.9.1",
            "gradle/libs.versions.toml:4 com.squareup:retrofit 2.9.0",
            "gradle/libs.versions.toml:5 androidx.room:room-ktx 2.6",
            "gradle/libs.versions.toml:6 com.squareup:okio 3.0",
            "gradle/libs.versions.toml:8 dagger.hilt 2.48"
        ]
    );
}

#[test]
fn scripts_name_the_entries_of_catalogs() {
    let shown = show(
        "//- gradle/libs.versions.toml\n[versions]\nktor = \"3.0\"\n[libraries]\nktor-sessions = { module = \"io.ktor:ktor-server-sessions\", version.ref = \"ktor\" }\njwt_core = \"com.auth0:java-jwt:4.4\"\n[bundles]\nauth = [\"ktor-sessions\", \"jwt_core\"]\n[plugins]\nktor = { id = \"io.ktor.plugin\", version.ref = \"ktor\" }\n\
         //- server/build.gradle.kts\nplugins { }\nalias(libs.plugins.ktor)\n\n\n\n\n\n\n\nimplementation(libs.ktor.sessions)\nimplementation(libs.gone)\nruntimeOnly(libs.bundles.auth)\nimplementation(\"a:b:${libs.versions.ktor.get()}\")\n",
    );
    assert_eq!(
        shown,
        [
            "server/build.gradle.kts:2 io.ktor.plugin 3.0",
            "gradle/libs.versions.toml:4 io.ktor:ktor-server-sessions 3.0",
            "gradle/libs.versions.toml:5 com.auth0:java-jwt 4.4",
            "gradle/libs.versions.toml:9 io.ktor.plugin 3.0",
            "server/build.gradle.kts:10 io.ktor:ktor-server-sessions 3.0",
            "server/build.gradle.kts:12 com.auth0:java-jwt 4.4",
            "server/build.gradle.kts:12 io.ktor:ktor-server-sessions 3.0",
            "server/build.gradle.kts:13 a:b 3.0"
        ]
    );
}

#[test]
fn a_pom_gives_its_parent_and_dependencies() {
    let shown = show(
        "//- pom.xml\n<project>\n<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.2.0</version></parent>\n<artifactId>own</artifactId>\n<properties><jwt.version>0.12</jwt.version></properties>\n<!-- <dependency><artifactId>no</artifactId></dependency> -->\n<dependency>\n<groupId>io.jsonwebtoken</groupId>\n<artifactId>jjwt</artifactId>\n<version>${jwt.version}</version>\n<exclusions><exclusion><artifactId>no</artifactId></exclusion></exclusions>\n</dependency>\n</project>",
    );
    assert_eq!(shown, ["pom.xml:2 org.springframework.boot:spring-boot-starter-parent 3.2.0", "pom.xml:6 io.jsonwebtoken:jjwt 0.12"]);
}

#[test]
fn cargo_dependencies_are_inherited_and_keep_their_features() {
    let shown = show(
        "//- Cargo.toml\n[workspace.dependencies]\nactix-session = { version = \"0.9\", features = [\"redis-session\"] }\n\
         //- api/Cargo.toml\n[package]\nname = \"api\"\n[dependencies]\nactix-session.workspace = true\nstore = { package = \"tower-sessions\", version = \"0.12\" }\n[target.'cfg(unix)'.dev-dependencies]\nlibc = \"0.2\"\n",
    );
    assert_eq!(
        shown,
        ["Cargo.toml:2 actix-session 0.9 redis-session", "api/Cargo.toml:4 actix-session 0.9 redis-session", "api/Cargo.toml:5 tower-sessions 0.12", "api/Cargo.toml:7 libc 0.2"]
    );
}

#[test]
fn the_nearest_manifest_of_the_own_ecosystem_comes_first() {
    let manifests = read(
        "//- package.json\n{\"dependencies\":{\"root\":\"1\"}}\n//- web/package.json\n{\"dependencies\":{\"web\":\"1\"}}\n//- api/package.json\n{\"dependencies\":{\"api\":\"1\"}}\n//- api/requirements.txt\nflask\n",
    );
    let names = |file: &str, language| manifests.nearest(Utf8Path::new(file), language).iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("web/src/a.ts", Language::TypeScript), ["web", "root", "api"]);
    assert_eq!(names("api/a.py", Language::Python), ["flask"]);
    let nearest = |file: &str, language| manifests.nearest_manifest(Utf8Path::new(file), language).map(|manifest| manifest.path.as_str());
    assert_eq!(nearest("web/src/a.ts", Language::TypeScript), Some("web/package.json"));
    assert_eq!(nearest("tools/a.ts", Language::TypeScript), Some("package.json"));
    assert_eq!(nearest("api/a.py", Language::Python), Some("api/requirements.txt"));
    assert_eq!(nearest("web/a.py", Language::Python), Some("api/requirements.txt"));
    assert_eq!(nearest("api/a.rs", Language::Rust), None);
    assert_eq!(manifests.dependency("Flask").count(), 1);
    assert_eq!(manifests.dependency("web").next().unwrap().code, "{\"dependencies\":{\"web\":\"1\"}}");
}

#[test]
fn broken_and_hostile_manifests_give_what_can_be_read() {
    let deep = "[".repeat(50_000);
    let text = format!(
        "//- a/package.json\n{{\"dependencies\":\n//- b/package.json\n{deep}\n//- c/pyproject.toml\na = {deep}\n//- d/pyproject.toml\n[project]\ndependencies = [\"ok\"]\nbroken =\n//- e/pom.xml\n<dependency><artifactId>x\n//- f/Cargo.toml\n[dependencies]\n= 1\n//- g/build.gradle\n'a:b:${{\n//- h/setup.py\nrequires=[\"\n//- i/package.json\n{{\"dependencies\":[1],\"devDependencies\":{{\"x\":1}}}}\n"
    );
    assert_eq!(show(&text), ["i/package.json:1 x", "d/pyproject.toml:2 ok"]);
}

#[test]
fn an_endless_line_is_read_in_linear_time() {
    let entries: Vec<String> = (0..15_000).map(|index| format!("\"é{index}\":\"1\"")).collect();
    let manifests = read(&format!("//- package.json\n{{\"dependencies\":{{{}}}}}\n//- build.gradle\n{}", entries.join(","), "'a:b:1' ".repeat(100_000)));
    assert_eq!(manifests.all.iter().map(|manifest| manifest.dependencies.len()).sum::<usize>(), 15_000);
}
