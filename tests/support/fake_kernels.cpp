// Weight kernels, components and surveys' captures, for fake_world.h.
#include "analysis/result_id.h"
#include "analysis/spectra/components.h"
#include "analysis/spectra/weight_spectra.h"
#include "captures/survey.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "tests/support/fake_world.h"

namespace gatescope {

class WeightSpectraRun::Work {
  public:
    std::string model;
    std::int64_t n_layers = 0, done = 0;
    SpectraRequest request;
    std::int64_t forms() const { return (request.raw ? 1 : 0) + (request.folded ? 1 : 0); }
};

WeightSpectraRun::WeightSpectraRun(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config,
                                   IndexSet, IndexSet, SpectraRequest request)
    : work_(std::make_unique<Work>()) {
    if (request.delta == 13) throw Failure(FailureKind::kUsage, "there is no such offset");
    work_->model = checkpoint->folder().string();
    work_->n_layers = config.n_layers;
    work_->request = request;
    ++world().weight_runs;
}
WeightSpectraRun::~WeightSpectraRun() = default;

bool WeightSpectraRun::step(JobContext& job) {
    if (done() >= total()) return false;
    do {
        job.tick();
    } while (world().hold_spectra && work_->done >= world().hold_spectra_at);
    if (work_->model == "torn" && work_->done == 1) throw Failure(FailureKind::kBadFile, "ends too early", "torn");
    ++work_->done;
    if (done() == total() && world().at_last_layer) world().at_last_layer();
    ++world().spectra_layers;
    return done() < total();
}

double WeightSpectraRun::done() const {
    return static_cast<double>(work_->done);
}
double WeightSpectraRun::total() const {
    return static_cast<double>(work_->n_layers * work_->forms());
}

std::shared_ptr<const Spectra> WeightSpectraRun::result() const {
    if (done() < total()) return nullptr;
    auto out = std::make_shared<Spectra>();
    out->id = next_result_id();
    out->request = work_->request;
    if (out->request.raw) out->raw.emplace();
    if (out->request.folded) out->folded.emplace();
    if (out->request.controls) {
        out->controls.emplace().seed = out->request.seed;
        if (out->raw) out->controls->raw_projections.emplace();
        if (out->folded) out->controls->folded_projections.emplace();
    }
    return out;
}

void check_components(const ComponentsRequest& request, const ModelConfig& config) {
    if (request.layer >= config.n_layers) throw Failure(FailureKind::kUsage, "there is no such layer");
}

std::shared_ptr<const HeadComponents> head_components(const CheckpointReader&, const ModelConfig&, const Tokenizer*,
                                                      const ComponentsRequest& request, JobContext& job) {
    do {
        job.tick();
    } while (world().hold_components);
    ++world().components_found;
    auto out = std::make_shared<HeadComponents>();
    out->id = next_result_id();
    out->request = request;
    out->planes.resize(1);
    return out;
}

std::shared_ptr<const HeadComponents> with_window(const HeadComponents& components, const CheckpointReader&,
                                                  Transformer&, std::int64_t window, std::span<const std::int32_t> ids,
                                                  JobContext& job) {
    job.tick();
    auto out = std::make_shared<HeadComponents>(components);
    out->id = next_result_id();
    out->request.window = window;
    out->ids.assign(ids.begin(), ids.end());
    out->planes.front().tokens.resize(ids.size());
    return out;
}

void write_survey(const SpectraSurvey& survey, const std::filesystem::path& path, bool, JobContext&) {
    if (path == "full.h5") throw Failure(FailureKind::kOutput, "the disk is full", path.string());
    world().surveys_written.push_back(std::make_shared<const SpectraSurvey>(survey));
}

std::shared_ptr<const SpectraSurvey> read_survey(const std::filesystem::path&) {
    return world().surveys_written.back();
}

bool is_survey(const std::filesystem::path& path) {
    return path.string().find("survey") != std::string::npos;
}

}  // namespace gatescope
