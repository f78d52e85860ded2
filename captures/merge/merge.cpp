#include "captures/merge/merge.h"

#include <algorithm>

#include "analysis/result_id.h"
#include "captures/capture.h"
#include "captures/merge/merge_runs.h"
#include "captures/merge/merge_surveys.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

struct Input {
    std::string file;
    std::shared_ptr<const RunResult> run;
    std::shared_ptr<const SpectraSurvey> survey;
};

Input read_input(const std::filesystem::path& path) {
    if (is_survey(path)) return {path.string(), nullptr, read_survey(path)};
    return {path.string(), read_capture(path), nullptr};
}

std::vector<Input> read_inputs(const MergeRequest& request, JobContext& job) {
    job.begin("Reading captures", "files", static_cast<double>(request.captures.size()));
    std::vector<Input> out;
    for (const auto& path : request.captures) {
        out.push_back(read_input(path));
        job.tick(static_cast<double>(out.size()));
    }
    return out;
}

// Runs of one model are shards or parts of one run, or refused as such.
bool shards_of_a_run(const std::vector<Input>& inputs) {
    return std::ranges::all_of(inputs, [&inputs](const Input& input) {
        return input.run && inputs[0].run && same_model(*input.run->model, *inputs[0].run->model);
    });
}

std::shared_ptr<const RunResult> one_run(const std::vector<Input>& inputs, const std::string& command) {
    std::shared_ptr<const RunResult> whole = inputs[0].run;
    for (std::size_t n = 1; n < inputs.size(); ++n)
        whole = merge_runs(*whole, *inputs[n].run, {inputs[0].file, inputs[n].file});
    auto out = std::make_shared<RunResult>(*whole);
    out->command = command;
    out->created.clear();
    return out;
}

SurveyPart part_of(const Input& input) {
    const RunResult& run = *input.run;
    if (!run.spectra)
        throw Failure(FailureKind::kUsage, "is missing", input.file + ": /spectra",
                      "only captures of one model on one text are joined without spectra");
    auto model = std::make_shared<ModelSpectra>();
    model->name = run.model->name;
    model->model = run.model;
    model->layers = run.request.layers;
    model->heads = run.request.heads;
    model->spectra = run.spectra;
    return {input.file, model};
}

std::shared_ptr<const SpectraSurvey> one_survey(const std::vector<Input>& inputs, const std::string& command) {
    std::vector<SurveyPart> parts;
    auto out = std::make_shared<SpectraSurvey>();
    out->complete = true;
    for (const Input& input : inputs) {
        out->complete = out->complete && (input.survey ? input.survey->complete : input.run->complete);
        if (input.run) parts.push_back(part_of(input));
        if (input.survey)
            for (const auto& model : input.survey->models) parts.push_back({input.file, model});
    }
    out->id = next_result_id();
    out->models = merge_models(std::move(parts));
    out->request = out->models[0]->spectra->request;
    out->command = command;
    return out;
}

}  // namespace

Merged merge_captures(const MergeRequest& request, JobContext& job) {
    if (request.captures.size() < 2)
        throw Failure(FailureKind::kUsage, "two captures or more are needed", "merge",
                      "gatescope merge a.h5 b.h5 --out c.h5");
    check_output_target(request.out, request.overwrite);
    const std::vector<Input> inputs = read_inputs(request, job);
    Merged out;
    if (shards_of_a_run(inputs)) {
        out.run = one_run(inputs, request.command);
        write_capture(*out.run, request.out, request.overwrite, job);
    } else {
        out.survey = one_survey(inputs, request.command);
        write_survey(*out.survey, request.out, request.overwrite, job);
    }
    return out;
}

}  // namespace gatescope
