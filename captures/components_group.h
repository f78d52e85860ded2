#pragma once
// One head's components in a file: /components/layer_L_head_H.

#include <cstdint>
#include <map>
#include <string>

#include "analysis/spectra/survey_results.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// `pieces`: bytes of the window's ids, as far as known. Throws Failure(kInternal) for a head that is there already.
void write_head(h5::Writer& out, const std::string& parent, const HeadComponents& head,
                const std::map<std::int32_t, std::string>& pieces);

// Adds the pieces of the window's ids to `pieces`. Throws Failure(kBadFile) naming the dataset.
HeadComponents read_head(const h5::Reader& in, const std::string& group, std::map<std::int32_t, std::string>& pieces);

}  // namespace gatescope
