#include "captures/root_group.h"

#include <charconv>
#include <filesystem>

#include "captures/privacy.h"
#include "captures/schema.h"
#include "model/core/error.h"
#include "model/core/utc_time.h"

namespace gatescope {
namespace {

void check_format(const h5::Reader& in) {
    if (!in.has_attribute("/", "format") || in.text("/", "format") != schema::kFormat)
        throw Failure(FailureKind::kBadFile, "is no capture of Gatescope", in.where("/@format"));
    const std::string version = in.text("/", "version");
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    if (major != schema::kMajorVersion)
        throw Failure(FailureKind::kUnsupported, "version " + version + " can't be read", in.where("/@version"),
                      "this program reads versions 1.x");
}

}  // namespace

void write_root(h5::Writer& out, const RootAttributes& root) {
    out.attribute("/", "format", std::string(schema::kFormat));
    out.attribute("/", "version", std::string(schema::kVersion));
    out.attribute("/", "created", root.created.empty() ? utc_now() : root.created);
    out.attribute("/", "generator", std::string("gatescope " GATESCOPE_VERSION));
    out.attribute("/", "command", command_without_folders(root.command));
    out.attribute("/", "device", root.device);
    out.attribute("/", "dtype", root.dtype);
    out.attribute("/", "seed", root.seed);
    out.attribute("/", "complete", std::int64_t{root.complete ? 1 : 0});
    out.attribute("/", "windows", root.windows);
    out.attribute("/", "windows_done", root.windows_done);
    out.attribute("/", "window_length", root.window_length);
}

RootAttributes read_root(const h5::Reader& in) {
    check_format(in);
    RootAttributes out;
    out.created = in.text("/", "created");
    out.command = in.text("/", "command");
    out.device = in.text("/", "device");
    out.dtype = in.text("/", "dtype");
    out.seed = in.integer("/", "seed");
    out.complete = in.integer("/", "complete") == 1;
    out.window_length = in.integer("/", "window_length");
    out.windows = in.integer("/", "windows");
    out.windows_done = in.has_attribute("/", "windows_done") ? in.integer("/", "windows_done") : out.windows;
    return out;
}

}  // namespace gatescope
