#include "captures/model_group.h"

#include <algorithm>
#include <functional>

#include "captures/config_json.h"
#include "captures/privacy.h"
#include "captures/root_group.h"
#include "captures/schema.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

void write_indices(h5::Writer& out, const std::string& base, const char* name,
                   const std::vector<std::int64_t>& members) {
    out.scale(base, name, std::vector<std::int32_t>(members.begin(), members.end()));
}

class ModelReader {
  public:
    ModelReader(const h5::Reader& in, const std::string& base) : in_(in), base_(base), group_(below(base, "model")) {}

    StoredModel read() {
        StoredModel out;
        out.layers = indices(schema::kLayer);
        out.heads = indices(schema::kHead);
        auto model = std::make_shared<ModelSummary>(words());
        if (const std::string shape = optional_text("shape"); !shape.empty()) {
            model->config = parse_config(shape, in_.where(group_ + "@shape"));
        } else {  // a capture that another program made
            model->config.family = model->architecture;
            model->config.n_layers = out.layers.back() + 1;
            model->config.n_heads = out.heads.back() + 1;
        }
        out.layer_set = set_of(out.layers, model->config.n_layers, schema::kLayer);
        out.head_set = set_of(out.heads, model->config.n_heads, schema::kHead);
        out.model = model;
        return out;
    }

  private:
    [[noreturn]] void refuse(const std::string& name, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, in_.where(below(base_, name)));
    }

    std::vector<std::int32_t> indices(const std::string& name) const {
        const std::vector<std::int32_t> values = in_.int_list(below(base_, name));
        if (values[0] < 0 || std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) != values.end())
            refuse(name, "is not ascending");
        return values;
    }

    IndexSet set_of(const std::vector<std::int32_t>& indices, std::int64_t count, const std::string& name) const {
        if (indices.back() >= count) refuse(name, "names " + name + "s that the model does not have");
        const bool all = static_cast<std::int64_t>(indices.size()) == count;
        return all ? IndexSet() : IndexSet({indices.begin(), indices.end()});
    }

    std::string optional_text(const char* name) const {
        return in_.has_attribute(group_, name) ? in_.text(group_, name) : std::string();
    }

    std::uint64_t count(const char* name) const {
        return in_.has_attribute(group_, name) ? static_cast<std::uint64_t>(in_.integer(group_, name)) : 0;
    }

    ModelSummary words() const {
        ModelSummary out;
        out.name = in_.text(group_, "name");
        out.sha256 = in_.text(group_, "sha256");
        out.architecture = in_.text(group_, "architecture");
        out.config_json = in_.text(group_, "config");
        out.tokenizer = in_.text(group_, "tokenizer");
        out.format = optional_text("format");
        out.weight_dtypes = optional_text("weight_dtypes");
        out.parameter_count = count("parameter_count");
        out.size_bytes = count("size_bytes");
        return out;
    }

    const h5::Reader& in_;
    std::string base_, group_;
};

}  // namespace

std::string below(const std::string& base, const std::string& name) {
    return base == "/" ? "/" + name : base + "/" + name;
}

void write_model(h5::Writer& out, const std::string& base, const ModelSummary& model, const IndexSet& layers,
                 const IndexSet& heads) {
    write_indices(out, base, schema::kLayer, layers.members(model.config.n_layers));
    write_indices(out, base, schema::kHead, heads.members(model.config.n_heads));
    const std::string group = below(base, "model");
    out.group(group);
    out.attribute(group, "name", last_part(model.name));
    out.attribute(group, "sha256", model.sha256);
    out.attribute(group, "architecture", model.architecture);
    out.attribute(group, "config", text_without_folders(model.config_json));
    out.attribute(group, "tokenizer", model.tokenizer);
    out.attribute(group, "shape", print_config(model.config));
    out.attribute(group, "format", model.format);
    out.attribute(group, "weight_dtypes", model.weight_dtypes);
    out.attribute(group, "parameter_count", static_cast<std::int64_t>(model.parameter_count));
    out.attribute(group, "size_bytes", static_cast<std::int64_t>(model.size_bytes));
}

StoredModel read_model(const h5::Reader& in, const std::string& base) {
    return ModelReader(in, base).read();
}

}  // namespace gatescope
