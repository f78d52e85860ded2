#include "app/window/panels/missing_spectra.h"

#include "app/window/lab_requests.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

bool needs_text(const SpectraRequest& need) {
    return need.activations || need.cosines;
}

void draw_under_way(const Frame& frame, const JobStatus& job) {
    const JobProgress progress = job.job->progress();
    skeleton(frame.theme, progress.title, progress.total > 0 ? static_cast<float>(progress.done / progress.total) : 0);
}

}  // namespace

std::string spectra_button(const SpectraRequest& need) {
    if (need.activations) return "Measure activations";
    return need.cosines ? "Measure cosines" : "Measure kernels";
}

std::string spectra_cost(const Snapshot& snapshot, const SpectraRequest& need) {
    if (!needs_text(need)) return "It reads the weights once and needs no text.";
    const std::int64_t windows = snapshot.run == nullptr || snapshot.run->text == nullptr
                                     ? snapshot.settings.windows
                                     : std::ssize(snapshot.run->text->windows);
    return "It costs a pass over " + (windows == 1 ? std::string("1 window") : grouped(windows) + " windows") +
           " and up to twice its time for the spectra themselves.";
}

void draw_missing_spectra(Frame& frame, const std::string& what, const SpectraRequest& need) {
    const Snapshot& snapshot = frame.snapshot;
    if (snapshot.capture != nullptr) {
        empty_panel(frame.theme,
                    what + " is not in this capture; capture --weight-spectra --activation-spectra writes it.");
    } else if (const JobStatus* job = job_of(snapshot, "spectra")) {
        draw_under_way(frame, *job);
    } else if (snapshot.model == nullptr && !snapshot.jobs.empty()) {
        draw_under_way(frame, snapshot.jobs.front());
    } else if (snapshot.model == nullptr) {
        if (empty_panel(frame.theme, what + " will be here once a model is open.", "Open a model…"))
            frame.requests.dialog = Dialog::kOpenModel;
    } else if (needs_text(need) && snapshot.weights_only) {
        if (empty_panel(frame.theme,
                        what + " will be here once the weights of " + snapshot.model->name + " are loaded.",
                        "Load its weights…"))
            frame.send(OpenModel{snapshot.settings.model_path});
    } else if (needs_text(need) && (snapshot.run == nullptr || snapshot.run->text == nullptr)) {
        if (empty_panel(frame.theme, what + " will be here once a text is open.", "Open a text…"))
            frame.requests.dialog = Dialog::kOpenText;
    } else if (empty_panel(frame.theme, what + " has not been measured. " + spectra_cost(snapshot, need),
                           spectra_button(need))) {
        frame.requests.spectra = need;
    }
}

}  // namespace gatescope
