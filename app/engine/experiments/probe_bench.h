#pragma once
// Where pieces of an experiment's work are timed: on random models with at most two of the layers and few of the
// tokens. Layers cost as many times that as there are, the head as many times as there are tokens. No torch.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "analysis/results.h"
#include "model/config.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

class ProbeBench {
  public:
    // `config`: of the model that the experiment is about.
    ProbeBench(const ModelConfig& config, const std::string& device, JobContext& job);
    ~ProbeBench();

    const ModelConfig& few() const { return few_; }        // two layers, hardly a head
    const ModelConfig& headed() const { return headed_; }  // the same with more of the head
    const ModelConfig& whole() const { return whole_; }
    const std::string& device() const { return device_; }
    JobContext& job() const { return job_; }
    double layers() const;  // of the model, in those of few()
    double heads() const;   // what headed() costs beyond few() is to be taken so many times
    // As many windows of a batch as are timed in place of all of them.
    std::int64_t windows(std::int64_t batch, std::int64_t window_length) const;

    // Seconds: the best of a few times, after one that warms up. Throws what `work` throws.
    double timed(const std::function<void()>& work) const;
    // What is known by `key`, else what `find` comes to.
    double once(const std::string& key, const std::function<double()>& find);

    // Made when first asked for.
    Transformer& model(const ModelConfig& config);
    std::shared_ptr<const TextWindows> text(std::int64_t window_length, std::int64_t windows) const;
    // What a head adds to a forward with losses of one window.
    double head_of_pass(std::int64_t window_length);

  private:
    ModelConfig whole_, few_, headed_;
    std::string device_;
    JobContext& job_;
    std::map<std::string, double> known_;
    std::map<const ModelConfig*, std::unique_ptr<Transformer>> models_;
};

}  // namespace gatescope
