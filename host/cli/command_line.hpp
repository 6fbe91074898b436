#pragma once

// gantry serve | check | routes | openapi | plugin ... | secret ... | config schema | migrate status|up | version
namespace host::cli {

// What the process ends with; the numbers are documented in `gantry --help`.
enum ExitCode : int {
    Ok = 0,
    Failed = 1,       // the command could not do its work; the reason is on standard error
    WrongUsage = 2,   // the command line is wrong
    WrongConfig = 3,  // the configuration is wrong; every error is on standard error
};

// Reads the command line, does what it says and returns the exit code. Never throws.
int run(int argc, char** argv);

}  // namespace host::cli
