#include "captures/capture_kind.h"

#include <fstream>
#include <optional>

#include "captures/capture.h"
#include "captures/rehearsal.h"
#include "captures/root_group.h"
#include "captures/schema.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

struct KindInfo {
    std::string what, but, hint;  // `but`: what one may have taken it for
};

KindInfo info_of(CaptureKind kind) {
    switch (kind) {
        case CaptureKind::kRun:
            return {"is the capture of a run on a text", "not a survey of checkpoints",
                    "the window opens it; `gatescope merge` puts its spectra into a survey"};
        case CaptureKind::kSurvey:
            return {"is a survey of checkpoints", "not the capture of a run on a text",
                    "the window's Spectra layout opens it, as do `gatescope figure` and `gatescope merge`"};
        case CaptureKind::kComponents:
            return {"holds what heads' components do", "no run and no survey",
                    "h5py and xarray open it; SCHEMA.md says what is in it"};
        case CaptureKind::kExperiment:
            return {"is the capture of an experiment", "not of a run on a text",
                    "the window's Experiments layout opens it; `gatescope experiment --show C.h5` prints its table and "
                    "`gatescope figure C.h5 experiment` draws it"};
    }
    return {};
}

}  // namespace

CaptureKind kind_of(const h5::Reader& in) {
    if (in.has(schema::kExperiment)) return CaptureKind::kExperiment;
    if (in.has("/components")) return CaptureKind::kComponents;
    const bool survey = in.has("/models") || (in.has("/spectra") && !in.has("/text"));
    return survey ? CaptureKind::kSurvey : CaptureKind::kRun;
}

void require_kind(const h5::Reader& in, CaptureKind wanted) {
    const CaptureKind found = kind_of(in);
    if (found == wanted) return;
    const KindInfo info = info_of(found);
    throw Failure(FailureKind::kUsage, info.what + ", " + info.but, in.where("/"), info.hint);
}

void refuse_capture_as_model(const std::filesystem::path& path) {
    std::string start(4, '\0');
    if (!std::ifstream(path, std::ios::binary).read(start.data(), 4) || start != "\x89HDF") return;
    std::optional<CaptureKind> found;
    try {
        const auto look = [&path] {
            const h5::Reader in(path);
            read_root(in);
            return kind_of(in);
        };
        rehearse([&look] { look(); }, path.string());
        found = look();
    } catch (const Failure&) {  // no capture, or none that can be told: who reads models says it better
        return;
    }
    const KindInfo info = info_of(*found);
    throw Failure(FailureKind::kUsage, info.what + ", no model", path.string(), info.hint);
}

}  // namespace gatescope
