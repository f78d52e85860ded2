#include "app/engine/experiments/probe_bench.h"

#include <algorithm>
#include <random>

#include "app/engine/seconds_of.h"
#include "model/transformer/device.h"
#include "model/transformer/parameters.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kFewLayers = 2, kFewTokens = 32, kHeadTokens = 8192;

// About, of matrices.
double values_of_layer(const ModelConfig& config) {
    const auto d_model = static_cast<double>(config.d_model), d_mlp = static_cast<double>(config.d_mlp);
    return d_model * (4 * d_model + 3 * d_mlp);
}

// Of a large model one layer is enough to time, and in memory, where it has gradients and moments.
ModelConfig cut(ModelConfig config, std::int64_t d_vocab) {
    constexpr double kLarge = 3e7;
    const std::int64_t few = values_of_layer(config) > kLarge ? 1 : kFewLayers;
    config.n_layers = std::min(config.n_layers, few);
    if (!config.windowed_layers.empty()) config.windowed_layers.resize(static_cast<std::size_t>(config.n_layers));
    config.d_vocab = std::min(config.d_vocab, d_vocab);
    return config;
}

}  // namespace

ProbeBench::ProbeBench(const ModelConfig& config, const std::string& device, JobContext& job)
    : whole_(config), few_(cut(config, kFewTokens)), headed_(cut(config, kHeadTokens)), device_(device), job_(job) {}

ProbeBench::~ProbeBench() = default;

double ProbeBench::layers() const {
    return static_cast<double>(whole_.n_layers) / static_cast<double>(few_.n_layers);
}

double ProbeBench::heads() const {
    return static_cast<double>(whole_.d_vocab - few_.d_vocab) /
           static_cast<double>(std::max<std::int64_t>(headed_.d_vocab - few_.d_vocab, 1));
}

// On a GPU a batch takes less than its windows one by one, and a whole one is soon done.
std::int64_t ProbeBench::windows(std::int64_t batch, std::int64_t window_length) const {
    constexpr double kMostFlops = 1e11;
    if (!parse_device(device_).is_cpu()) return batch;
    const double values = static_cast<double>(few_.n_layers) * values_of_layer(whole_) +
                          static_cast<double>(whole_.d_model * headed_.d_vocab);
    const double flops = 6 * values * static_cast<double>(window_length);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(kMostFlops / flops), 1, batch);
}

double ProbeBench::timed(const std::function<void()>& work) const {
    constexpr double kLong = 1.0, kEnough = 0.3;
    constexpr int kRepeats = 6;
    double best = seconds_of(work), spent = 0;
    if (best > kLong) return best;
    best = seconds_of(work);
    for (int n = 1; n < kRepeats && spent < kEnough; ++n) {
        job_.tick();
        const double seconds = seconds_of(work);
        spent += seconds;
        best = std::min(best, seconds);
    }
    return best;
}

double ProbeBench::once(const std::string& key, const std::function<double()>& find) {
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    job_.tick();
    return known_.emplace(key, find()).first->second;
}

Transformer& ProbeBench::model(const ModelConfig& config) {
    auto& model = models_[&config];
    constexpr double kDeviation = 0.02;
    if (!model) {
        const at::Device device = parse_device(device_);
        model = make_transformer(config, random_parameters(config, 0, kDeviation, device), device, DataType::kFloat32);
    }
    return *model;
}

std::shared_ptr<const TextWindows> ProbeBench::text(std::int64_t window_length, std::int64_t windows) const {
    auto out = std::make_shared<TextWindows>();
    out->name = "random ids";
    out->window_length = window_length;
    std::mt19937 draw(1);
    for (std::int64_t n = 0; n < windows; ++n) {
        auto& window = out->windows.emplace_back();
        for (std::int64_t i = 0; i < window_length; ++i)
            window.push_back(static_cast<std::int32_t>(draw() % static_cast<std::uint32_t>(few_.d_vocab)));
    }
    return out;
}

double ProbeBench::head_of_pass(std::int64_t window_length) {
    return once("head of a pass " + std::to_string(window_length), [&] {
        const auto windows = text(window_length, 1);
        const std::vector<std::int32_t>& ids = windows->windows.front();
        const auto seconds = [&](const ModelConfig& config) {
            Transformer& decoder = model(config);
            return timed([&] {
                (void)decoder.token_nll(decoder.forward({.ids = ids, .nominal_window = window_length}, job_), ids,
                                        job_);
            });
        };
        return std::max(seconds(headed_) - seconds(few_), 0.0) * heads();
    });
}

}  // namespace gatescope
