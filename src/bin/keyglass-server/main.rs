//! The server half behind a TCP port: the same engine as the page's, spoken to by real clients. The
//! one place beside the page's shell that reads the wall clock.
//!
//! Everything runs on one thread, as the engine does: a task for each connection, one for the engine's
//! deadlines. A connection that is idle holds no buffer.
#![forbid(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
mod options;
#[cfg(not(target_arch = "wasm32"))]
mod port;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;
    let options = match options::read() {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(text) => {
            eprintln!("keyglass-server: {text}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| tokio::task::LocalSet::new().block_on(&runtime, port::serve(options)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("keyglass-server: {text}");
            ExitCode::FAILURE
        }
    }
}
