#pragma once
// The window as a program: what `gatescope` without a verb does.

#include <string>

namespace gatescope {

struct WindowOptions {
    std::string model, text;   // empty: those of the last session, the sample at the first start
    bool keep_session = true;  // read and write the session file
};

// Until the user closes it. 0, or 1 after one line on standard error where there is no display.
int run_window(const WindowOptions& options);

}  // namespace gatescope
