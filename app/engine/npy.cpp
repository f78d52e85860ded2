#include "app/engine/npy.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "model/core/error.h"

namespace gatescope {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::string_view kMagic = "\x93NUMPY";

Failure broken(const std::string& where, const std::string& what) {
    return {FailureKind::kBadFile, what, where, "--tokens takes an .npy with int64 ids in one dimension"};
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

std::uint64_t one_dimension(std::string_view header, const std::string& where) {
    std::string_view shape = after_key(header, "'shape'");
    if (shape.empty() || shape[0] != '(') throw broken(where, "has no shape");
    shape.remove_prefix(1);
    std::uint64_t count = 0;
    const auto [end, status] = std::from_chars(shape.data(), shape.data() + shape.size(), count);
    if (status != std::errc{}) throw broken(where, "is not one-dimensional or claims an impossible size");
    const std::string_view rest(end, static_cast<std::size_t>(shape.data() + shape.size() - end));
    if (!rest.starts_with(",)")) throw broken(where, "is not one-dimensional");
    return count;
}

}  // namespace

std::vector<std::int64_t> parse_npy_ids(std::string_view bytes, const std::string& where) {
    const std::string_view header = take_header(bytes, where);
    const std::string_view type = after_key(header, "'descr'");
    if (!type.starts_with("'<i8'") && !type.starts_with("'=i8'"))
        throw Failure(FailureKind::kUnsupported, "holds no int64 ids", where, "save them with ids.astype('<i8')");
    const std::uint64_t count = one_dimension(header, where);
    if (count > bytes.size() / sizeof(std::int64_t)) throw broken(where, "claims more ids than it holds");
    std::vector<std::int64_t> ids(count);
    if (count > 0) std::memcpy(ids.data(), bytes.data(), count * sizeof(std::int64_t));
    return ids;
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
