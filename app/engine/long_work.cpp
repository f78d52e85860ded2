#include "app/engine/long_work.h"

#include <utility>

#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {

std::string folder_name(const std::filesystem::path& folder, const std::string& of) {
    if (folder.empty()) throw Failure(FailureKind::kUsage, "no folder is named", of);
    const std::string out = std::filesystem::absolute(folder).lexically_normal().string();
    return out.size() > 1 && out.ends_with('/') ? out.substr(0, out.size() - 1) : out;
}

JobTask capture_job(const MakeTask& task, const std::string& what, std::function<void(JobContext&)> write,
                    std::function<void(const Error&)> failed) {
    JobTask job = task("write " + what, JobPriority::kNormal, "Writing " + last_part(what), "");
    job.listed = false;
    job.outlasts = true;
    job.step = [write = std::move(write)](JobContext&) {
        JobContext whole;
        write(whole);
        return false;
    };
    job.ended = [failed = std::move(failed)](const tl::expected<void, Error>& outcome) {
        if (!outcome && !outcome.error().cancelled) failed(outcome.error());
    };
    return job;
}

}  // namespace gatescope
