#include "app/cli/way_on.h"

#include "app/cli/options.h"
#include "app/engine/command_line.h"
#include "model/core/error.h"

namespace gatescope {

std::string machine_words(const Options& options) {
    const std::string device = options.device == "best" ? "" : " --device " + shell_quoted(options.device);
    return device + (options.threads.empty() ? "" : " --threads " + shell_quoted(options.threads));
}

void throw_with_way_on(const std::exception_ptr& ended, const std::string& way_on) {
    try {
        std::rethrow_exception(ended);
    } catch (const Failure& failure) {
        const FailureKind kind = failure.kind() == FailureKind::kUsage ? FailureKind::kUnsupported : failure.kind();
        throw Failure(kind, failure.fault(), failure.where(),
                      failure.hint().empty() ? way_on : failure.hint() + "; " + way_on);
    }
}

}  // namespace gatescope
