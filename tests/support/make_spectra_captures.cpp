// make_spectra_captures FOLDER: the synthetic survey, run with spectra and components as survey.h5, spectra.h5 and
// components.h5.
#include <cstdio>
#include <filesystem>

#include "captures/capture.h"
#include "captures/components_file.h"
#include "captures/survey.h"
#include "tests/support/synthetic_spectra.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        const std::filesystem::path folder = argv[1];
        gatescope::JobContext job;
        gatescope::write_survey(gatescope::synthetic_survey(), folder / "survey.h5", true, job);
        gatescope::write_capture(gatescope::synthetic_spectra_run(), folder / "spectra.h5", true, job);
        gatescope::write_components(gatescope::synthetic_components_file(), folder / "components.h5", true, job);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
