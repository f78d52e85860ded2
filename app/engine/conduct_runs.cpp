// Training runs are the TrainingQueue's. A checkpoint of one is opened as any model; of those that a slider runs over,
// one after the other comes to the screen, and what was passed by meanwhile is left out.

#include <utility>

#include "app/engine/conductor.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/guard.h"
#include "app/engine/worker_thread.h"
#include "model/core/last_part.h"

namespace gatescope {

void Conductor::on(const StartRuns& command) {
    runs_.start(command);
}
void Conductor::on(const OpenRuns& command) {
    runs_.open(command);
    if (!command.folder.empty() && is_experiment_folder(command.folder) && !experiments_.lists(command.folder))
        board_.say(Severity::kInfo,
                   last_part(command.folder) +
                       " is an experiment, and these are its runs; the layout Experiments shows all of it");
}
void Conductor::on(const ResumeRun& command) {
    runs_.resume(command);
}
void Conductor::on(const PauseRun& command) {
    runs_.pause(command);
}
void Conductor::on(const StopRun& command) {
    runs_.stop(command);
}
void Conductor::on(const CloseRun& command) {
    runs_.close(command);
}

// A newer wish must not end the one that is nearly there: a slider that moves on and on would show nothing.
void Conductor::on(const ShowCheckpoint& command) {
    runs_.checkpoint(command);
    const bool waits = wishes([&](Wishes& wishes) {
        const bool busy = wishes.scrubbed != 0 && wishes.scrubbed == wishes.openings;
        if (busy) wishes.next_scrub = command;
        return busy;
    });
    if (!waits) open_checkpoint_of(command);
}

void Conductor::open_checkpoint_of(const ShowCheckpoint& wish) {
    const TrainingQueue::Checkpoint checkpoint = runs_.checkpoint(wish);
    const Settings settings = board_.latest()->settings;
    Opening opening{.path = checkpoint.path,
                    .wish = {settings.device, settings.dtype, engine_threads(), settings.window_length}};
    opening.run = checkpoint.run;
    opening.step = wish.step;
    open(std::move(opening));
}

// Its first picture is there, or nothing comes of it.
void Conductor::checkpoint_shown() {
    const auto next = wishes([](Wishes& wishes) -> std::optional<ShowCheckpoint> {
        const bool newest = wishes.scrubbed == wishes.openings;
        wishes.scrubbed = 0;
        auto waits = std::exchange(wishes.next_scrub, std::nullopt);
        return newest ? waits : std::nullopt;
    });
    if (!next) return;
    const auto outcome = guarded("The checkpoint", [&] {
        open_checkpoint_of(*next);
        return true;
    });
    if (!outcome) board_.say(Severity::kError, outcome.error().message);
}

}  // namespace gatescope
