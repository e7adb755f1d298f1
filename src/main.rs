//! The `rolebook` command.

fn main() -> std::process::ExitCode {
    rolebook::cli::run()
}
