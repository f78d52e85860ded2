// Captures of version 1 that were written once and stay in the repository.
#include "captures/capture.h"
#include "captures/experiment_file.h"
#include "captures/survey.h"
#include "tests/captures/experiment_equality.h"
#include "tests/captures/spectra_equality.h"
#include "tests/support/synthetic_experiment.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/synthetic_spectra.h"

namespace gatescope {
namespace {

TEST(TinyCapture, IsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_run(), *read_capture(GATESCOPE_SAMPLE_CAPTURES "/tiny.h5"));
}

TEST(TinyCapture, OfTheGateLabIsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_lab_run(), *read_capture(GATESCOPE_SAMPLE_CAPTURES "/lab.h5"));
}

TEST(TinyCapture, WithSpectraIsReadForEverAsWhatWasWritten) {
    const auto run = read_capture(GATESCOPE_SAMPLE_CAPTURES "/spectra.h5");
    expect_equal(synthetic_spectra_run(), *run);
    expect_equal(*synthetic_spectra_run().spectra, *run->spectra);
}

TEST(TinyCapture, OfASurveyIsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_survey(), *read_survey(GATESCOPE_SAMPLE_CAPTURES "/survey.h5"));
}

TEST(TinyCapture, OfComponentsIsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_components_file(), *read_components(GATESCOPE_SAMPLE_CAPTURES "/components.h5"));
}

TEST(TinyCapture, OfAnExperimentIsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_experiment(), *read_experiment(GATESCOPE_SAMPLE_CAPTURES "/experiment.h5"));
}

}  // namespace
}  // namespace gatescope
