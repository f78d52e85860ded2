#pragma once
// One row of a run's curves: passes over the held-out windows, one at a time, by what analyses use.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/agreement.h"
#include "analysis/concentration.h"
#include "analysis/training/plan_gate.h"
#include "model/core/job_context.h"
#include "model/transformer/parameters.h"
#include "model/transformer/transformer.h"

namespace gatescope {

// What a report measures; all of it outlives the report, and none of it changes meanwhile.
struct TrainedSubject {
    const TrainPlan& plan;
    const ModelConfig& config;
    const Parameters& parameters;
    const PlanGate& gate;
    const std::vector<std::vector<std::int32_t>>& windows;  // held out
    at::Device device;
};

class TrainingReport {
  public:
    explicit TrainingReport(const TrainedSubject& subject);

    // One pass over one window: dense, then under the gate. False when the report is complete. A cancelled one counts
    // nowhere.
    bool step(JobContext& job);
    // By TrainCurve's ids: perplexities, f1, captured_mass, mass_at_k and those by layer.
    std::map<std::string, double> figures() const;
    const std::vector<std::vector<float>>& dense_nll() const { return dense_nll_; }  // [window][token]

  private:
    std::vector<float> run(GateRun* gate, Recorder* recorder, JobContext& job);
    void add_agreement(std::map<std::string, double>& figures) const;
    void add_concentration(std::map<std::string, double>& figures) const;

    TrainedSubject subject_;
    AnalysedHeads analysed_;
    std::unique_ptr<Transformer> model_;  // the parameters as they were when the report began
    std::unique_ptr<GateRun> gate_;       // nullptr: dense
    std::optional<ConcentrationRecorder> concentration_;
    std::optional<AgreementRecorder> agreement_;
    std::size_t window_ = 0;
    std::vector<std::vector<float>> dense_nll_, gated_nll_;
};

}  // namespace gatescope
