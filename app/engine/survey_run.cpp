#include "app/engine/survey_run.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "analysis/spectra/weight_spectra.h"
#include "app/engine/models.h"
#include "app/engine/now.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

std::uint64_t next_survey_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

// A name that is there already gets a number behind it.
std::string unique_name(const std::string& name, const std::set<std::string>& taken) {
    std::string out = name;
    for (int number = 2; taken.contains(out); ++number) out = name + " (" + std::to_string(number) + ")";
    return out;
}

template <typename Call>
auto named_after(const std::string& model, Call call) {
    try {
        return call();
    } catch (const Failure& failure) {
        if (failure.where().find(model) != std::string::npos) throw;
        throw failure.at(model);
    }
}

}  // namespace

