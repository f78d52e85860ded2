#include "captures/components_file.h"

#include "captures/capture_kind.h"
#include "captures/components_group.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"
#include "captures/model_group.h"
#include "captures/rehearsal.h"
#include "captures/root_group.h"
#include "model/core/error.h"
#include "model/core/last_part.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

const std::string kComponents = "/components";
const std::string kText = "/text";

IndexSet set_of(const ComponentsFile& file, std::int64_t ComponentsRequest::*index) {
    std::vector<std::int64_t> found;
    for (const auto& head : file.heads) found.push_back(head->request.*index);
    return IndexSet(found);
}

RootAttributes root_of(const ComponentsFile& file) {
    RootAttributes out;
    out.created = file.created;
    out.command = file.command;
    out.device = "cpu";
    out.dtype = "float64";  // of the arithmetic
    out.complete = true;
    return out;
}

void write_all(h5::Writer& out, const ComponentsFile& file) {
    if (!file.model || file.heads.empty())
        throw Failure(FailureKind::kInternal, "components without a model or a head can't be written");
    write_root(out, root_of(file));
    write_model(out, "/", *file.model, set_of(file, &ComponentsRequest::layer), set_of(file, &ComponentsRequest::head));
    if (!file.text_name.empty()) {
        out.group(kText);
        out.attribute(kText, "name", last_part(file.text_name));
        out.attribute(kText, "sha256", file.text_sha256);
    }
    out.group(kComponents);
    for (const auto& head : file.heads) write_head(out, kComponents, *head, file.pieces);
}

std::shared_ptr<const ComponentsFile> read(const std::filesystem::path& path) {
    const h5::Reader in(path);
    const RootAttributes root = read_root(in);
    require_kind(in, CaptureKind::kComponents);
    auto out = std::make_shared<ComponentsFile>();
    out->command = root.command;
    out->created = root.created;
    const StoredModel stored = read_model(in, "/");
    out->model = stored.model;
    if (in.has(kText)) {
        out->text_name = in.text(kText, "name");
        out->text_sha256 = in.text(kText, "sha256");
    }
    for (const std::string& name : in.members(kComponents)) {
        const std::string group = below(kComponents, name);
        if (in.has_dataset(group)) continue;
        HeadComponents head = read_head(in, group, out->pieces);
        if (head.request.layer >= stored.model->config.n_layers || head.request.head >= stored.model->config.n_heads)
            throw Failure(FailureKind::kBadFile, "is of a head that the model does not have", in.where(group));
        out->heads.push_back(std::make_shared<const HeadComponents>(std::move(head)));
    }
    if (out->heads.empty()) throw Failure(FailureKind::kBadFile, "holds no head", in.where(kComponents));
    return out;
}

}  // namespace

void write_components(const ComponentsFile& components, const std::filesystem::path& path, bool overwrite,
                      JobContext& job) {
    OutputFile file(path, overwrite);
    job.begin("Writing components", "heads", static_cast<double>(components.heads.size()));
    h5::Writer out;
    write_all(out, components);
    file.write(out.finish());
    file.publish();
}

std::shared_ptr<const ComponentsFile> read_components(const std::filesystem::path& path) {
    rehearse([&path] { read(path); }, path.string());
    return read(path);
}

}  // namespace gatescope
