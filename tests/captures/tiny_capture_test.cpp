// Captures of version 1 that were written once and stay in the repository.
#include "captures/capture.h"
#include "tests/captures/run_equality.h"
#include "tests/support/synthetic_run.h"

namespace gatescope {
namespace {

TEST(TinyCapture, IsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_run(), *read_capture(GATESCOPE_SAMPLE_CAPTURES "/tiny.h5"));
}

TEST(TinyCapture, OfTheGateLabIsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_lab_run(), *read_capture(GATESCOPE_SAMPLE_CAPTURES "/lab.h5"));
}

}  // namespace
}  // namespace gatescope
