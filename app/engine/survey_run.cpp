#include "app/engine/survey_run.h"

#include <ATen/Parallel.h>

#include <set>
#include <utility>

#include "analysis/result_id.h"
#include "analysis/spectra/weight_spectra.h"
#include "app/engine/models.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// One that is taken already gets a number behind it.
std::string unique_name(const std::string& name, std::set<std::string>& taken) {
    std::string out = name;
    for (int number = 2; !taken.insert(out).second; ++number) out = name + " (" + std::to_string(number) + ")";
    return out;
}

// What goes wrong in a model names it.
template <typename Call>
void named(const std::string& path, Call call) {
    try {
        call();
    } catch (const Failure& failure) {
        throw failure.where().starts_with(path) ? failure : failure.at(path);
    }
}

// Is what the request asks for in there?
bool has_all(const SpectraRequest& there, const SpectraRequest& wanted) {
    return there.raw == wanted.raw && there.folded == wanted.folded && there.delta == wanted.delta &&
           there.controls == wanted.controls && (!wanted.controls || there.seed == wanted.seed);
}

struct Surveyed {
    std::string name, path;
    std::shared_ptr<const ModelSummary> summary;
    std::unique_ptr<WeightHasher> hasher;   // nullptr once the hash is there
    std::unique_ptr<WeightSpectraRun> run;  // and so here once it is over
    std::shared_ptr<const ModelSpectra> whole;
};

}  // namespace

class SurveyRun::Work {
  public:
    Work(SurveyRequest request, JobContext& job) : request_(std::move(request)) {
        if (request_.threads > 0) at::set_num_threads(request_.threads);
        std::set<std::string> taken;
        for (const std::string& path : request_.models) {
            job.tick();
            unless_left_out(path, [&] { models_.push_back(opened(path, taken, job)); });
        }
        for (const Surveyed& model : models_) total_ += model.run->total();
        picture();
    }

    bool step(JobContext& job) {
        Surveyed* model = next();
        if (model == nullptr) return false;
        if (!unless_left_out(model->path, [&] { named(model->path, [&] { advance(*model, job); }); })) {
            broken_ = true;
            end(*model);
        }
        const bool more = next() != nullptr;
        if (!model->run) picture();
        return more;
    }

    double done() const {
        double out = done_;
        for (const Surveyed& model : models_)
            if (model.run) out += model.run->done();
        return out;
    }
    double total() const { return total_; }
    std::shared_ptr<const SpectraSurvey> result() const { return picture_; }
    const std::vector<LeftOut>& left_out() const { return left_out_; }

  private:
    template <typename Call>
    bool unless_left_out(const std::string& path, Call call) {
        try {
            call();
            return true;
        } catch (const Failure& failure) {
            if (!request_.leave_out) throw;
            left_out_.push_back({path, failure});
            return false;
        }
    }

    Surveyed opened(const std::string& path, std::set<std::string>& taken, JobContext& job) const {
        const std::unique_ptr<Model> model = open_model(path, false, false, {}, job);
        Surveyed out;
        named(path, [&] {
            out.run = std::make_unique<WeightSpectraRun>(model->reader, model->summary->config, request_.layers,
                                                         request_.heads, request_.spectra);
            out.hasher = std::make_unique<WeightHasher>(*model->reader);
        });
        out.name = unique_name(model->summary->name, taken);
        out.path = path;
        out.summary = model->summary;
        return out;
    }

    // What an earlier survey has comes first, so that it need not go from the screen; its hash tells.
    Surveyed* next() {
        if (request_.earlier)
            for (Surveyed& model : models_)
                if (model.hasher) return &model;
        for (Surveyed& model : models_)
            if (model.run) return &model;
        return nullptr;
    }

    void advance(Surveyed& model, JobContext& job) {
        if (model.hasher) {
            JobContext hashing;  // names itself and counts MB, where the survey's counts layers
            const bool more = model.hasher->step(hashing);
            job.tick();
            if (more) return;
            auto summary = std::make_shared<ModelSummary>(*model.summary);
            summary->sha256 = model.hasher->result();
            model.summary = std::move(summary);
            model.hasher.reset();
            if (const auto spectra = earlier(model.summary->sha256)) finish(model, spectra);
        } else if (!model.run->step(job)) {
            finish(model, model.run->result());
        }
    }

    std::shared_ptr<const Spectra> earlier(const std::string& sha256) const {
        if (!request_.earlier) return nullptr;
        for (const auto& model : request_.earlier->models)
            if (model->model->sha256 == sha256 && has_all(model->spectra->request, request_.spectra) &&
                model->layers == request_.layers && model->heads == request_.heads)
                return model->spectra;
        return nullptr;
    }

    void finish(Surveyed& model, std::shared_ptr<const Spectra> spectra) {
        auto whole = std::make_shared<ModelSpectra>();
        *whole = {model.name, model.summary, request_.layers, request_.heads, std::move(spectra)};
        model.whole = std::move(whole);
        end(model);
    }

    void end(Surveyed& model) {
        done_ += model.run->total();
        model.run.reset();  // and with it the file
        model.hasher.reset();
    }

    void picture() {
        auto out = std::make_shared<SpectraSurvey>();
        out->id = next_result_id();
        out->request = request_.spectra;
        for (const Surveyed& model : models_)
            if (model.whole) out->models.push_back(model.whole);
        out->complete = !broken_ && next() == nullptr;
        picture_ = std::move(out);
    }

    SurveyRequest request_;
    std::vector<Surveyed> models_;
    std::vector<LeftOut> left_out_;
    bool broken_ = false;  // one was left out in the middle of it
    std::shared_ptr<const SpectraSurvey> picture_;
    double done_ = 0, total_ = 0;
};

SurveyRun::SurveyRun(SurveyRequest request, JobContext& job) : work_(std::make_unique<Work>(std::move(request), job)) {}

SurveyRun::~SurveyRun() = default;

bool SurveyRun::step(JobContext& job) {
    return work_->step(job);
}

double SurveyRun::done() const {
    return work_->done();
}

double SurveyRun::total() const {
    return work_->total();
}

std::shared_ptr<const SpectraSurvey> SurveyRun::result() const {
    return work_->result();
}

const std::vector<LeftOut>& SurveyRun::left_out() const {
    return work_->left_out();
}

}  // namespace gatescope
