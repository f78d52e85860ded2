#include "app/cli/console.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "model/core/error.h"

namespace gatescope {
namespace {

// 0 or the error number.
int write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

// Over a progress line, where one stands.
void error_line(const std::string& line) {
    const char* const wipe = isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
    write_all(STDERR_FILENO, wipe + line + "\n");
}

}  // namespace

void print_error_line(const std::string& line) {
    error_line("gatescope: " + one_line(line, 1000));
}

void Console::note(const std::string& line) const {
    if (!quiet) error_line(line);
}

void Console::warn(const std::string& text) const {
    print_error_line("warning: " + text);
}

// A reader that closed its end (`| head`) has what it wanted: no failure.
void Console::finish() {
    const int number = write_all(STDOUT_FILENO, output_);
    output_.clear();
    if (number != 0 && number != EPIPE)
        throw Failure(FailureKind::kOutput, std::string("can't be written: ") + std::strerror(number),
                      "standard output");
}

}  // namespace gatescope
