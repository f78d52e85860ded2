// Sensitivity maps: point by point on the worker, behind everything else; what is there of the open model and text is
// gone on with.

#include <utility>

#include "analysis/abilities.h"
#include "analysis/sensitivity.h"
#include "app/engine/conductor.h"
#include "app/engine/earlier_run.h"
#include "model/core/error.h"

namespace gatescope {
namespace {
constexpr std::chrono::milliseconds kPublishEvery{100};  // the run is put together anew each time
}

struct Conductor::SensitivityJob {
    SensitivityRequest request;
    LabText place;
    std::string made_of;  // contents of the text and of the gate's files: paths may hold others by now
    std::unique_ptr<Sensitivity> map;
    std::shared_ptr<const SensitivityResult> shown;
    std::chrono::steady_clock::time_point next_publish;
};

void Conductor::on(const StartSensitivity& command) {
    require_weights();
    const auto model = board_.latest()->model;
    if (!model) throw nothing_to_run();
    SensitivityRequest request = command.request;
    request.gate = with_whole_paths({{request.gate}}).terms.front();
    request.gate.layers = request.gate.heads = {};
    request = checked_sensitivity(request);
    check_gates({{{request.gate}}}, model->config);
    if (const std::string why = why_no_perplexity(model->config); !why.empty())
        throw Failure(FailureKind::kUnsupported, why);
    worker_.cancel_kind("sensitivity");
    JobTask job = task("sensitivity", JobPriority::kNormal, "Preparing the sensitivity map", "");
    job.step = [this, request](JobContext& context) {
        begin_sensitivity(request, context);
        return false;
    };
    opener_.submit(std::move(job));
}

// On the opener: windows of its own.
void Conductor::begin_sensitivity(const SensitivityRequest& request, JobContext& context) {
    auto job = std::make_shared<SensitivityJob>();
    job->request = request;
    job->place = lab_text(request.window_length, request.windows, context);
    job->made_of = job->place.text->sha256;
    for (const auto& [file, sha256] : hashes_of_files({{request.gate}})) job->made_of += " " + sha256;
    JobTask points = task("sensitivity", JobPriority::kBackground, "Sensitivity", "windows");
    points.gives_way = true;
    points.step = [this, job](JobContext& at_work) { return sensitivity_step(*job, at_work); };
    points.ended = [this, job](const tl::expected<void, Error>& outcome) {
        publish_sensitivity(*job, true);
        report(outcome);
    };
    worker_.submit(std::move(points));
}

bool Conductor::sensitivity_step(SensitivityJob& job, JobContext& context) {
    const auto model = lab_model(job.place);
    if (!job.map) {
        check_gate_files({{{job.request.gate}}}, *model, context);
        job.map = std::make_unique<Sensitivity>(*model->transformer, job.request, job.place.text,
                                                job.made_of == map_made_of_ ? board_.latest()->sensitivity : nullptr);
    }
    context.set_total(job.map->total());
    context.tick(job.map->done());
    publish_sensitivity(job, false);
    const bool more = job.map->step(context);
    publish_sensitivity(job, !more);
    return more;
}

// Into the run, too, so that the head map and captures have it. Nothing of a model or text that is no longer in use.
void Conductor::publish_sensitivity(SensitivityJob& job, bool at_once) {
    const auto now = std::chrono::steady_clock::now();
    if (!job.map || job.map->result() == job.shown || (!at_once && now < job.next_publish)) return;
    const auto model = job.place.model.lock();
    if (!model || wishes([&](Wishes& wishes) { return wishes.model != model || wishes.text != job.place.from; }))
        return;
    job.shown = job.map->result();
    map_made_of_ = job.made_of;
    job.next_publish = now + kPublishEvery;
    board_.change([&](Snapshot& snapshot) {
        snapshot.sensitivity = job.shown;
        if (snapshot.run) snapshot.run = dressed(*snapshot.run, ++next_run_, nullptr, snapshot.run->command, job.shown);
    });
}

}  // namespace gatescope
