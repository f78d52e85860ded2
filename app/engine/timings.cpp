#include "app/engine/timings.h"

#include <c10/core/InferenceMode.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <map>

#include "analysis/abilities.h"
#include "analysis/measurement.h"
#include "analysis/request_check.h"
#include "analysis/spectra/activation_spectra.h"
#include "app/engine/gate_timings.h"
#include "app/engine/seconds_of.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kShortWindow = 512;

constexpr const char* kPlain = "plain forward";

// `random` does the work of `learned`, without a file. A set known in advance is told by long windows.
const std::vector<std::string> kShortGates = {"oracle:k=64", "random:k=64", "block:b=16,n=4"};
const std::vector<std::string> kLongGates = {"window:sinks=4,local=508"};

class Timer {
  public:
    Timer(std::string model, std::string text, DeviceWish wish, int repeats, JobContext& job)
        : model_name_(std::move(model)),
          text_name_(std::move(text)),
          wish_(std::move(wish)),
          repeats_(repeats),
          job_(job) {}

    std::vector<Timing> run(std::int64_t long_window) {
        job_.begin("Timing", "steps", long_window > 0 ? 25 : 20);
        load("float32");
        lengths(kShortWindow);
        if (long_window > 0) lengths(long_window);
        load("bfloat16");
        const auto text = open(kShortWindow);
        add("plain forward, bfloat16, T = " + std::to_string(kShortWindow), best([&] { forward(*text); }),
            kShortWindow);
        add("forward and nll, bfloat16, T = " + std::to_string(kShortWindow),
            best([&] { run_request(plain_request(kShortWindow), text); }), kShortWindow);
        return std::move(out_);
    }

  private:
    void load(const std::string& dtype) {
        model_.reset();
        wish_.dtype = dtype;
        JobContext quiet;
        add("load, " + dtype, seconds_of([&] { model_ = open_model(model_name_, true, false, wish_, quiet); }), 0);
        if (const std::string why = why_no_perplexity(model_->summary->config); !why.empty())
            throw Failure(FailureKind::kUnsupported, why, model_name_, "the timings are of perplexity");
        if (dtype != "float32") return;
        const auto text = open(kShortWindow);
        const double heatmap = seconds_of([&] {
            RunRequest request = plain_request(kShortWindow);
            Measurement measurement(*model_->transformer, request, model_->summary, text);
            measurement.pattern(0, 0, 0, nullptr, nullptr, quiet);
        });
        add("load and first heatmap", out_.back().seconds + heatmap, 0);
    }

    void lengths(std::int64_t length) {
        const std::string t = ", T = " + std::to_string(length);
        const auto text = open(length);
        const double plain = best([&] { forward(*text); });
        plain_[length] = plain;
        add("plain forward, float32" + t, plain, length);
        add("forward and nll" + t, best([&] { run_request(plain_request(length), text); }), length);
        RunRequest concentration = plain_request(length);
        concentration.concentration = true;
        add("forward, nll and concentration" + t, best([&] { run_request(concentration, text); }), length);
        ActivationRecorder spectra(analysed_heads(concentration, model_->summary->config), length,
                                   model_->summary->config.d_head);
        add("forward with activation spectra" + t, best([&] { forward(*text, &spectra); }), length);
        GateTimer gates(*model_, text, repeats_, job_, [this](Timing row) { add(std::move(row)); });
        gates.forwards(length == kShortWindow ? kShortGates : kLongGates);
        if (length == kShortWindow) gates.toggles(toggles());
    }

    // On all layers, and on the last third: 20 to 29 of the sample's.
    std::vector<std::string> toggles() const {
        const std::int64_t n_layers = model_->summary->config.n_layers;
        const std::string late = "@" + std::to_string(n_layers * 2 / 3) + "-" + std::to_string(n_layers - 1);
        std::vector<std::string> out = kShortGates;
        for (const char* gate : {"oracle:k=64", "random:k=64", "block:b=16,n=4", "heavy:k=64", "uniform:k=64"})
            out.push_back(gate + late);
        return out;
    }

    static RunRequest plain_request(std::int64_t length) {
        RunRequest request;
        request.window_length = length;
        request.windows = 1;
        request.concentration = request.agreement = false;
        return request;
    }

    std::shared_ptr<const TextWindows> open(std::int64_t length) {
        JobContext quiet;
        return open_text(text_name_, *model_, length, 1, quiet);
    }

    void forward(const TextWindows& text, Observer* observer = nullptr) {
        const c10::InferenceMode no_gradients;
        ForwardRequest request;
        request.ids = text.windows.front();
        if (observer != nullptr) request.observers = {observer};
        JobContext quiet;
        model_->transformer->forward(request, quiet);
    }

    void run_request(const RunRequest& request, const std::shared_ptr<const TextWindows>& text) {
        JobContext quiet;
        measure(*model_->transformer, request, model_->summary, text, quiet);
    }

    // The first run warms up and counts like the others: the best one is free of it.
    double best(const std::function<void()>& work) {
        double seconds = 0;
        for (int n = 0; n < repeats_; ++n) {
            job_.tick();
            const double now = seconds_of(work);
            seconds = n == 0 ? now : std::min(seconds, now);
        }
        return seconds;
    }

    void add(std::string name, double seconds, std::int64_t length) {
        const auto plain = plain_.find(length);
        if (plain == plain_.end()) return add({std::move(name), seconds});
        add({std::move(name), seconds, seconds / plain->second, kPlain});
    }

    void add(Timing row) {
        out_.push_back(std::move(row));
        job_.tick(++done_);
    }

    std::string model_name_, text_name_;
    DeviceWish wish_;
    int repeats_;
    JobContext& job_;
    std::unique_ptr<Model> model_;
    std::map<std::int64_t, double> plain_;
    std::vector<Timing> out_;
    double done_ = 0;
};

}  // namespace

std::vector<Timing> time_parts(const std::string& model, const std::string& text, DeviceWish wish,
                               std::int64_t long_window, int repeats, JobContext& job) {
    return Timer(model, text, std::move(wish), repeats, job).run(long_window);
}

std::uint64_t peak_memory_bytes() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace gatescope
