//! What a report says of what is missing, and how to mend it: it speaks of what the project uses, and of nothing else.

#![allow(clippy::unwrap_used, reason = "tests")]

mod runs;

use runs::{project, run, stdout};

/// The report for people on a small project.
fn report(files: &[(&str, &str)]) -> String {
    stdout(&run(project(files).path(), ""))
}

#[test]
fn a_session_in_a_cookie_is_not_told_to_end_on_the_server_by_a_call() {
    let text = report(&[(
        "main.py",
        r#"from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="x")


@app.post("/login")
async def login(request: Request):
    request.session["user"] = 1


@app.post("/logout")
async def logout(request: Request):
    del request.session["user"]
"#,
    )]);
    assert!(!text.contains("flush"), "{text}");
    assert!(text.contains("Starlette's SessionMiddleware, a signed cookie"), "{text}");
}

#[test]
fn what_stands_in_every_project_of_a_framework_is_not_missed_where_tokens_are_used() {
    let text = report(&[
        (
            "shop/settings.py",
            "INSTALLED_APPS = [\"django.contrib.sessions\", \"rest_framework.authtoken\"]\nMIDDLEWARE = [\"django.contrib.sessions.middleware.SessionMiddleware\"]\n",
        ),
        (
            "shop/urls.py",
            r#"from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView


class LogoutView(APIView):
    def post(self, request):
        request.user.auth_token.delete()
        return Response(status=204)


urlpatterns = [path("logout/", LogoutView.as_view())]
"#,
        ),
    ]);
    assert!(text.contains("no server-held session record is ended"), "{text}");
    assert!(!text.contains("session.flush"), "{text}");
}

#[test]
fn an_application_without_sessions_is_not_told_to_expire_the_cookie_of_one() {
    let text = report(&[(
        "Security.kt",
        r#"import org.springframework.context.annotation.Bean
import org.springframework.security.config.annotation.web.builders.HttpSecurity
import org.springframework.security.config.annotation.web.invoke
import org.springframework.security.config.http.SessionCreationPolicy

class Security {
    @Bean
    fun chain(http: HttpSecurity): SecurityFilterChain {
        http {
            sessionManagement { sessionCreationPolicy = SessionCreationPolicy.STATELESS }
            logout { logoutUrl = "/leave/logout" }
        }
        return http.build()
    }
}
"#,
    )]);
    assert!(text.contains("STATELESS: there is no session to end"), "{text}");
    assert!(!text.contains("JSESSIONID"), "{text}");
}

#[test]
fn a_setting_of_a_library_is_no_call_that_could_not_be_followed() {
    let text = report(&[(
        "Security.kt",
        r#"import org.springframework.context.annotation.Bean
import org.springframework.security.config.annotation.web.builders.HttpSecurity

class Security {
    @Bean
    fun chain(http: HttpSecurity): SecurityFilterChain =
        http.logout { logout -> logout.logoutUrl("/logout").logoutSuccessHandler { _, response, _ -> response.status = 204 } }.build()
}
"#,
    )]);
    assert!(text.contains("POST /logout"), "{text}");
    assert!(!text.contains("could not be followed"), "{text}");
}

#[test]
fn an_endpoint_bears_the_path_that_its_attribute_declares() {
    let text = report(&[
        (
            "src/main.rs",
            r#"mod leaving;
use actix_web::{web, App, HttpServer};

#[actix_web::main]
async fn main() {
    HttpServer::new(|| App::new().service(web::scope("/account").service(leaving::logout)));
}
"#,
        ),
        (
            "src/leaving.rs",
            r#"use actix_web::{cookie::{time::Duration, Cookie}, get, HttpResponse, Responder};

#[utoipa::path(context_path = "/account", responses((status = 200, description = "gone")))]
#[get("/logout")]
pub async fn logout() -> impl Responder {
    let token = Cookie::build("access_token", "").path("/").max_age(Duration::new(-1, 0)).finish();
    HttpResponse::Ok().cookie(token).body("")
}
"#,
        ),
    ]);
    assert!(text.contains("GET /account/logout"), "{text}");
    assert_eq!(text.matches("found    cookie").count(), 1, "a chain is told once: {text}");
}

