//! Reads the words by which rules say where something stands.

use super::compiled::Locator;
use super::schema::OneOrMany;

/// The places of one word or of several, in their order.
pub(super) fn locators(texts: Option<OneOrMany<String>>) -> Result<Vec<Locator>, String> {
    texts.map(OneOrMany::into_vec).unwrap_or_default().iter().map(|text| locator(text)).collect()
}

/// The place that a word names.
pub(super) fn locator(text: &str) -> Result<Locator, String> {
    if let Some(quoted) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Locator::Text(quoted.to_owned()));
    }
    if let Some(field) = text.strip_prefix("field:") {
        return Ok(Locator::Field(field.to_owned()));
    }
    if let Some(setting) = text.strip_prefix("inside:") {
        return Ok(Locator::Inside(setting.to_owned()));
    }
    if let Some(name) = text.strip_prefix("method:") {
        return Ok(Locator::Method(name.to_owned()));
    }
    if let Some(name) = text.strip_prefix("chained:") {
        return Ok(Locator::Chained(name.to_owned()));
    }
    if let Some(argument) = text.strip_prefix("made:") {
        let (index, annotation) = argument.split_once('.').ok_or_else(|| format!("`{text}` needs the name of an annotation"))?;
        let index = index.parse().map_err(|_| format!("`{text}` needs the number of an argument"))?;
        return Ok(Locator::Made(index, annotation.to_owned()));
    }
    if let Some(argument) = text.strip_prefix("type:") {
        let (index, annotation) = argument.split_once('.').map_or((argument, None), |(index, annotation)| (index, Some(annotation.to_owned())));
        let index = index.parse().map_err(|_| format!("`{text}` needs the number of a type argument"))?;
        return Ok(Locator::Type(index, annotation));
    }
    if let Some(argument) = text.strip_prefix("arg:") {
        let mut path = argument.split('.').map(str::to_owned);
        let first = path.next().unwrap_or_default();
        let rest: Vec<String> = path.collect();
        return Ok(match first.parse() {
            Ok(index) => Locator::Argument(index, rest),
            Err(_) => Locator::Named(first, rest),
        });
    }
    Ok(match text {
        "callee" => Locator::Callee,
        "args" => Locator::Arguments,
        "annotated" => Locator::Annotated,
        "receiver" => Locator::Receiver,
        "target" => Locator::Target,
        "result" => Locator::Result,
        "chain" => Locator::Chain,
        "body" => Locator::Body,
        "class" => Locator::Class,
        "global" => Locator::Global,
        "none" => Locator::None,
        word if word.chars().all(|c| c.is_ascii_uppercase()) && !word.is_empty() => Locator::Text(word.to_owned()),
        other => {
            return Err(format!(
                "unknown place `{other}`; one of arg:…, type:…, made:…, inside:…, field:…, method:…, callee, args, annotated, receiver, target, result, chain, body, class, global, none, a 'text' in quotes, or a method such as POST"
            ));
        }
    })
}
