// gatescope [MODEL]: the window; gatescope VERB ...: the command line.
#include <csignal>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#ifdef GATESCOPE_WINDOW
#include "app/window/run_window.h"
#endif

namespace {

int open_window(int argc, char** argv) {
#ifdef GATESCOPE_WINDOW
    if (argc > 2) {
        gatescope::print_error_line("the window takes one model; gatescope --help lists the verbs of the command line");
        return 2;
    }
    gatescope::WindowOptions options;
    if (argc > 1) options.model = argv[1];
    try {
        return gatescope::run_window(options);
    } catch (...) {
        return gatescope::report_current_error("the window");
    }
#else
    static_cast<void>(argc), static_cast<void>(argv);
    gatescope::print_error_line("this build has no window; use a verb: gatescope --help lists them");
    return 2;
#endif
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe or a full quota is an error of write(), said in one line
    std::signal(SIGXFSZ, SIG_IGN);
    return gatescope::is_command(argc, argv) ? gatescope::run_cli(argc, argv) : open_window(argc, argv);
}
