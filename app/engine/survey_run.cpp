#include "app/engine/survey_run.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <set>
#include <utility>

#include "analysis/spectra/weight_spectra.h"
#include "app/engine/models.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

std::uint64_t next_survey_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

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

// A model that is still to be done, or at work.
struct Waiting {
    std::string name, path;
    std::shared_ptr<const ModelSummary> summary;
    std::unique_ptr<WeightHasher> hasher;  // nullptr once the hash is there
    std::unique_ptr<WeightSpectraRun> run;
};

}  // namespace

class SurveyRun::Work {
  public:
    Work(SurveyRequest request, JobContext& job) : request_(std::move(request)) {
        if (request_.threads > 0) at::set_num_threads(request_.threads);
        std::set<std::string> taken;
        for (const std::string& path : request_.models) {
            job.tick();
            waiting_.push_back(opened(path, taken, job));
            total_ += waiting_.back().run->total();
        }
    }

    bool step(JobContext& job) {
        if (next_ == waiting_.size()) return false;
        Waiting& model = waiting_[next_];
        named(model.path, [&] { advance(model, job); });
        return next_ < waiting_.size();
    }

    double done() const {
        const bool at_work = next_ < waiting_.size() && waiting_[next_].run;
        return done_ + (at_work ? waiting_[next_].run->done() : 0.0);
    }
    double total() const { return total_; }

    std::shared_ptr<const SpectraSurvey> result() const {
        auto out = std::make_shared<SpectraSurvey>();
        out->id = next_survey_id();
        out->request = request_.spectra;
        out->models = whole_;
        out->complete = next_ == waiting_.size();
        return out;
    }

  private:
    Waiting opened(const std::string& path, std::set<std::string>& taken, JobContext& job) const {
        const std::unique_ptr<Model> model = open_model(path, false, false, {}, job);
        Waiting out{unique_name(model->summary->name, taken), path, model->summary, nullptr, nullptr};
        named(path, [&] {
            out.run = std::make_unique<WeightSpectraRun>(model->reader, model->summary->config, request_.layers,
                                                         request_.heads, request_.spectra);
            out.hasher = std::make_unique<WeightHasher>(*model->reader);
        });
        return out;
    }

    void advance(Waiting& model, JobContext& job) {
        if (model.hasher) {
            if (model.hasher->step(job)) return;
            auto summary = std::make_shared<ModelSummary>(*model.summary);
            summary->sha256 = model.hasher->result();
            model.summary = std::move(summary);
            model.hasher.reset();
        } else if (!model.run->step(job)) {
            finish(model);
        }
    }

    void finish(Waiting& model) {
        auto done = std::make_shared<ModelSpectra>();
        *done = {model.name, model.summary, request_.layers, request_.heads, model.run->result()};
        whole_.push_back(std::move(done));
        done_ += model.run->total();
        model.run.reset();  // and with it the file
        ++next_;
    }

    SurveyRequest request_;
    std::vector<Waiting> waiting_;
    std::size_t next_ = 0;
    std::vector<std::shared_ptr<const ModelSpectra>> whole_;
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

}  // namespace gatescope
