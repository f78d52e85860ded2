#include "model/checkpoint/torch_file.h"

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/lfs_pointer.h"
#include "model/checkpoint/mapped_file.h"
#include "model/checkpoint/torch_header.h"

namespace gatescope {
namespace {

class TorchFile final : public TensorFile {
  public:
    explicit TorchFile(const std::filesystem::path& path)
        : file_(path), listing_(located(path.string(), [this] {
              refuse_lfs_pointer(file_.bytes());
              return parse_torch_header(file_.bytes());
          })) {
        tensors_.reserve(listing_.size());
        for (const TorchTensor& tensor : listing_) tensors_.push_back(tensor.info);
    }

    const std::filesystem::path& path() const override { return file_.path(); }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }

    void read_float32(std::size_t index, std::int64_t first_row, std::span<float> out) const override {
        const TorchTensor& tensor = listing_[index];
        located(file_.path().string(), [&] { return &readable_type(tensor.info); });
        const ElementRange range = rows(tensor.info, first_row, out.size());
        if (tensor.contiguous) return read_numbers(file_, tensor.info.offset, *tensor.type, range, out);
        file_.require_unchanged();
        read_torch_elements(file_.bytes(), tensor, range.first, out);
    }

    bool read_bfloat16(std::size_t index, std::int64_t first_row, std::span<std::uint16_t> out) const override {
        if (tensors_[index].dtype != "BF16" || !listing_[index].contiguous) return false;
        const ElementRange range = rows(tensors_[index], first_row, out.size());
        file_.read(tensors_[index].offset + range.first * sizeof out[0], std::as_writable_bytes(out));
        return true;
    }

    void release(std::size_t index) const override {
        file_.release(tensors_[index].offset, listing_[index].span_bytes);
    }

  private:
    ElementRange rows(const TensorInfo& tensor, std::int64_t first_row, std::size_t out_size) const {
        return located(file_.path().string(), [&] { return elements_of_rows(tensor, first_row, out_size); });
    }

    MappedFile file_;
    std::vector<TorchTensor> listing_;
    std::vector<TensorInfo> tensors_;
};

}  // namespace

std::unique_ptr<TensorFile> open_torch_file(const std::filesystem::path& path) {
    return std::make_unique<TorchFile>(path);
}

}  // namespace gatescope
