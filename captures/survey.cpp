#include "captures/survey.h"

#include <set>

#include "analysis/result_id.h"
#include "captures/capture_kind.h"
#include "captures/group_name.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"
#include "captures/model_group.h"
#include "captures/rehearsal.h"
#include "captures/root_group.h"
#include "captures/spectra_group.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

const std::string kModels = "/models";

void write_one(h5::Writer& out, const std::string& base, const ModelSpectra& of) {
    if (!of.model || !of.spectra)
        throw Failure(FailureKind::kInternal, "a survey's model without a summary or spectra can't be written",
                      of.name);
    write_model(out, base, *of.model, of.layers, of.heads);
    write_spectra(out, below(base, "spectra"), *of.spectra);
}

void write_models(h5::Writer& out, const SpectraSurvey& survey, JobContext& job) {
    if (survey.models.empty()) throw Failure(FailureKind::kInternal, "a survey without a model can't be written");
    if (survey.models.size() == 1) {
        write_one(out, "/", *survey.models[0]);
        return;
    }
    out.group(kModels);
    std::set<std::string> taken;
    double done = 0;
    for (const auto& model : survey.models) {
        const std::string base = below(kModels, group_name(model->name, taken));
        out.group(base);
        write_one(out, base, *model);
        job.tick(++done);
    }
}

std::shared_ptr<const ModelSpectra> read_one(const h5::Reader& in, const std::string& base, const std::string& name) {
    const StoredModel stored = read_model(in, base);
    auto out = std::make_shared<ModelSpectra>();
    out->name = name.empty() ? stored.model->name : name;
    out->model = stored.model;
    out->layers = stored.layer_set;
    out->heads = stored.head_set;
    const std::string group = below(base, "spectra");
    out->spectra = read_spectra(in, group, static_cast<std::int64_t>(stored.layers.size()),
                                static_cast<std::int64_t>(stored.heads.size()));
    if (!out->spectra) throw Failure(FailureKind::kBadFile, "is missing", in.where(group));
    return out;
}

std::shared_ptr<const SpectraSurvey> read(const std::filesystem::path& path) {
    const h5::Reader in(path);
    const RootAttributes root = read_root(in);
    require_kind(in, CaptureKind::kSurvey);
    auto out = std::make_shared<SpectraSurvey>();
    out->id = next_result_id();
    out->command = root.command;
    out->created = root.created;
    out->complete = root.complete;
    if (in.has(kModels)) {
        for (const std::string& name : in.members(kModels))
            if (!in.has_dataset(below(kModels, name))) out->models.push_back(read_one(in, below(kModels, name), name));
        if (out->models.empty()) throw Failure(FailureKind::kBadFile, "holds no model", in.where(kModels));
    } else {
        out->models.push_back(read_one(in, "/", ""));
    }
    out->request = out->models[0]->spectra->request;
    return out;
}

}  // namespace

void write_survey(const SpectraSurvey& survey, const std::filesystem::path& path, bool overwrite, JobContext& job) {
    OutputFile file(path, overwrite);
    job.begin("Writing survey", "models", static_cast<double>(survey.models.size()));
    h5::Writer out;
    RootAttributes root;
    root.created = survey.created;
    root.command = survey.command;
    root.device = "cpu";
    root.dtype = "float64";  // of the arithmetic
    root.seed = survey.request.seed;
    root.complete = survey.complete;
    write_root(out, root);
    write_models(out, survey, job);
    file.write(out.finish());
    file.publish();
}

std::shared_ptr<const SpectraSurvey> read_survey(const std::filesystem::path& path) {
    rehearse([&path] { read(path); }, path.string());
    return read(path);
}

bool is_survey(const std::filesystem::path& path) {
    const auto look = [&path] {
        const h5::Reader in(path);
        read_root(in);
        return kind_of(in) == CaptureKind::kSurvey;
    };
    rehearse([&look] { look(); }, path.string());
    return look();
}

}  // namespace gatescope
