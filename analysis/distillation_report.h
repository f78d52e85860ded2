#pragma once
// One row of a distillation's curves: passes over the held-out windows, one at a time.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/agreement.h"
#include "analysis/stream_agreement.h"
#include "model/core/job_context.h"
#include "model/train/gate_trainer.h"

namespace gatescope {

class Transformer;

// What a report runs with; all of it outlives the report.
struct ReportSubject {
    Transformer& model;
    GateTrainer& trainer;
    GateRun& deployed;                                      // with the trainer's arrays
    const std::vector<std::vector<std::int32_t>>& windows;  // held out
    AnalysedHeads analysed;                                 // the trained layers
    std::int64_t window_length = 0;
};

class DistillationReport {
  public:
    // `oracle`: measured beside it, once; nullptr: not.
    DistillationReport(const ReportSubject& subject, GateRun* oracle);

    // One pass over one window; false when the report is complete. A cancelled one counts nowhere.
    bool step(JobContext& job);
    // By TrainCurve's ids: loss, f1, captured_mass of the dense stream, deployed_f1, perplexity deployed.
    std::map<std::string, double> figures() const;
    // [window][token]; empty where they were not measured.
    const std::vector<std::vector<float>>& dense_nll() const { return dense_nll_; }
    const std::vector<std::vector<float>>& oracle_nll() const { return oracle_nll_; }

  private:
    enum class Pass { kStream, kDeployed, kOracle };
    void stream(JobContext& job);
    void add_losses(GateRun* gate, std::vector<Recorder*> recorders, std::vector<std::vector<float>>& rows,
                    JobContext& job);

    ReportSubject subject_;
    GateRun* oracle_;
    StreamAgreement on_stream_;
    AgreementRecorder deployed_;
    std::size_t window_ = 0;
    Pass pass_ = Pass::kStream;
    double loss_sum_ = 0;
    std::vector<std::vector<float>> dense_nll_, deployed_nll_, oracle_nll_;  // [window][token]
};

}  // namespace gatescope
