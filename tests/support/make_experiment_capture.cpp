// make_experiment_capture OUT.h5: the synthetic experiment as a capture.
#include <cstdio>

#include "captures/experiment_file.h"
#include "tests/support/synthetic_experiment.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        gatescope::JobContext job;
        gatescope::write_experiment(gatescope::synthetic_experiment(), argv[1], true, job);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
