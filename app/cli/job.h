#pragma once
// What surrounds a verb's long work: its job, Ctrl-C, and the progress line.

#include "app/cli/console.h"
#include "app/cli/interrupts.h"
#include "app/cli/progress_line.h"

namespace gatescope {

class TerminalJob {
  public:
    explicit TerminalJob(const Console& console) : interrupts_(context_), line_(context_, console.quiet) {}
    JobContext& context() { return context_; }

  private:
    JobContext context_;
    Interrupts interrupts_;
    ProgressLine line_;
};

}  // namespace gatescope
