fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--") && a != "json").collect();
    let rules = match logout_audit::rules::load(&[]) { Ok(r) => r, Err(e) => { eprintln!("{e}"); std::process::exit(2) } };
    if std::env::args().any(|a| a == "--verify-rules") {
        let (n, failures) = logout_audit::examples::verify(&rules).unwrap();
        for f in &failures { println!("{} {}: {}", f.rule, f.which, f.message); }
        println!("{n} examples, {} do not hold", failures.len());
        std::process::exit(i32::from(!failures.is_empty()));
    }
    let settings = logout_audit::pipeline::Settings { paths: args.iter().map(|a| a.as_str().into()).collect(), ..Default::default() };
    let (outcome, timings) = logout_audit::pipeline::audit(&settings, &rules).unwrap();
    if std::env::var_os("T").is_some() { eprintln!("{timings:?} {:?}", outcome.stats); }
    fn h(h: &logout_audit::outcome::Handler) -> serde_json::Value { serde_json::json!({"file": h.site.file, "line": h.site.line, "end_line": h.site.end_line, "symbol": h.symbol, "method": h.method, "route": h.route}) }
    let out = serde_json::json!({
      "verdicts": outcome.verdicts.iter().map(|v| serde_json::json!({"check": v.check, "verdict": v.answer.as_str(), "found": v.found, "detail": v.detail, "reason": v.reason.map(|r| r.as_str())})).collect::<Vec<_>>(),
      "providers": outcome.providers.iter().map(|p| serde_json::json!({"name": p.name, "evidence": p.evidence.iter().map(|s| format!("{}:{} {}", s.file, s.line, s.code)).collect::<Vec<_>>()})).collect::<Vec<_>>(),
      "backends": outcome.backends.iter().map(|p| serde_json::json!({"system": p.framework, "store": p.store, "held": p.held.as_str(), "at": p.evidence.iter().map(|s| format!("{}:{}", s.file, s.line)).collect::<Vec<_>>()})).collect::<Vec<_>>(),
      "flows": outcome.flows.iter().map(|f| serde_json::json!({"id": f.id, "server": f.server.as_ref().map(h), "clients": f.clients.iter().map(h).collect::<Vec<_>>(),
        "actions": f.actions.iter().map(|a| serde_json::json!({"action": a.action.as_str(), "status": if a.found {"found"} else {"missing"}, "missing": a.missing, "evidence": a.evidence.iter().map(|e| format!("{}:{} {} [{}] {}", e.site.file, e.site.line, e.site.code.lines().next().unwrap_or(""), e.rule, e.why_not.clone().unwrap_or_default())).collect::<Vec<_>>()})).collect::<Vec<_>>(),
        "verdicts": f.verdicts.iter().map(|v| format!("{} {} {}", v.check, v.answer.as_str(), v.detail)).collect::<Vec<_>>(), "notes": f.notes.iter().map(|n| format!("{:?}", n)).collect::<Vec<_>>() })).collect::<Vec<_>>(),
      "findings": outcome.findings.iter().map(|f| format!("{} {}:{}", f.check, f.site.file, f.site.line)).collect::<Vec<_>>(),
      "skipped": outcome.skipped_files.len(),
      "notes": outcome.notes.iter().map(|n| n.message.clone()).collect::<Vec<_>>(),
    });
    println!("{}", serde_json::to_string_pretty(&out).unwrap());
}
