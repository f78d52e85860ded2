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
        located(file_.path().string(), [&] {
            const ElementRange range = elements_of_rows(tensor, first_row, out.size());
            const NumberType& type = readable_type(tensor);
            const std::uint64_t offset = tensor.offset + range.first * (type.bits / 8);
            file_.require_whole();
            type.to_float32(file_.bytes().data() + offset, range.count, out.data());
        });
    }

    void release(std::size_t index) const override {
        file_.release(header_.tensors[index].offset, header_.tensors[index].size_bytes);
    }

  private:
    MappedFile file_;
    SafetensorsHeader header_;
};

}  // namespace

std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path) {
    return std::make_unique<SafetensorsFile>(path);
}

}  // namespace gatescope
