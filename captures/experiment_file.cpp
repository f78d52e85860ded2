#include "captures/experiment_file.h"

#include "analysis/result_id.h"
#include "captures/capture_kind.h"
#include "captures/curves_group.h"
#include "captures/experiment/outcome_group.h"
#include "captures/experiment/plan_group.h"
#include "captures/experiment/summary_group.h"
#include "captures/rehearsal.h"
#include "captures/root_group.h"
#include "captures/schema.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

const std::string kGroup = schema::kExperiment;
const std::string kOutcomes = kGroup + "/outcomes";

RootAttributes root_of(const ExperimentResult& result) {
    RootAttributes out;
    out.created = result.created;
    out.command = result.command;
    out.device = result.device;
    out.dtype = "float32";
    const auto& seeds = result.plan->course.seeds;
    out.seed = seeds.empty() ? 0 : seeds[0];
    out.complete = result.status == "done";
    return out;
}

void write_all(h5::Writer& out, const ExperimentResult& result) {
    if (!result.plan) throw Failure(FailureKind::kInternal, "an experiment without a plan can't be written");
    const StoredPaths paths(*result.plan);
    write_root(out, root_of(result));
    out.group(kGroup);
    write_plan(out, kGroup, *result.plan, paths);
    out.attribute(kGroup, "status", result.status);
    out.attribute(kGroup, "seconds", result.seconds);
    write_summary(out, kGroup, result.summary, paths);
    write_curves(out, write_outcomes(out, kOutcomes, result.outcomes, paths));
}

std::shared_ptr<const ExperimentResult> read(const std::filesystem::path& path) {
    const h5::Reader in(path);
    const RootAttributes root = read_root(in);
    require_kind(in, CaptureKind::kExperiment);
    auto out = std::make_shared<ExperimentResult>();
    out->id = next_result_id();
    out->created = root.created;
    out->command = root.command;
    out->device = root.device;
    out->status = in.text(kGroup, "status");
    out->seconds = in.real(kGroup, "seconds");
    out->plan = std::make_shared<const ExperimentPlan>(read_plan(in, kGroup));
    out->summary = read_summary(in, kGroup);
    out->outcomes = read_outcomes(in, kOutcomes, read_curves(in));
    return out;
}

}  // namespace

void write_experiment(const ExperimentResult& result, const std::filesystem::path& path, bool overwrite,
                      JobContext& job) {
    OutputFile file(path, overwrite);
    job.begin("Writing experiment", "steps", static_cast<double>(result.outcomes.size()));
    h5::Writer out;
    write_all(out, result);
    file.write(out.finish());
    file.publish();
}

std::shared_ptr<const ExperimentResult> read_experiment(const std::filesystem::path& path) {
    rehearse([&path] { read(path); }, path.string());
    return read(path);
}

bool is_experiment(const std::filesystem::path& path) {
    const auto look = [&path] {
        const h5::Reader in(path);
        read_root(in);
        return kind_of(in) == CaptureKind::kExperiment;
    };
    rehearse([&look] { look(); }, path.string());
    return look();
}

}  // namespace gatescope
