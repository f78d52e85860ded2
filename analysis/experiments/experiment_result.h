#pragma once
// What an experiment comes to, plain and immutable: what the window draws, captures store and the command line prints.
// No torch.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

// A mean with its spread: over seeds where there are several, else over held-out windows.
struct Quantity {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double deviation = std::numeric_limits<double>::quiet_NaN();  // sample standard deviation over seeds; NaN for one
    double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();  // 95 %
    std::int64_t count = 0;      // of what it is over
    std::string over;            // "seeds" or "windows"
    std::vector<double> values;  // by seed, in the plan's order
};

// A line of the table.
struct ExperimentRow {
    std::string what;  // "perplexity, learned soft gate"
    std::string unit;  // "perplexity", "%", "nats", ""
    Quantity ours;
    std::string setting;  // model, text and steps of ours, one line
    std::string paper;  // as printed there: "48.73 ± 0.60 (3 seeds)"; empty: the paper has no such number, or we could
                        // not read it
    std::string paper_setting;  // model, text and steps of the paper's
    std::string comparable;     // one line: what of the two may be compared, and what not
};

// Who a series or a level is, for its colour, the same everywhere: "dense", "learned", "random", "oracle", "kl", "bce",
// "co-adapted", "stochastic", "none", "paper".
struct ExperimentSeries {
    std::string label, role;
    std::vector<double> x, y;
    std::vector<double> low, high;  // 95 % interval, or empty
};
struct ExperimentLevel {
    std::string label, role;
    double value = 0;
};
struct ExperimentChart {
    std::string id, title, x_label, y_label;  // id: "figure-1", of files and HDF5 groups
    bool bars = false;                        // else lines with points
    bool log_x = false, log_y = false;
    std::vector<std::string> categories;  // of bars, at x = 0, 1, ...; empty: numbers
    std::vector<ExperimentSeries> series;
    std::vector<ExperimentLevel> levels;  // dashed lines across
    bool shade_gap = false;               // between the first two series
};

enum class Verdict { kOpen, kSupports, kContradicts, kUndecided };  // kOpen: steps are missing

// What an experiment's file makes of the outcomes, as far as they are there.
struct ExperimentSummary {
    std::vector<ExperimentRow> rows;
    std::vector<ExperimentChart> charts;
    Verdict verdict = Verdict::kOpen;
    std::string sentence;            // the result supports ... or does not, with its numbers and its interval
    std::string rule;                // by what the verdict is given, one line
    std::vector<std::string> notes;  // what is ours because the paper does not say, one line each
};

struct ExperimentResult {
    std::uint64_t id = 0;  // changes whenever anything in here does
    std::shared_ptr<const ExperimentPlan> plan;
    Outcomes outcomes;
    ExperimentSummary summary;
    std::string status;   // "waiting", "running", "stopped", "done", "failed"
    std::string command;  // the command line that makes the same
    std::string created;  // ISO 8601 UTC
    std::string device;
    double seconds = 0;  // of work so far
};

}  // namespace gatescope
