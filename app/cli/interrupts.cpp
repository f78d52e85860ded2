#include "app/cli/interrupts.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>

namespace gatescope {

Interrupts::Interrupts(JobContext& job) : job_(job) {
    sigemptyset(&watched_);
    for (const int signal : {SIGINT, SIGTERM}) {
        struct sigaction now = {};
        sigaction(signal, nullptr, &now);
        if (now.sa_handler != SIG_IGN) sigaddset(&watched_, signal);  // started with nohup or in a script's background
    }
    pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
    signals_ = signalfd(-1, &watched_, SFD_CLOEXEC | SFD_NONBLOCK);
    stop_ = eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { listen(); });
}

Interrupts::~Interrupts() {
    const std::uint64_t one = 1;
    while (write(stop_, &one, sizeof one) < 0) {
    }
    thread_.join();
    close(signals_);
    close(stop_);
    pthread_sigmask(SIG_UNBLOCK, &watched_, nullptr);
}

void Interrupts::listen() {
    for (;;) {
        pollfd watched[] = {{signals_, POLLIN, 0}, {stop_, POLLIN, 0}};
        if (poll(watched, 2, -1) < 0) continue;
        if (watched[1].revents != 0) return;
        signalfd_siginfo info = {};
        if (read(signals_, &info, sizeof info) != sizeof info) continue;
        if (arrived_.exchange(true)) _exit(128 + static_cast<int>(info.ssi_signo));
        job_.cancel();
    }
}

}  // namespace gatescope
