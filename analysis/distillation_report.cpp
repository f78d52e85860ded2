#include "analysis/distillation_report.h"

#include <cmath>

#include "analysis/perplexity.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Mean over layers and heads; those where it is not defined (no query has more than k keys) apart.
double mean_of(const HeadGrid& grid) {
    double sum = 0;
    std::int64_t count = 0;
    for (const float value : grid.values)
        if (!std::isnan(value)) {
            sum += static_cast<double>(value);
            ++count;
        }
    return sum / static_cast<double>(count);
}

}  // namespace

DistillationReport::DistillationReport(const ReportSubject& subject, GateRun* oracle)
    : subject_(subject),
      oracle_(oracle),
      on_stream_(subject.analysed, subject.deployed, subject.window_length),
      deployed_(subject.analysed, subject.deployed.spec(), subject.window_length) {}

bool DistillationReport::step(JobContext& job) {
    switch (pass_) {
        case Pass::kStream:
            stream(job);
            pass_ = Pass::kDeployed;
            return true;
        case Pass::kDeployed:
            add_losses(&subject_.deployed, {&deployed_}, deployed_nll_, job);
            if (oracle_ != nullptr) {
                pass_ = Pass::kOracle;
                return true;
            }
            break;
        case Pass::kOracle:
            add_losses(oracle_, {}, oracle_nll_, job);
            break;
    }
    pass_ = Pass::kStream;
    return ++window_ < subject_.windows.size();
}

// The dense model's losses are needed once, with the oracle's.
void DistillationReport::stream(JobContext& job) {
    const std::vector<std::int32_t>& ids = subject_.windows[window_];
    subject_.trainer.learn(false);
    const at::Tensor hidden_TD = subject_.model.forward({.ids = ids,
                                                         .window = static_cast<std::int64_t>(window_),
                                                         .nominal_window = subject_.window_length,
                                                         .observers = {&subject_.trainer, &on_stream_}},
                                                        job);
    if (oracle_ != nullptr) dense_nll_.push_back(subject_.model.token_nll(hidden_TD, ids, job));
    on_stream_.commit();
    loss_sum_ += subject_.trainer.loss();
}

void DistillationReport::add_losses(GateRun* gate, std::vector<Recorder*> recorders,
                                    std::vector<std::vector<float>>& rows, JobContext& job) {
    const std::vector<std::int32_t>& ids = subject_.windows[window_];
    const at::Tensor hidden_TD = subject_.model.forward({.ids = ids,
                                                         .window = static_cast<std::int64_t>(window_),
                                                         .nominal_window = subject_.window_length,
                                                         .gate = gate,
                                                         .observers = {recorders.begin(), recorders.end()}},
                                                        job);
    rows.push_back(subject_.model.token_nll(hidden_TD, ids, job));
    for (Recorder* recorder : recorders) recorder->commit();
}

std::map<std::string, double> DistillationReport::figures() const {
    const auto stream = on_stream_.grids(), deployed = deployed_.grids();
    return {{"loss", loss_sum_ / static_cast<double>(subject_.windows.size())},
            {"f1", mean_of(stream.at("f1"))},
            {"captured_mass", mean_of(stream.at("captured_mass"))},
            {"deployed_f1", mean_of(deployed.at("f1"))},
            {"perplexity", estimate_perplexity(deployed_nll_).perplexity}};
}

}  // namespace gatescope
