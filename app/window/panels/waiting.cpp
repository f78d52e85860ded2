#include "app/window/panels/waiting.h"

#include "app/window/selection.h"
#include "app/window/widgets/panel_frame.h"

namespace gatescope {

void draw_waiting(Frame& frame, const std::string& need, bool name_job) {
    if (!frame.snapshot.jobs.empty()) {
        const JobProgress progress = frame.snapshot.jobs.front().job->progress();
        skeleton(frame.theme, name_job ? progress.title : "",
                 progress.total > 0 ? static_cast<float>(progress.done / progress.total) : 0);
    } else if (frame.snapshot.model == nullptr) {
        if (empty_panel(frame.theme, need + " will be here once a model is open.", "Open a model…"))
            frame.requests.dialog = Dialog::kOpenModel;
    } else if (frame.snapshot.weights_only) {
        if (empty_panel(frame.theme,
                        need + " will be here once the weights of " + frame.snapshot.model->name + " are loaded.",
                        "Load its weights…"))
            frame.send(OpenModel{frame.snapshot.settings.model_path});
    } else if (frame.run == nullptr || frame.run->text == nullptr) {
        if (empty_panel(frame.theme, need + " will be here once a text is open.", "Open a text…"))
            frame.requests.dialog = Dialog::kOpenText;
    } else if (empty_panel(frame.theme, need + " has not been measured.", "Measure")) {
        frame.send(Remeasure{});
    }
}

bool draw_inability(const Frame& frame, std::string (*why)(const ModelConfig& model)) {
    const std::string reason = inability(frame, why);
    if (reason.empty()) return false;
    empty_panel(frame.theme, reason + ".");
    return true;
}

}  // namespace gatescope
