#include "captures/rehearsal.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "captures/h5.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr rlim_t kMostSeconds = 120;  // of a core: a file that sends HDF5 in circles
// By the clock: a lock that another thread held at the fork is never let go of in the child.
constexpr unsigned kLongestSeconds = 600;

[[noreturn]] void child(const std::function<void()>& work) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM}) std::signal(signal, SIG_DFL);
    alarm(kLongestSeconds);
    const rlimit seconds = {kMostSeconds, kMostSeconds}, no_core = {0, 0};
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_CORE, &no_core);
    close(STDERR_FILENO);  // glibc's and sanitizers' last words
    try {
        work();
    } catch (...) {  // the real reading says it better
    }
    _exit(0);
}

// Nobody else may be inside HDF5 while its state is copied; both sides let go of it on return.
pid_t fork_outside_hdf5() {
    const h5::Library library;
    return fork();
}

}  // namespace

void rehearse(const std::function<void()>& work, const std::string& where) {
    const pid_t pid = fork_outside_hdf5();
    if (pid == 0) child(work);
    if (pid < 0) return;  // no room for a child: read without a rehearsal
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return;  // somebody else collects our children
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw Failure(FailureKind::kBadFile, "is damaged so that HDF5 can't read it", where, "make the capture anew");
}

}  // namespace gatescope
