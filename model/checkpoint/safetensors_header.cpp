#include "model/checkpoint/safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/number_types.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostHeaderBytes = 100'000'000;  // the safetensors crate's MAX_HEADER_SIZE
constexpr std::size_t kMostDimensions = 8;
constexpr std::string_view kMetadataKey = "__metadata__";

[[noreturn]] void refuse(const std::string& what, const std::string& where = {}) {
    throw Failure(FailureKind::kBadFile, what, where);
}

// Values that a shape holds. No product on the way overflows either, in whatever order it is formed.
std::uint64_t count_of(const std::vector<std::int64_t>& shape) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 64;
    std::uint64_t count = 1;
    bool none = false;
    for (const std::int64_t size : shape) {
        if (size == 0) none = true;
        const auto factor = static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1));
        if (factor > kMost / count) refuse("its shape's product overflows");
        count *= factor;
    }
    return none ? 0 : count;
}

// One entry as far as it was read.
struct Entry {
    const NumberType* type = nullptr;
    bool has_shape = false, has_offsets = false;
    std::vector<std::int64_t> shape;
    std::vector<std::uint64_t> offsets;
};

TensorInfo checked_tensor(std::string name, Entry entry, std::uint64_t data_size) {
    if (entry.type == nullptr || !entry.has_shape || !entry.has_offsets)
        refuse("lacks dtype, shape or data_offsets", name);
    return located(name, [&] {
        if (entry.offsets.size() != 2) refuse("data_offsets are not two numbers");
        const auto [begin, end] = std::pair(entry.offsets[0], entry.offsets[1]);
        if (begin > end) refuse("data_offsets are reversed");
        if (end > data_size)
            throw Failure(FailureKind::kBadFile,
                          "reaches past the end of the file (to byte " + std::to_string(end) + " of " +
                              std::to_string(data_size) + " of the data)",
                          {}, "the file may have been cut short while it was copied");
        const std::uint64_t bits = count_of(entry.shape) * entry.type->bits;
        if (bits % 8 != 0 || bits / 8 != end - begin)
            refuse("its shape as " + std::string(entry.type->name) + " needs " + std::to_string(bits / 8) +
                   " bytes, its data_offsets span " + std::to_string(end - begin));
        if (entry.shape.empty()) entry.shape.push_back(1);
        return TensorInfo{std::move(name), std::move(entry.shape), std::string(entry.type->name), begin, end - begin};
    });
}

// Builds the listing while the JSON is read: no tree of it is ever held.
class Listing final : public nlohmann::json_sax<Json> {
  public:
    explicit Listing(std::uint64_t data_size) : data_size_(data_size) {}

    SafetensorsHeader take() { return std::move(header_); }

    bool null() override { unexpected(); }
    bool boolean(bool) override { unexpected(); }
    bool number_integer(number_integer_t) override {
        if (place_ == Place::kNumbers) refuse(field_ + " holds a negative number", name_);
        unexpected();
    }
    bool number_float(number_float_t, const string_t&) override { unexpected(); }
    bool binary(binary_t&) override { unexpected(); }

    bool number_unsigned(number_unsigned_t value) override {
        if (place_ != Place::kNumbers) unexpected();
        if (field_ == "shape")
            add_dimension(value);
        else if (entry_.offsets.size() < 2)
            entry_.offsets.push_back(value);
        else
            refuse("data_offsets are not two numbers", name_);
        return true;
    }

    bool string(string_t& value) override {
        if (place_ == Place::kMetadata) {
            if (!header_.metadata.emplace(field_, std::move(value)).second) refuse_twice(field_);
        } else if (place_ == Place::kTensor && field_ == "dtype") {
            set_type(value);
        } else {
            unexpected();
        }
        return true;
    }

    bool start_object(std::size_t) override {
        if (place_ == Place::kStart)
            place_ = Place::kTop;
        else if (place_ == Place::kTop)
            place_ = name_ == kMetadataKey ? Place::kMetadata : Place::kTensor;
        else
            unexpected();
        return true;
    }

    bool key(string_t& value) override {
        if (place_ == Place::kTop) {
            name_ = std::move(value);
            entry_ = {};
            if (!names_.insert(name_).second) refuse("the tensor is there twice", name_);
        } else {
            field_ = std::move(value);
            if (place_ == Place::kTensor && field_ != "dtype" && field_ != "shape" && field_ != "data_offsets")
                refuse("has a field \"" + one_line(field_, 40) + "\" that safetensors doesn't know", name_);
        }
        return true;
    }

