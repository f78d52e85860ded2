#include "model/checkpoint/tensor_file.h"

#include <algorithm>
#include <vector>

#include "model/core/error.h"

namespace gatescope {

const std::map<std::string, std::string>& TensorFile::metadata() const {
    static const std::map<std::string, std::string> nothing;
    return nothing;
}

ElementRange elements_of_rows(const TensorInfo& tensor, std::int64_t first_row, std::size_t out_size) {
    const auto row = static_cast<std::uint64_t>(tensor.shape.back());
    const auto all = static_cast<std::uint64_t>(tensor.element_count());
    const std::uint64_t n_rows = row == 0 ? 0 : all / row;
    const auto first = static_cast<std::uint64_t>(first_row);
    const bool inside = first_row >= 0 && first <= n_rows && out_size <= all - first * row &&
                        (row == 0 ? out_size == 0 : out_size % row == 0);
    if (!inside) throw Failure(FailureKind::kInternal, "rows asked for are not in the tensor", tensor.name);
    return {first * row, out_size};
}

void read_numbers(const MappedFile& file, std::uint64_t offset, const NumberType& type, const ElementRange& range,
                  std::span<float> out) {
    constexpr std::size_t kBufferValues = std::size_t{1} << 14;
    const std::size_t value_bytes = type.bits / 8;
    offset += range.first * value_bytes;
    if (type.name == "F32") return file.read(offset, std::as_writable_bytes(out));
    std::vector<std::byte> buffer(std::min(out.size(), kBufferValues) * value_bytes);
    for (std::size_t done = 0; done < out.size();) {
        const std::size_t count = std::min(out.size() - done, kBufferValues);
        file.read(offset + done * value_bytes, std::span(buffer).first(count * value_bytes));
        type.to_float32(buffer.data(), count, out.data() + done);
        done += count;
    }
}

const NumberType& readable_type(const TensorInfo& tensor) {
    const NumberType* const type = find_number_type(tensor.dtype);
    if (type != nullptr && type->to_float32 != nullptr) return *type;
    throw Failure(FailureKind::kUnsupported, tensor.dtype + " can't be read", tensor.name, readable_number_types());
}

}  // namespace gatescope