#[test]
fn a_handler_that_packages_hand_on_bears_the_prefix_of_its_mount() {
    let text = report(&[
        (
            "src/main.rs",
            r#"mod web;

#[rocket::launch]
fn launch() -> _ {
    rocket::build().mount("/api", rocket::routes![web::enter_post, web::logout_post])
}
"#,
        ),
        ("src/web.rs", "mod api;\npub use api::{enter_post, logout_post};\n"),
        ("src/web/api.rs", "mod doors;\npub use doors::*;\n"),
        ("src/web/api/doors.rs", "mod leaving;\nmod entering;\npub use entering::*;\npub use leaving::*;\n"),
        ("src/web/api/doors/entering.rs", "#[rocket::post(\"/enter\")]\npub fn enter_post() {}\n"),
        ("src/web/api/doors/leaving.rs", "#[rocket::post(\"/logout\")]\npub fn logout_post(cookies: &rocket::http::CookieJar<'_>) {\n    cookies.remove_private(\"reader\");\n}\n"),
    ]);
    assert!(text.contains("POST /api/logout"), "{text}");
}

#[test]
fn what_only_the_client_clears_is_told_in_words() {
    let text = report(&[
        ("package.json", r#"{ "dependencies": { "express": "^4.21.0", "react": "^18.3.0" } }"#),
        (
            "server.js",
            r#"const express = require("express");
const app = express();
app.post("/logout", (req, res) => {
  res.clearCookie("sid");
  res.end();
});
"#,
        ),
        (
            "web/menu.jsx",
            r#"export function Menu({ setUser }) {
  const logout = async () => {
    await fetch("/logout", { method: "POST" });
    setUser(null);
    localStorage.removeItem("token");
  };
  return <button onClick={logout}>Log out</button>;
}
"#,
        ),
    ]);
    assert!(text.contains("Logout clears the cookie and localStorage but 0 server-side cleanup"), "{text}");
}

