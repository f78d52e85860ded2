#include "captures/child_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "model/core/error.h"

extern char** environ;

namespace gatescope {
namespace {

constexpr std::size_t kMostBytes = 65536;
constexpr int kNotStarted = 127, kSignalled = 128;

// Everything is read, so that a talkative program does not wait for us; the first part is kept.
std::string drain(int from) {
    std::string out;
    char buffer[4096];
    for (ssize_t count = 0; (count = read(from, buffer, sizeof buffer)) != 0;) {
        if (count < 0 && errno != EINTR) break;
        if (count > 0) out.append(buffer, std::min(static_cast<std::size_t>(count), kMostBytes - out.size()));
    }
    return out;
}

int wait_for(pid_t program) {
    int status = 0;
    while (waitpid(program, &status, 0) < 0)
        if (errno != EINTR) return kNotStarted;
    return WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ProgramEnd run_program(const std::vector<std::string>& words) {
    int ends[2] = {};
    if (pipe2(ends, O_CLOEXEC) != 0) throw Failure(FailureKind::kResource, "no pipe to a program", words.at(0));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t program = 0;
    const int failed = posix_spawnp(&program, words.at(0).c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ProgramEnd end{kNotStarted, {}};
    if (failed == 0) {
        end.errors = drain(ends[0]);
        end.status = wait_for(program);
    }
    close(ends[0]);
    return end;
}

}  // namespace gatescope
