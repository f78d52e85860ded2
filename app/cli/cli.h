#pragma once
// The command line: parses, runs one verb, and turns whatever goes wrong into one line and an exit status.

namespace gatescope {

// Does the first argument ask for the command line (a verb, an option), not for the window?
bool is_command(int argc, char** argv);

// Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
int run_cli(int argc, char** argv);

// A status and its line for what is being handled, inside a catch block; `job` names what was going on.
int report_current_error(const char* job);

}  // namespace gatescope
