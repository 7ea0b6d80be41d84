//! What the command line asks for.

use std::net::IpAddr;
use std::path::PathBuf;

use lexopt::prelude::*;

/// What `--help` prints.
pub const HELP: &str = "\
keyglass-server: Keyglass's engine on a TCP port, for real clients.

usage: keyglass-server [options]

  --port N          the port to listen on (6379); 0 takes any free one and says which
  --bind ADDRESS    the address to listen on (127.0.0.1)
  --allow-remote    allow an address that other machines reach: there is no password
  --seed N          the seed of its chance (1)
  --open FILE       begin with a saved session: its inputs are folded, its clock goes on
  --save FILE       record every input, and write the session there at the end
  --help            this
";

/// The options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where to listen.
    pub bind: IpAddr,
    /// The port; 0: any.
    pub port: u16,
    /// The seed, where one is given.
    pub seed: Option<u64>,
    /// The session to begin with.
    pub open: Option<PathBuf>,
    /// Where to write the session.
    pub save: Option<PathBuf>,
}

/// Reads the command line; `None`: it asks for help.
pub fn read() -> Result<Option<Options>, String> {
    read_from(lexopt::Parser::from_env()).map_err(|error| error.to_string())
}

fn read_from(mut words: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        bind: IpAddr::from([127, 0, 0, 1]),
        port: 6379,
        seed: None,
        open: None,
        save: None,
    };
    let mut remote = false;
    while let Some(word) = words.next()? {
        match word {
            Long("port") | Short('p') => options.port = words.value()?.parse()?,
            Long("bind") => options.bind = words.value()?.parse()?,
            Long("allow-remote") => remote = true,
            Long("seed") => options.seed = Some(words.value()?.parse()?),
            Long("open") => options.open = Some(words.value()?.into()),
            Long("save") => options.save = Some(words.value()?.into()),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if !options.bind.is_loopback() && !remote {
        return Err(format!(
            "--bind {}: other machines can reach that address, and there is no password; \
             add --allow-remote if that is meant",
            options.bind
        )
        .into());
    }
    if options.seed.is_some() && options.open.is_some() {
        return Err("--seed and --open: a saved session has its own seed".into());
    }
    Ok(Some(options))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails, fails")]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Option<Options>, String> {
        read_from(lexopt::Parser::from_args(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_that_others_reach_must_be_meant() {
        let refused = read(&["--bind", "0.0.0.0"]).unwrap_err();
        assert!(refused.contains("--allow-remote"), "{refused}");
        let meant = read(&["--bind", "0.0.0.0", "--allow-remote", "--port=0"]);
        assert_eq!(meant.unwrap().unwrap().port, 0);
        assert!(read(&["--bind", "::1"]).is_ok());
    }

    #[test]
    fn a_seed_and_a_session_exclude_each_other() {
        assert!(read(&["--seed", "3", "--open", "x"]).is_err());
        assert!(read(&["--sed", "3"]).is_err());
        assert_eq!(read(&["--help"]), Ok(None));
    }
}
