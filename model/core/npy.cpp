#include "model/core/npy.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "model/core/error.h"

namespace gatescope {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::string_view kMagic = "\x93NUMPY";

constexpr std::size_t kMostDimensions = 32;  // as NumPy

Failure broken(const std::string& where, const std::string& what) {
    return {FailureKind::kBadFile, what, where};
}

// The text after `key` in the header's Python dictionary, blanks skipped; empty when the key is not there.
std::string_view after_key(std::string_view header, std::string_view key) {
    const std::size_t at = header.find(key);
    if (at == std::string_view::npos) return {};
    header.remove_prefix(at + key.size());
    while (!header.empty() && (header[0] == ' ' || header[0] == ':')) header.remove_prefix(1);
    return header;
}

// The header's dictionary; `bytes` is left with the data.
std::string_view take_header(std::string_view& bytes, const std::string& where) {
    if (!bytes.starts_with(kMagic) || bytes.size() < 10) throw broken(where, "is no .npy file");
    const auto major = static_cast<unsigned char>(bytes[6]);
    std::size_t length = 0, start = 0;
    if (major == 1) {
        std::uint16_t short_length = 0;
        std::memcpy(&short_length, bytes.data() + 8, sizeof short_length);
        length = short_length;
        start = 10;
    } else if ((major == 2 || major == 3) && bytes.size() >= 12) {
        std::uint32_t long_length = 0;
        std::memcpy(&long_length, bytes.data() + 8, sizeof long_length);
        length = long_length;
        start = 12;
    } else {
        throw broken(where, "is an .npy of an unknown version");
    }
    if (length > bytes.size() - start) throw broken(where, "ends inside its header");
    const std::string_view header = bytes.substr(start, length);
    bytes.remove_prefix(start + length);
    return header;
}

std::string type_of(std::string_view header) {
    std::string_view type = after_key(header, "'descr'");
    if (type.empty() || type[0] != '\'') return {};
    type.remove_prefix(1);
    return std::string(type.substr(0, type.find('\'')));
}

// "(3, 4)" and "(3,)"; no more than 32 numbers, none negative.
std::vector<std::int64_t> shape_of(std::string_view header, const std::string& where) {
    std::string_view text = after_key(header, "'shape'");
    if (text.empty() || text[0] != '(') throw broken(where, "has no shape");
    text.remove_prefix(1);
    std::vector<std::int64_t> shape;
    while (!text.starts_with(')')) {
        std::int64_t size = -1;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), size);
        if (status != std::errc{} || size < 0 || shape.size() == kMostDimensions)
            throw broken(where, "has no shape, or claims an impossible size");
        shape.push_back(size);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.starts_with(',') && !text.starts_with(')')) throw broken(where, "has no shape");
        if (text.starts_with(',')) text.remove_prefix(1);
        while (text.starts_with(' ')) text.remove_prefix(1);
    }
    return shape;
}

// What a shape needs; more than there is: Failure.
std::size_t bytes_of(const std::vector<std::int64_t>& shape, std::size_t width, std::size_t there,
                     const std::string& where) {
    std::uint64_t bytes = width;
    for (const std::int64_t size : shape)
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes))
            throw broken(where, "claims more numbers than it holds");
    if (bytes > there) throw broken(where, "claims more numbers than it holds");
    return bytes;
}

}  // namespace

std::int64_t NpyIntegers::at(std::int64_t index) const {
    const char* const from = data.data() + index * width;
    if (width == 8) {
        std::int64_t value = 0;
        std::memcpy(&value, from, sizeof value);
        return value;
    }
    std::int32_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
}

bool is_npy(std::string_view bytes) {
    return bytes.starts_with(kMagic);
}

NpyIntegers parse_npy_integers(std::string_view bytes, const std::string& where) {
    const std::string_view header = take_header(bytes, where);
    const std::string type = type_of(header);
    NpyIntegers out;
    if (type == "<i4" || type == "=i4") out.width = 4;
    if (type == "<i8" || type == "=i8") out.width = 8;
    if (out.width == 0)
        throw Failure(FailureKind::kUnsupported, "holds no int32 or int64 numbers", where,
                      "save them with keys.astype('<i4')");
    if (after_key(header, "'fortran_order'").starts_with("True"))
        throw Failure(FailureKind::kUnsupported, "is in Fortran order", where,
                      "save it with numpy.ascontiguousarray(keys)");
    out.shape = shape_of(header, where);
    out.data = bytes.substr(0, bytes_of(out.shape, static_cast<std::size_t>(out.width), bytes.size(), where));
    return out;
}

std::vector<std::int64_t> parse_npy_ids(std::string_view bytes, const std::string& where) {
    constexpr const char* kHint = "--tokens takes an .npy with int64 ids in one dimension";
    try {
        const NpyIntegers ids = parse_npy_integers(bytes, where);
        if (ids.width != 8)
            throw Failure(FailureKind::kUnsupported, "holds int32 numbers, not int64 ids", where,
                          "save them with ids.astype('<i8')");
        if (ids.shape.size() != 1) throw broken(where, "is not one-dimensional");
        std::vector<std::int64_t> out(static_cast<std::size_t>(ids.count()));
        if (!out.empty()) std::memcpy(out.data(), ids.data.data(), ids.data.size());
        return out;
    } catch (const Failure& failure) {
        const bool unsupported = failure.kind() == FailureKind::kUnsupported;
        throw Failure(failure.kind(), failure.fault(), failure.where(),
                      unsupported ? "save them with ids.astype('<i8')" : kHint);
    }
}

std::string npy_float32_header(std::int64_t rows, std::int64_t columns) {
    std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                             std::to_string(columns) + "), }";
    constexpr std::size_t kAlignment = 64;
    const std::size_t unpadded = kMagic.size() + 4 + dictionary.size() + 1;
    dictionary += std::string((kAlignment - unpadded % kAlignment) % kAlignment, ' ') + "\n";
    std::string out(kMagic);
    out += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
    return out + dictionary;
}

}  // namespace gatescope
