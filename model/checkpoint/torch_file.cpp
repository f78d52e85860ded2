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
        located(file_.path().string(), [&] {
            const ElementRange range = elements_of_rows(tensors_[index], first_row, out.size());
            readable_type(tensors_[index]);
            file_.require_whole();
            read_torch_elements(file_.bytes(), listing_[index], range.first, out);
        });
    }

    void release(std::size_t index) const override {
        file_.release(tensors_[index].offset, listing_[index].span_bytes);
    }

  private:
    MappedFile file_;
    std::vector<TorchTensor> listing_;
    std::vector<TensorInfo> tensors_;
};

}  // namespace

std::unique_ptr<TensorFile> open_torch_file(const std::filesystem::path& path) {
    return std::make_unique<TorchFile>(path);
}

}  // namespace gatescope
