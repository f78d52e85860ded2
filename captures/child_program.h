#pragma once
// Another program, run to its end.

#include <string>
#include <vector>

namespace gatescope {

struct ProgramEnd {
    int status = 0;      // 127: it can't be started; 128 + n: ended by signal n
    std::string errors;  // what it wrote on standard error, its first 64 KiB
};

// `words`: the program (looked for in PATH) and its arguments. Nothing is read from it, and it reads nothing.
ProgramEnd run_program(const std::vector<std::string>& words);

}  // namespace gatescope
