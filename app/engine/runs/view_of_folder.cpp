#include <algorithm>

#include "analysis/result_id.h"
#include "app/engine/runs/run_checkpoint.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "model/core/error.h"

namespace gatescope {

std::shared_ptr<const RunView> view_of_folder(const std::filesystem::path& folder) {
    auto out = std::make_shared<RunView>();
    out->id = next_result_id();
    out->folder = folder.string();
    out->plan = plan_of_run(folder);
    out->checkpoints = checkpoints_of_run(folder);
    out->status = "stopped";
    const auto log = log_of_run(folder);
    if (!out->checkpoints.empty()) {
        const RunCheckpoint& last = out->checkpoints.back();
        const RunNotes notes = checkpoint_notes(last.path);
        out->step = last.step;
        out->unigram_perplexity = notes.unigram_perplexity;
        out->held_out_tokens = notes.held_out_tokens;
        out->train_tokens = notes.train_tokens;
        out->seconds = notes.cost.seconds;
        out->tokens = notes.cost.tokens;
        out->flops = notes.cost.flops;
        const bool reported = log && !log->step.empty() && log->step.back() == out->plan.steps;
        if (last.step == out->plan.steps && reported) out->status = "done";
    }
    if (log) {
        auto curve = std::make_shared<TrainCurve>(*log);
        curve->id = out->id;
        curve->name = out->plan.name;
        curve->recipe = print_recipe(out->plan.recipe);
        curve->status = out->status;
        out->curve = std::move(curve);
    }
    return out;
}

}  // namespace gatescope
