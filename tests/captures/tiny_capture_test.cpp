// A capture of version 1 that was written once and stays in the repository.
#include "captures/capture.h"
#include "tests/captures/run_equality.h"
#include "tests/support/synthetic_run.h"

namespace gatescope {
namespace {

TEST(TinyCapture, IsReadForEverAsWhatWasWritten) {
    expect_equal(synthetic_run(), *read_capture(GATESCOPE_TINY_CAPTURE));
}

}  // namespace
}  // namespace gatescope
