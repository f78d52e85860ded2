#pragma once
// Files of torch.save for tests: a zip writer that may lie, and pickles spelled out by hand.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/byte_writer.h"

namespace gatescope {

// What a zip entry says about itself; the data is always stored as it is.
struct ZipMember {
    std::string name, data;
    std::uint16_t flags = 0, method = 0;
    std::string name_in_header = name;
    std::uint32_t packed_size = static_cast<std::uint32_t>(data.size()), size = packed_size;
    std::uint32_t header_shift = 0;  // added to where the directory says the header is
};

inline std::string zip_bytes(const std::vector<ZipMember>& members) {
    ByteWriter out, directory;
    for (const ZipMember& member : members) {
        const auto offset = static_cast<std::uint32_t>(out.bytes().size()) + member.header_shift;
        const auto common = [&](ByteWriter& to, std::size_t name_size) {
            to.put(std::uint16_t{20}).put(member.flags).put(member.method).put(std::uint32_t{0}).put(std::uint32_t{0});
            to.put(member.packed_size).put(member.size).put(static_cast<std::uint16_t>(name_size));
            to.put(std::uint16_t{0});
        };
        out.raw("PK\x03\x04");
        common(out, member.name_in_header.size());
        out.raw(member.name_in_header).raw(member.data);
        directory.raw("PK\x01\x02").put(std::uint16_t{20});
        common(directory, member.name.size());
        directory.put(std::uint16_t{0}).put(std::uint16_t{0}).put(std::uint16_t{0}).put(std::uint32_t{0});
        directory.put(offset).raw(member.name);
    }
    const auto start = static_cast<std::uint32_t>(out.bytes().size());
    const auto count = static_cast<std::uint16_t>(members.size());
    out.raw(directory.bytes()).raw("PK\x05\x06").put(std::uint32_t{0}).put(count).put(count);
    out.put(static_cast<std::uint32_t>(directory.bytes().size())).put(start).put(std::uint16_t{0});
    return out.bytes();
}

namespace pickled {

inline std::string text(std::string_view value) {
    return ByteWriter().raw("X").put(static_cast<std::uint32_t>(value.size())).raw(value).bytes();
}
inline std::string number(std::int64_t value) {
    return ByteWriter().raw("\x8a\x08").put(value).bytes();
}
inline std::string tuple(const std::vector<std::string>& items) {
    std::string out = "(";
    for (const std::string& item : items) out += item;
    return out + "t";
}
inline std::string numbers(const std::vector<std::int64_t>& values) {
    std::vector<std::string> items;
    for (const std::int64_t value : values) items.push_back(number(value));
    return tuple(items);
}
inline std::string global(std::string_view module, std::string_view name) {
    return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
inline std::string call(const std::string& callable, const std::vector<std::string>& arguments) {
    return callable + tuple(arguments) + "R";
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
    std::string out = "}(";
    for (const auto& [key, value] : items) out += text(key) + value;
    return out + "u";
}
inline std::string storage(std::string_view key, std::int64_t count,
                           const std::string& type = global("torch", "FloatStorage")) {
    return tuple({text("storage"), type, text(key), text("cpu"), number(count)}) + "Q";
}
inline std::string tensor(const std::string& storage, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                          const std::vector<std::int64_t>& strides) {
    return call(global("torch._utils", "_rebuild_tensor_v2"),
                {storage, number(offset), numbers(sizes), numbers(strides), "\x89", "N"});
}
// A whole pickle of this value.
inline std::string pickle(const std::string& value) {
    return "\x80\x02" + value + ".";
}

}  // namespace pickled

// A file whose pickle is `pickle` and whose storage "0" has `data_size` zero bytes.
inline std::string torch_bytes(const std::string& pickle, std::size_t data_size = 16) {
    return zip_bytes({{"m/data.pkl", pickle}, {"m/byteorder", "little"}, {"m/data/0", std::string(data_size, '\0')}});
}

}  // namespace gatescope
