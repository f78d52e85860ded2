#include "model/checkpoint/gguf_reader.h"

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/dequantize.h"
#include "model/checkpoint/gguf_header.h"
#include "model/checkpoint/mapped_file.h"

namespace gatescope {

namespace {

class GgufReader final : public CheckpointReader {
  public:
    explicit GgufReader(const std::filesystem::path& path)
        : file_(path), header_(located(path.string(), [this] { return parse_gguf_header(file_.bytes()); })) {}

    std::string format() const override { return "gguf"; }
    MetadataKind metadata_kind() const override { return MetadataKind::kGguf; }
    std::filesystem::path folder() const override { return {}; }
    std::vector<std::filesystem::path> weight_files() const override { return {file_.path()}; }
    const std::vector<TensorInfo>& tensors() const override { return header_.tensors; }
    const nlohmann::json& metadata() const override { return header_.metadata; }

    void read_float32(const TensorInfo& tensor, std::int64_t first_row, std::span<float> out) const override {
        file_.require_unchanged();
        const TensorType& type = readable_type(tensor);
        const auto row = static_cast<std::uint64_t>(tensor.shape.back());
        const auto rows = static_cast<std::uint64_t>(tensor.element_count()) / row;
        const auto first = static_cast<std::uint64_t>(first_row);
        const bool inside = first_row >= 0 && first <= rows && out.size() <= (rows - first) * row &&
                            out.size() % row == 0 && tensor.offset + tensor.size_bytes <= file_.bytes().size();
        if (!inside) throw Failure(FailureKind::kInternal, "rows asked for are not in the tensor", where(tensor));
        const std::uint64_t offset = tensor.offset + first * (row / type.block_values * type.block_bytes);
        type.dequantize(file_.bytes().data() + offset, out.size() / type.block_values, out.data());
    }

    void release(const TensorInfo& tensor) const override { file_.release(tensor.offset, tensor.size_bytes); }

  private:
    std::string where(const TensorInfo& tensor) const { return file_.path().string() + ": " + tensor.name; }

    const TensorType& readable_type(const TensorInfo& tensor) const {
        const TensorType* const type = find_tensor_type(tensor.dtype);
        if (type != nullptr && type->dequantize != nullptr) return *type;
        std::string readable;
        for (const TensorType& known : tensor_types())
            if (known.dequantize != nullptr) readable += (readable.empty() ? "" : ", ") + std::string(known.name);
        throw Failure(FailureKind::kUnsupported, tensor.dtype + " can't be read", where(tensor),
                      "types that can: " + readable);
    }

    MappedFile file_;
    GgufHeader header_;
};

}  // namespace

std::unique_ptr<CheckpointReader> open_gguf(const std::filesystem::path& path) {
    return std::make_unique<GgufReader>(path);
}

}  // namespace gatescope
