#pragma once
// Weight kernels of many checkpoints, one after another, as the command line and the window survey them: of each the
// headers at first, later one layer at a time. No torch.

#include <memory>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"
#include "model/core/error.h"
#include "model/core/job_context.h"

namespace gatescope {

struct SurveyRequest {
    std::vector<std::string> models;  // paths; "sample" allowed
    IndexSet layers, heads;           // of every model
    SpectraRequest spectra;           // the weight kernels count
    int threads = 0;                  // 0: all cores
    bool leave_out = false;           // a model that fails is left out; else the survey fails with it
    // A survey whose models are not worked out again where the same weights are asked for the same. nullptr: none.
    std::shared_ptr<const SpectraSurvey> earlier = nullptr;
};

// A model of a survey that failed, and why.
struct LeftOut {
    std::string path;
    Failure failure;
};

class SurveyRun {
  public:
    // Opens every model by its headers and checks it against the request. Throws Failure naming the model, Cancelled.
    SurveyRun(SurveyRequest request, JobContext& job);
    ~SurveyRun();
    SurveyRun(const SurveyRun&) = delete;
    SurveyRun& operator=(const SurveyRun&) = delete;

    // Hashes the next model, or does its next layer; false once nothing is left. Throws Failure naming the model,
    // Cancelled; the step is then to be done again.
    bool step(JobContext& job);
    // Layers.
    double done() const;
    double total() const;
    // The models that are whole, without command; the same picture until another one is. Complete once step() said
    // false, unless one was left out that its headers spoke for.
    std::shared_ptr<const SpectraSurvey> result() const;
    // So far.
    const std::vector<LeftOut>& left_out() const;

  private:
    class Work;
    std::unique_ptr<Work> work_;
};

}  // namespace gatescope