    bool end_object() override {
        if (place_ == Place::kTensor)
            header_.tensors.push_back(checked_tensor(std::move(name_), std::move(entry_), data_size_));
        place_ = place_ == Place::kTop ? Place::kEnd : Place::kTop;
        return true;
    }

    bool start_array(std::size_t) override {
        if (place_ != Place::kTensor || field_ == "dtype") unexpected();
        bool& had = field_ == "shape" ? entry_.has_shape : entry_.has_offsets;
        if (std::exchange(had, true)) refuse_twice(field_);
        place_ = Place::kNumbers;
        return true;
    }
    bool end_array() override {
        place_ = Place::kTensor;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        refuse("its header is not JSON in UTF-8 at byte " + std::to_string(position));
    }

  private:
    enum class Place { kStart, kTop, kMetadata, kTensor, kNumbers, kEnd };

    [[noreturn]] void unexpected() const {
        switch (place_) {
            case Place::kMetadata:
                refuse("holds something other than strings", std::string(kMetadataKey));
            case Place::kTensor:
                refuse(field_ + (field_ == "dtype" ? " is no string" : " is no list"), name_);
            case Place::kNumbers:
                refuse(field_ + " holds something other than whole numbers", name_);
            case Place::kTop:
                refuse("is described by something other than an object", name_);
            default:
                refuse("its header is not a JSON object");
        }
    }
    [[noreturn]] void refuse_twice(const std::string& field) const { refuse(field + " is there twice", name_); }

    void add_dimension(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            refuse("its shape's product overflows", name_);
        if (entry_.shape.size() == kMostDimensions)
            refuse("has more than " + std::to_string(kMostDimensions) + " dimensions", name_);
        entry_.shape.push_back(static_cast<std::int64_t>(value));
    }

    void set_type(const std::string& word) {
        if (entry_.type != nullptr) refuse_twice(field_);
        entry_.type = find_number_type(word);
        if (entry_.type == nullptr)
            throw Failure(FailureKind::kUnsupported, "its dtype \"" + one_line(word, 40) + "\" is not known", name_,
                          readable_number_types());
    }

    std::uint64_t data_size_;
    SafetensorsHeader header_;
    Place place_ = Place::kStart;
    std::string name_, field_;
    Entry entry_;
    std::unordered_set<std::string> names_;
};

// Tensors in the order of their data follow each other and fill it.
void check_layout(const std::vector<TensorInfo>& tensors, std::uint64_t data_size) {
    std::vector<const TensorInfo*> by_offset;
    by_offset.reserve(tensors.size());
    for (const TensorInfo& tensor : tensors) by_offset.push_back(&tensor);
    std::sort(by_offset.begin(), by_offset.end(), [](const TensorInfo* a, const TensorInfo* b) {
        return std::pair(a->offset, a->size_bytes) < std::pair(b->offset, b->size_bytes);
    });
    std::uint64_t filled = 0;
    for (const TensorInfo* tensor : by_offset) {
        if (tensor->offset < filled) refuse("shares bytes with another tensor", tensor->name);
        if (tensor->offset > filled) refuse("leaves a hole in the data before it", tensor->name);
        filled += tensor->size_bytes;
    }
    if (filled != data_size)
        refuse("the file holds " + std::to_string(data_size - filled) + " bytes more than its tensors");
}

std::string_view header_text(ByteCursor& cursor) {
    const auto size = cursor.read<std::uint64_t>("the header's length");
    if (size > kMostHeaderBytes)
        refuse("its header claims " + std::to_string(size) + " bytes; at most " + std::to_string(kMostHeaderBytes) +
               " are allowed");
    return cursor.take(size, "the header");
}

}  // namespace

bool begins_as_safetensors(std::span<const std::byte> bytes) {
    return bytes.size() > 8 && bytes[8] == std::byte{'{'} && bytes[6] == std::byte{0} && bytes[7] == std::byte{0};
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file) {
    ByteCursor cursor(file);
    const std::string_view text = header_text(cursor);
    Listing listing(cursor.remaining());
    Json::sax_parse(text, &listing);
    SafetensorsHeader header = listing.take();
    if (header.tensors.empty()) refuse("holds no tensors");
    check_layout(header.tensors, cursor.remaining());
    for (TensorInfo& tensor : header.tensors) tensor.offset += cursor.position();
    return header;
}

}  // namespace gatescope
