//! CLIENT TRACKING and what belongs to it. What is remembered and told is in `engine/tracking.rs`.

use std::collections::BTreeSet;

use crate::ds::bytes::Bytes;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::tracking::Tracking;

pub(super) fn client_caching(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let Some(tracking) = &mut ctx.client().tracking else {
        return Err(Error::text(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
        ));
    };
    if args.is(2, "YES") {
        if !tracking.opt_in {
            return Err(Error::text(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
            ));
        }
    } else if args.is(2, "NO") {
        if !tracking.opt_out {
            return Err(Error::text(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
            ));
        }
    } else {
        return Err(Error::Syntax);
    }
    tracking.caching = true;
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_getredir(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let to = redirect(ctx);
    ctx.out.int(to);
    Ok(())
}

/// The ID of the client that is told; 0: the client itself, -1: none.
fn redirect(ctx: &mut Ctx<'_>) -> i64 {
    let tracking = ctx.client().tracking.as_ref();
    tracking.map_or(-1, |tracking| tracking.redirect as i64)
}

pub(super) fn client_tracking(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut new = Tracking::default();
    let mut bcast = false;
    let mut redirect = 0;
    let mut prefixes: Vec<&[u8]> = Vec::new();
    let mut at = 3;
    while at < args.len() {
        let more = at + 1 < args.len();
        if args.is(at, "REDIRECT") && more {
            at += 1;
            if redirect != 0 {
                return Err(Error::text(
                    "ERR A client can only redirect to a single other client",
                ));
            }
            redirect = args.int(at)?;
            if u64::try_from(redirect)
                .ok()
                .and_then(|id| ctx.engine.by_id(id))
                .is_none()
            {
                return Err(Error::text(
                    "ERR The client ID you want redirect to does not exist",
                ));
            }
        } else if args.is(at, "BCAST") {
            bcast = true;
        } else if args.is(at, "OPTIN") {
            new.opt_in = true;
        } else if args.is(at, "OPTOUT") {
            new.opt_out = true;
        } else if args.is(at, "NOLOOP") {
            new.no_loop = true;
        } else if args.is(at, "PREFIX") && more {
            at += 1;
            prefixes.push(&args[at]);
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    if args.is(2, "OFF") {
        ctx.client().tracking = None;
        ctx.out.ok();
        return Ok(());
    }
    if !args.is(2, "ON") {
        return Err(Error::Syntax);
    }
    if !bcast && !prefixes.is_empty() {
        return Err(Error::text(
            "ERR PREFIX option requires BCAST mode to be enabled",
        ));
    }
    let old = ctx.client().tracking.clone();
    if old.as_ref().is_some_and(|t| t.prefixes.is_some() != bcast) {
        return Err(Error::text(
            "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
        ));
    }
    if bcast && (new.opt_in || new.opt_out) {
        return Err(Error::text(
            "ERR OPTIN and OPTOUT are not compatible with BCAST",
        ));
    }
    if new.opt_in && new.opt_out {
        return Err(Error::text(
            "ERR You can't specify both OPTIN mode and OPTOUT mode",
        ));
    }
    let other = |t: &Tracking| (new.opt_in && t.opt_out) || (new.opt_out && t.opt_in);
    if old.as_ref().is_some_and(other) {
        return Err(Error::text(
            "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
        ));
    }
    if bcast {
        let mut all = old.and_then(|t| t.prefixes).unwrap_or_default();
        check_prefixes(&prefixes, &all)?;
        if prefixes.is_empty() {
            prefixes.push(b"");
        }
        all.extend(prefixes.into_iter().map(Bytes::from_slice));
        new.prefixes = Some(all);
        ctx.engine.tracked.broadcasting = true;
    }
    new.redirect = redirect as u64;
    ctx.client().tracking = Some(new);
    ctx.out.ok();
    Ok(())
}

/// No key may have two of one client's prefixes.
fn check_prefixes(new: &[&[u8]], old: &BTreeSet<Bytes>) -> Result<(), Error> {
    let overlap = |a: &[u8], b: &[u8]| a.starts_with(b) || b.starts_with(a);
    const END: &[u8] = b"'. Prefixes for a single client must not overlap.";
    for (at, prefix) in new.iter().enumerate() {
        if let Some(other) = old.iter().find(|other| overlap(prefix, other)) {
            return Err(Error::quoting(&[
                b"ERR Prefix '",
                prefix,
                b"' overlaps with an existing prefix '",
                other,
                END,
            ]));
        }
        let mut rest = new.iter().skip(at + 1);
        if let Some(other) = rest.find(|other| overlap(prefix, other)) {
            return Err(Error::quoting(&[
                b"ERR Prefix '",
                prefix,
                b"' overlaps with another provided prefix '",
                other,
                END,
            ]));
        }
    }
    Ok(())
}

pub(super) fn client_trackinginfo(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let to = redirect(ctx);
    let tracking = ctx.client().tracking.clone();
    let on = tracking.is_some();
    let tracking = tracking.unwrap_or_default();
    let flags = [
        ("off", !on),
        ("on", on),
        ("bcast", tracking.prefixes.is_some()),
        ("optin", tracking.opt_in),
        ("caching-yes", tracking.opt_in && tracking.caching),
        ("optout", tracking.opt_out),
        ("caching-no", tracking.opt_out && tracking.caching),
        ("noloop", tracking.no_loop),
        ("broken_redirect", tracking.broken),
    ];
    let out = &mut ctx.out;
    out.map(3);
    out.bulk(b"flags");
    out.set(flags.iter().filter(|(_, set)| *set).count());
    for (name, _) in flags.iter().filter(|(_, set)| *set) {
        out.bulk(name.as_bytes());
    }
    out.bulk(b"redirect");
    out.int(to);
    out.bulk(b"prefixes");
    let prefixes = tracking.prefixes.unwrap_or_default();
    out.array(prefixes.len());
    prefixes.iter().for_each(|prefix| out.bulk(prefix));
    Ok(())
}
