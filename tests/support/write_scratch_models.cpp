// write_scratch_models FOLDER: writes scratch_models() there, for tests/golden/make_written_golden.py.
#include <cstdio>

#include "tests/support/scratch_models.h"

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: write_scratch_models FOLDER\n", stderr), 2;
    for (const gatescope::ScratchModel& model : gatescope::scratch_models())
        gatescope::write_scratch_model(std::filesystem::path(argv[1]) / model.name, model);
    return 0;
}
