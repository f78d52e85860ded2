#pragma once
// What the worker works at: the measurement of the shown model and text, and the head that is looked at. Only the
// worker's thread touches it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/measurement.h"
#include "analysis/results.h"
#include "app/engine/commands.h"
#include "app/engine/models.h"
#include "app/engine/spectra_pass.h"

namespace gatescope {

// A loaded model and a text cut with its tokenizer.
struct Source {
    std::shared_ptr<Model> model;
    std::shared_ptr<const TextWindows> text;
};

// The gates of the two slots; none by default.
struct GatePair {
    GateSpec a, b;
    // Those to measure: none that is dense, none twice.
    std::vector<GateSpec> measured() const;
};

class Bench {
  public:
    // Starts afresh on `source`, without gates, and keeps q and k of window `kept`. Throws Failure and leaves what was
    // there.
    void begin(Source source, RunRequest request, std::int64_t kept);
    // Lets the model go.
    void clear();
    bool empty() const { return measurement_ == nullptr; }
    // Passes that stay keep their windows; false when nothing changed. Throws Failure and leaves the gates that were
    // there.
    bool set_gates(const GatePair& gates, JobContext& job);
    // A gate's file holds another gate now: those that read it are taken off. False: there are none.
    bool file_changed(const std::string& path);
    const GatePair& gates() const { return gates_; }
    const RunRequest& request() const { return request_; }
    const Source& source() const { return source_; }

    // One window; false when all is done.
    bool step(JobContext& job);
    double done() const;
    double total() const;
    // The picture so far; nullptr before the first window.
    std::shared_ptr<const RunResult> result() const;

    // Runs the induction pass for what is measured here.
    void measure_induction(JobContext& job);

    bool has_induction() const { return induction_.has_value(); }

    // Spectra of activations over the same windows: a pass of their own, as spectra_pass.h says.
    bool spectra_step(const SpectraRequest& wish, JobContext& job);
    const SpectraPass& spectra() const { return spectra_; }

    // Grows with every change of what result() says.
    std::uint64_t version() const { return version_; }

    // The wish, brought into the model's and the text's range.
    ShowHead in_range(const ShowHead& wish) const;
    // Needs map() no pass?
    bool map_ready(const ShowHead& head) const;
    // The head's map; where its window is not kept, a dense pass over it runs. Kept keys of those gates of the pair
    // that the measurement has by then.
    std::shared_ptr<const PatternMatrix> map(const ShowHead& head, const GatePair& gates, JobContext& job);
    // Would map() show more kept keys than `map` does?
    bool map_can_grow(const PatternMatrix& map, const GatePair& gates) const;
    // Gates of the pair whose keys for `window` no step will bring any more: a pass over it has to.
    bool keys_need_pass(const ShowHead& head, const GatePair& gates) const;
    // Runs what passes that takes.
    void bring_keys(const ShowHead& head, JobContext& job);

  private:
    bool keys_ready(const ShowHead& head, const GateSpec& gate) const;

    // The model outlives the measurement on it.
    Source source_;
    RunRequest request_;
    GatePair gates_;
    std::unique_ptr<Measurement> measurement_;
    SpectraPass spectra_;                     // kept when gates change
    std::optional<Concentration> induction_;  // its two figures and its ids
    std::uint64_t version_ = 0;
};

// The measurement's result with what only the engine knows: an id that no other result has, the weights' hash, the
// command line, a sensitivity map and spectra where there are any.
std::shared_ptr<const RunResult> dressed(const RunResult& bare, std::uint64_t id,
                                         std::shared_ptr<const ModelSummary> model, const std::string& command,
                                         std::shared_ptr<const SensitivityResult> sensitivity = nullptr,
                                         std::shared_ptr<const Spectra> spectra = nullptr);

}  // namespace gatescope
