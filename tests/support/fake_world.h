#pragma once
// Stands in, at link time, for models, texts, measurements and captures: a session's behaviour is tested against work
// that takes exactly as long as the test says.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "analysis/spectra/survey_results.h"
#include "tests/support/fake_experiment_run.h"
#include "tests/support/fake_runs.h"

namespace gatescope {

struct FakeWorld {
    std::atomic<bool> hold{false};          // a window ticks on until this is false
    std::atomic<bool> hold_keys{false};     // so does a pass for a gate's keys
    std::atomic<bool> hold_headers{false};  // so does reading headers
    std::atomic<bool> hold_loading{false};  // and loading weights
    std::atomic<std::int64_t> headers_read{0}, models_loaded{0};
    std::atomic<std::uint64_t> memory_there{1'000'000};
    std::atomic<std::int64_t> windows_run{0};  // to their end
    std::atomic<std::int64_t> passes_for_maps{0};
    std::atomic<std::int64_t> lab_windows_run{0};  // of sweeps and sensitivity maps
    std::atomic<std::int64_t> texts_read{0};
    std::atomic<std::int64_t> texts_written{0};
    std::atomic<bool> hold_training{false};  // a step of a distillation ticks on until this is false
    std::atomic<std::int64_t> steps_trained{0}, gates_written{0};
    std::atomic<bool> hold_spectra{
        false};  // a layer of weight kernels, from hold_spectra_at on, ticks on until this is
    std::atomic<std::int64_t> hold_spectra_at{0};  // false
    std::function<void()> at_last_layer;  // called as a run of weight kernels has done it, before anybody hears of it
    std::atomic<std::int64_t> weight_runs{0}, spectra_layers{0};  // begun, and layers done
    std::atomic<std::int64_t> spectra_windows{0};                 // of activations
    std::atomic<bool> hold_spectra_windows{false};
    std::atomic<bool> fail_spectra_windows{false};
    std::atomic<bool> hold_components{false};
    std::atomic<std::int64_t> components_found{0};
    std::atomic<std::int64_t> figures_drawn{0};
    FakeRuns runs;  // of training
    FakeExperiments experiments;
    std::vector<std::shared_ptr<const SpectraSurvey>> surveys_written;  // read once a message says so
    std::function<void(const std::string& status)> at_status;           // called as a distillation is told its status
    std::string trained_on;                                             // the model's hash, as the gate file has it
    std::shared_ptr<const RunResult> written;                           // read after the message that says so
};

// Of the running test.
FakeWorld& world();
// A new one for the next test; no session may be alive.
void renew_world();

// Fake models are "sample", "other" (one layer), "broken" which can't be loaded, "torn" whose kernels can't be read to
// the end, "large", and every checkpoint-STEP of a training run; any other is not found.
// They have 10 weights, "large" has 1000; a window takes a byte a token. Texts:
// "sample", "other"; 4 windows of whatever length. NLL under dense is 2, under oracle:k=N 2 + 1/N.

}  // namespace gatescope
