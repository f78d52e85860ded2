#pragma once
// Ctrl-C: the first asks the job to stop, so that what is whole can be kept; the second ends the program.

#include <signal.h>

#include <atomic>
#include <thread>

#include "model/core/job_context.h"

namespace gatescope {

// Blocks SIGINT and SIGTERM in this thread and all started from here on; one thread waits for them. Make it before
// anything that starts threads.
class Interrupts {
  public:
    explicit Interrupts(JobContext& job);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

  private:
    void listen();

    JobContext& job_;
    sigset_t watched_ = {};
    std::atomic<bool> arrived_{false};
    int signals_ = -1, stop_ = -1;
    std::thread thread_;
};

}  // namespace gatescope
