#pragma once
// A job's progress on one line of the terminal, redrawn by a thread of its own and wiped when done.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "model/core/job_context.h"

namespace gatescope {

// "Perplexity   [#########-----------]  7 / 16 windows  1.3/s  7 s left"
std::string progress_text(const JobProgress& progress);

// Columns of the terminal that `file` (STDERR_FILENO) is; 80 where that is not known.
std::size_t terminal_width(int file);

class ProgressLine {
  public:
    // Silent where standard error is no terminal, or on `quiet`.
    ProgressLine(const JobContext& job, bool quiet);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

  private:
    void draw_until_stopped();

    const JobContext& job_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace gatescope
