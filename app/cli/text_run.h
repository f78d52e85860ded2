#pragma once
// A run of a model over a text's windows, as `capture` and `perplexity` make it.

#include <exception>
#include <memory>
#include <string>

#include "app/cli/options.h"

namespace gatescope {

// A run that ended, or came as far as it did.
struct TextRun {
    std::shared_ptr<const RunResult> result;  // nullptr: not one window was done
    std::exception_ptr failure;               // what ended it early, if anything but Ctrl-C did
    bool interrupted = false;
    // Exit status of a run without failure.
    int status() const { return interrupted ? 130 : 0; }
};

// The model, headers only, and the text, both checked against the options. Nothing has run yet.
struct PreparedRun {
    std::unique_ptr<Model> model;
    std::shared_ptr<const TextWindows> text;
    RunRequest request;
};

// Throws Failure where anything is wrong, before weights are read. `why_not` says what keeps a model from what the verb
// is for (analysis/abilities.h); nullptr: nothing.
PreparedRun prepare_run(const Options& options, RunRequest request, std::string (*why_not)(const ModelConfig&),
                        JobContext& job);

// Loads the weights and runs; warnings go to `console`. Throws Failure, Cancelled only before the first window is done.
TextRun run_text(PreparedRun& prepared, const Options& options, bool hash, const Console& console, JobContext& job);

}  // namespace gatescope
