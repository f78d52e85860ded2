// Weight spectra of checkpoints: all heads as the program does them, and a sample by the small cores against the same
// figures from W itself, d_model x d_model in float64.
//
//     python3 tests/speed/make_spectra_checkpoints.py FOLDER; bench_spectra FOLDER/*
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "analysis/spectra/weight_spectra.h"
#include "model/families/families.h"
#include "model/kernels/head_factors.h"
#include "tests/model/kernels/naive_spectrum.h"

namespace gatescope {
namespace {

constexpr std::int64_t kSample = 3;  // heads of a checkpoint
constexpr int kRepeats = 20;         // of what is quick
constexpr std::size_t kLeading = 16;

template <typename Work>
double seconds_of(Work work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Comparison {
    double core_seconds = 0, naive_seconds = 0, difference = 0;
};

// The largest relative difference of the leading values.
double difference(const std::vector<double>& got, const std::vector<double>& want) {
    double worst = 0;
    for (std::size_t n = 0; n < std::min(kLeading, want.size()); ++n)
        worst = std::max(worst, std::abs(got[n] / want[n] - 1));
    return worst;
}

void compare(const HeadFactors& head, Comparison& out) {
    KernelSpectrum core, naive;
    out.core_seconds += seconds_of([&] {
                            for (int n = 0; n < kRepeats; ++n) core = kernel_spectrum(head.a_ED, head.b_ED);
                        }) /
                        kRepeats / kSample;
    out.naive_seconds += seconds_of([&] { naive = testing_support::naive_spectrum(head.a_ED, head.b_ED); }) / kSample;
    for (const auto list :
         {&KernelSpectrum::singular_values, &KernelSpectrum::skew_values, &KernelSpectrum::symmetric_values})
        out.difference = std::max(out.difference, difference(core.*list, naive.*list));
}

void bench(const std::string& path) {
    const std::shared_ptr<const CheckpointReader> checkpoint = open_checkpoint(path);
    const ModelConfig config = read_config(*checkpoint);
    WeightSpectraRun run(checkpoint, config, {}, {}, {.raw = true});
    JobContext job;
    const double all = seconds_of([&] {
        while (run.step(job)) continue;
    });
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const KernelReader reader(*checkpoint, config);
    Comparison sample;
    for (std::int64_t n = 0; n < kSample; ++n) {
        const std::int64_t layer = n * (config.n_layers - 1) / (kSample - 1);
        compare(head_factors(reader.read(layer), config, n % config.n_heads, false, 0), sample);
    }
    at::set_num_threads(threads);
    std::printf(
        "%s: %lld heads in %.2f s; one on one thread %.2f ms, by W itself %.0f ms: %.0f x; leading values differ by "
        "%.1e\n",
        path.c_str(), static_cast<long long>(config.n_layers * config.n_heads), all, sample.core_seconds * 1e3,
        sample.naive_seconds * 1e3, sample.naive_seconds / sample.core_seconds, sample.difference);
}

}  // namespace
}  // namespace gatescope

int main(int argc, char** argv) {
    try {
        for (int n = 1; n < argc; ++n) gatescope::bench(argv[n]);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_spectra: %s\n", failure.what());
        return 1;
    }
    return argc > 1 ? 0 : 2;
}
