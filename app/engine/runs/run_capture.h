#pragma once
// run.h5 of a run that has trained all its steps. No torch.

#include "analysis/training/training_results.h"

namespace gatescope {

// Does it say what the run came to? Not where it is missing or damaged, nor where an earlier stop wrote it: what a full
// disk or a kill behind the last checkpoint leaves. On the one thread that HDF5 knows.
bool capture_is_whole(const RunView& run);

}  // namespace gatescope