#[test]
fn where_the_session_is_held_in_a_cookie_no_record_is_advised_to_be_deleted() {
    let text = report(&[
        ("package.json", r#"{ "dependencies": { "iron-session": "^6.3.1", "next": "^13.0.0" } }"#),
        (
            "pages/api/logout.js",
            r#"import { withIronSessionApiRoute } from "iron-session/next";
import { options } from "../../lib/session";

export default withIronSessionApiRoute(function leave(req, res) {
  req.session.destroy();
  res.json({ ok: true });
}, options);
"#,
        ),
    ]);
    assert!(text.contains("ends none: the session is held in a cookie"), "{text}");
    assert!(!text.contains("redis"), "{text}");
}

#[test]
fn of_two_libraries_on_one_store_the_one_that_the_project_names_is_advised() {
    let text = report(&[
        ("Cargo.toml", "[package]\nname = \"shelf\"\nversion = \"0.1.0\"\n\n[dependencies]\naxum = \"0.7\"\ntower-sessions = \"0.12\"\n"),
        (
            "src/main.rs",
            r#"use axum::{Router, response::Redirect, routing::post};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

#[tokio::main]
async fn main() {
    let app = Router::new().route("/login", post(login)).route("/logout", post(logout)).layer(SessionManagerLayer::new(MemoryStore::default()));
    axum::serve(listener, app).await.unwrap();
}

async fn login(session: Session) -> Redirect {
    session.insert("reader", 1).await.unwrap();
    Redirect::to("/")
}

async fn logout(session: Session) -> Redirect {
    session.remove_value("reader").await.unwrap();
    Redirect::to("/")
}
"#,
        ),
    ]);
    assert!(text.contains("help: session.flush().await?"), "{text}");
    assert!(!text.contains("auth_session"), "{text}");
}

#[test]
fn tokens_of_claims_that_are_made_elsewhere_are_not_said_to_never_expire() {
    let text = report(&[(
        "src/claims.rs",
        r#"use jsonwebtoken::{EncodingKey, Header, encode};

#[derive(serde::Serialize)]
pub struct Claims {
    sub: String,
    exp: usize,
}

impl Claims {
    pub fn of(sub: String) -> Self {
        Self { sub, exp: tomorrow() }
    }

    pub fn sign(&self, secret: &str) -> String {
        encode(&Header::default(), self, &EncodingKey::from_secret(secret.as_ref())).unwrap()
    }
}
"#,
    )]);
    assert!(text.contains("live longer than can be read here"), "{text}");
}

#[test]
fn a_handler_that_is_followed_is_not_said_to_be_unknown_and_one_of_a_library_is() {
    let text = report(&[
        (
            "Security.kt",
            r#"package org.example.door

import org.springframework.context.annotation.Bean
import org.springframework.security.config.annotation.web.builders.HttpSecurity
import org.example.sso.SingleLogoutHandler

class Security {
    @Bean
    fun chain(http: HttpSecurity): SecurityFilterChain {
        http.logout().logoutUrl("/logout").addLogoutHandler(Sweeper()).logoutSuccessHandler(SingleLogoutHandler())
        return http.build()
    }
}
"#,
        ),
        (
            "Sweeper.kt",
            r#"package org.example.door

import javax.servlet.http.HttpServletRequest
import javax.servlet.http.HttpServletResponse
import org.springframework.security.core.Authentication
import org.springframework.security.web.authentication.logout.LogoutHandler

class Sweeper : LogoutHandler {
    override fun logout(request: HttpServletRequest, response: HttpServletResponse, authentication: Authentication?) {
        request.session.invalidate()
    }
}
"#,
        ),
    ]);
    assert!(!text.contains("`addLogoutHandler` could not be followed"), "{text}");
    assert!(text.contains("`logoutSuccessHandler` could not be followed"), "{text}");
}

#[test]
fn a_call_that_leads_to_a_handler_by_its_name_is_not_said_to_be_unknown() {
    let text = report(&[
        (
            "src/door.ts",
            r#"import { createApi, fetchBaseQuery } from "@reduxjs/toolkit/query/react";

export const doorApi = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: "/api" }),
  endpoints: (builder) => ({
    logout: builder.mutation({ query: () => ({ url: "/logout", method: "POST" }) }),
  }),
});
export const { useLogoutMutation } = doorApi;
"#,
        ),
        (
            "src/Menu.tsx",
            r#"import { useLogoutMutation } from "./door";

export function Menu() {
  const [logoutUser, { isLoading }] = useLogoutMutation();
  const handleLogout = async () => {
    await logoutUser({}).unwrap();
    localStorage.removeItem("token");
  };
  return <button onClick={handleLogout}>Leave</button>;
}
"#,
        ),
    ]);
    assert!(text.contains("calls POST /logout"), "{text}");
    assert!(!text.contains("could not be followed"), "{text}");
}

#[test]
fn a_server_in_a_language_that_is_not_read_is_said_to_stand_in_the_tree() {
    let client = (
        "web/src/session.ts",
        r#"export async function logout() {
  await fetch("/api/account/logout", { method: "POST" });
  localStorage.removeItem("token");
}
"#,
    );
    let server =
        ("Server/Controllers/AccountController.cs", "[Route(\"api/[controller]\")]\npublic class AccountController {\n  [HttpPost(\"logout\")]\n  public void Leave() {}\n}\n");
    let other = ("Server/Controllers/LogoutReasons.cs", "public enum Why { LogoutByUser, LogoutByAdmin }\n");
    let text = report(&[client, server, other]);
    assert!(text.contains("a server in a language that is not read (Server/Controllers/AccountController.cs)"), "{text}");
    assert!(text.contains("which Server/Controllers/AccountController.cs seems to answer"), "{text}");
    let alone = report(&[client, other]);
    assert!(alone.contains("a server that is not in the scanned paths"), "{alone}");
}
