// make_tiny_capture OUT.h5: the synthetic run as a capture.
#include <cstdio>

#include "captures/capture.h"
#include "tests/support/synthetic_run.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        gatescope::JobContext job;
        gatescope::write_capture(gatescope::synthetic_run(), argv[1], true, job);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
