// Prints how long frames of the window take: frame_times [TOKENS [FRAMES]]. Not a test: numbers depend on the machine.
#include <cstdio>
#include <cstdlib>

#include "app/window/measure_frames.h"
#include "model/core/error.h"
#include "tests/support/fake_lab.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/fake_spectra.h"
#include "tests/support/fake_training.h"

int main(int argc, char** argv) {
    gatescope::fake::Shape shape;
    if (argc > 1) shape.tokens = std::atoll(argv[1]);
    const int frames = argc > 2 ? std::atoi(argv[2]) : 200;
    const auto snapshot = std::make_shared<const gatescope::Snapshot>(gatescope::fake::snapshot(shape));
    const gatescope::FrameTimes built = gatescope::measure_frames(snapshot, frames);
    std::printf("build: median %.2f ms, 95th percentile %.2f ms; %d draw calls, %d vertices\n", built.build_median_ms,
                built.build_95_ms, built.draw_calls, built.vertices);
    gatescope::ViewState gates;
    gates.layout = gatescope::LayoutId::kGates;
    const gatescope::FrameTimes compared = gatescope::measure_frames(snapshot, frames, 1600, 1000, gates);
    std::printf("build, layout Gates: median %.2f ms, 95th percentile %.2f ms; %d draw calls, %d vertices\n",
                compared.build_median_ms, compared.build_95_ms, compared.draw_calls, compared.vertices);
    gatescope::ViewState runs;
    runs.layout = gatescope::LayoutId::kRuns;
    const auto lab = std::make_shared<const gatescope::Snapshot>(gatescope::fake::lab());
    const gatescope::FrameTimes drawn = gatescope::measure_frames(lab, frames, 1600, 1000, runs);
    std::printf("build, layout Runs: median %.2f ms, 95th percentile %.2f ms; %d draw calls, %d vertices\n",
                drawn.build_median_ms, drawn.build_95_ms, drawn.draw_calls, drawn.vertices);
    gatescope::ViewState kernels;
    kernels.layout = gatescope::LayoutId::kSpectra;
    kernels.spectra.depth = gatescope::DepthChart::kRanks;
    const auto spectra = std::make_shared<const gatescope::Snapshot>(gatescope::fake::spectra_session(shape));
    const gatescope::FrameTimes parts = gatescope::measure_frames(spectra, frames, 1600, 1000, kernels);
    std::printf("build, layout Spectra: median %.2f ms, 95th percentile %.2f ms; %d draw calls, %d vertices\n",
                parts.build_median_ms, parts.build_95_ms, parts.draw_calls, parts.vertices);
    auto many = *spectra;
    auto survey = std::make_shared<gatescope::SpectraSurvey>(*many.survey);
    for (int more = 0; more < 2; ++more)
        survey->models.insert(survey->models.end(), spectra->survey->models.begin(), spectra->survey->models.end());
    many.survey = survey;
    const gatescope::FrameTimes dots =
        gatescope::measure_frames(std::make_shared<const gatescope::Snapshot>(many), frames, 1600, 1000, kernels);
    std::printf("build, layout Spectra over 5,598 heads: median %.2f ms, 95th percentile %.2f ms; %d vertices\n",
                dots.build_median_ms, dots.build_95_ms, dots.vertices);
    gatescope::ViewState training;
    training.layout = gatescope::LayoutId::kTraining;
    const auto long_runs = std::make_shared<const gatescope::Snapshot>(gatescope::fake::long_training());
    const gatescope::FrameTimes curves = gatescope::measure_frames(long_runs, frames, 1600, 1000, training);
    std::printf(
        "build, layout Training, 12 runs of 1,000 reports: median %.2f ms, 95th percentile %.2f ms; %d draw calls, %d "
        "vertices\n",
        curves.build_median_ms, curves.build_95_ms, curves.draw_calls, curves.vertices);
    // A report in every frame: a run that trains sends a few pictures a second.
    auto later = *long_runs;
    ++later.id;
    for (auto& run : later.runs) run = std::make_shared<gatescope::RunView>(*run);
    const gatescope::FrameTimes moving = gatescope::measure_frames(long_runs, frames, 1600, 1000, training,
                                                                   std::make_shared<const gatescope::Snapshot>(later));
    std::printf("the same, all runs new in every frame: median %.2f ms, 95th percentile %.2f ms\n",
                moving.build_median_ms, moving.build_95_ms);
    try {
        const gatescope::FrameTimes shown = gatescope::measure_screen(snapshot, frames);
        std::printf("whole frame: median %.2f ms, 95th percentile %.2f ms\n", shown.whole_median_ms, shown.whole_95_ms);
    } catch (const gatescope::Failure& failure) {
        std::printf("whole frame: %s\n", failure.what());
    }
    return 0;
}
