#include "model/checkpoint/safetensors_file.h"

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/lfs_pointer.h"
#include "model/checkpoint/mapped_file.h"
#include "model/checkpoint/safetensors_header.h"

namespace gatescope {
namespace {

class SafetensorsFile final : public TensorFile {
  public:
    explicit SafetensorsFile(const std::filesystem::path& path)
        : file_(path), header_(located(path.string(), [this] {
              refuse_lfs_pointer(file_.bytes());
              return parse_safetensors_header(file_.bytes());
          })) {}

    const std::filesystem::path& path() const override { return file_.path(); }
    const std::vector<TensorInfo>& tensors() const override { return header_.tensors; }

    void read_float32(std::size_t index, std::int64_t first_row, std::span<float> out) const override {
        const TensorInfo& tensor = header_.tensors[index];
        const NumberType& type = *located(file_.path().string(), [&] { return &readable_type(tensor); });
        read_numbers(file_, tensor.offset, type, rows(tensor, first_row, out.size()), out);
    }

    bool read_bfloat16(std::size_t index, std::int64_t first_row, std::span<std::uint16_t> out) const override {
        const TensorInfo& tensor = header_.tensors[index];
        if (tensor.dtype != "BF16") return false;
        const ElementRange range = rows(tensor, first_row, out.size());
        file_.read(tensor.offset + range.first * sizeof out[0], std::as_writable_bytes(out));
        return true;
    }

    void release(std::size_t index) const override {
        file_.release(header_.tensors[index].offset, header_.tensors[index].size_bytes);
    }

    const std::map<std::string, std::string>& metadata() const override { return header_.metadata; }

  private:
    ElementRange rows(const TensorInfo& tensor, std::int64_t first_row, std::size_t out_size) const {
        return located(file_.path().string(), [&] { return elements_of_rows(tensor, first_row, out_size); });
    }

    MappedFile file_;
    SafetensorsHeader header_;
};

}  // namespace

std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path) {
    return std::make_unique<SafetensorsFile>(path);
}

}  // namespace gatescope
