#include "model/checkpoint/zip_directory.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_set>

#include "model/checkpoint/byte_cursor.h"

namespace gatescope {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kLocalMark = 0x04034b50, kEntryMark = 0x02014b50, kEndMark = 0x06054b50;
constexpr std::uint32_t kEnd64Mark = 0x06064b50, kLocator64Mark = 0x07064b50;
constexpr std::uint64_t kEndBytes = 22, kLocator64Bytes = 20, kLeastEntryBytes = 46;
constexpr std::uint64_t kLongestComment = 0xffff;
constexpr std::uint32_t kIn64 = 0xffffffff;  // a 32-bit field whose value stands in the zip64 part
constexpr std::uint16_t kEncrypted = 1u | 1u << 6 | 1u << 13;

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kBadFile, what, {}, "the archive is cut short or damaged");
}

template <typename Value>
Value value_at(Bytes bytes, std::uint64_t offset) {
    Value value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// The part of `archive` from `offset` on, which must lie in it.
ByteCursor cursor_at(Bytes archive, std::uint64_t offset, const std::string& what) {
    if (offset > archive.size()) refuse(what + " lies past the end of the file");
    return ByteCursor(archive.subspan(offset));
}

// Where the end record begins: the last one whose comment ends with the file.
std::uint64_t find_end(Bytes archive) {
    if (archive.size() < kEndBytes) refuse("is too short for a zip archive");
    const std::uint64_t last = archive.size() - kEndBytes;
    for (std::uint64_t comment = 0; comment <= std::min(last, kLongestComment); ++comment)
        if (value_at<std::uint32_t>(archive, last - comment) == kEndMark &&
            value_at<std::uint16_t>(archive, last - comment + 20) == comment)
            return last - comment;
    refuse("has no zip directory at its end");
}

struct Directory {
    std::uint64_t count = 0, size = 0, offset = 0;
};

Directory read_end(Bytes archive) {
    const std::uint64_t end = find_end(archive);
    if (end >= kLocator64Bytes && value_at<std::uint32_t>(archive, end - kLocator64Bytes) == kLocator64Mark) {
        ByteCursor cursor = cursor_at(archive, value_at<std::uint64_t>(archive, end - 12), "the zip64 end record");
        if (cursor.read<std::uint32_t>("the zip64 end record") != kEnd64Mark) refuse("has no zip64 end record");
        cursor.take(8 + 2 + 2 + 4 + 4 + 8, "the zip64 end record");
        const auto count = cursor.read<std::uint64_t>("the zip64 end record");
        const auto size = cursor.read<std::uint64_t>("the zip64 end record");
        return {count, size, cursor.read<std::uint64_t>("the zip64 end record")};
    }
    return {value_at<std::uint16_t>(archive, end + 10), value_at<std::uint32_t>(archive, end + 12),
            value_at<std::uint32_t>(archive, end + 16)};
}

// Fields of an entry that may stand in its zip64 part instead.
struct Sizes {
    std::uint64_t plain = 0, packed = 0, local_offset = 0;
};

void read_zip64_part(std::string_view extra, Sizes& sizes) {
    ByteCursor cursor(std::as_bytes(std::span(extra)));
    while (cursor.remaining() >= 4) {
        const auto id = cursor.read<std::uint16_t>("an entry's extra part");
        const auto size = cursor.read<std::uint16_t>("an entry's extra part");
        const std::string_view part = cursor.take(size, "an entry's extra part");
        if (id != 1) continue;
        ByteCursor values(std::as_bytes(std::span(part)));
        for (std::uint64_t* field : {&sizes.plain, &sizes.packed, &sizes.local_offset})
            if (*field == kIn64) *field = values.read<std::uint64_t>("an entry's zip64 part");
        return;
    }
}

// Where the data begins: behind the entry's second header, which must name the same entry.
std::uint64_t data_offset(Bytes archive, std::string_view name, std::uint64_t local_offset) {
    ByteCursor cursor = cursor_at(archive, local_offset, "its header");
    if (cursor.read<std::uint32_t>("its header") != kLocalMark) refuse("its header is not where the directory says");
    cursor.take(2 + 2 + 2 + 2 + 2 + 4 + 4 + 4, "its header");
    const auto name_size = cursor.read<std::uint16_t>("its header");
    const auto extra_size = cursor.read<std::uint16_t>("its header");
    if (cursor.take(name_size, "its name") != name) refuse("has another name in its header");
    cursor.take(extra_size, "its header");
    return local_offset + cursor.position();
}

void refuse_packed(std::uint16_t flags, std::uint16_t method, const Sizes& sizes) {
    if ((flags & kEncrypted) != 0) throw Failure(FailureKind::kUnsupported, "is encrypted");
    if (method != 0)
        throw Failure(FailureKind::kUnsupported, "is packed (method " + std::to_string(method) + ")", {},
                      "torch.save stores its entries as they are: save it anew");
    if (sizes.plain != sizes.packed) refuse("is stored, but has two sizes");
}

ZipEntry read_entry(ByteCursor& cursor, Bytes archive) {
    if (cursor.read<std::uint32_t>("the zip directory") != kEntryMark) refuse("its zip directory is damaged");
    cursor.take(2 + 2, "the zip directory");
    const auto flags = cursor.read<std::uint16_t>("the zip directory");
    const auto method = cursor.read<std::uint16_t>("the zip directory");
    cursor.take(2 + 2 + 4, "the zip directory");
    Sizes sizes;
    sizes.packed = cursor.read<std::uint32_t>("the zip directory");
    sizes.plain = cursor.read<std::uint32_t>("the zip directory");
    const auto name_size = cursor.read<std::uint16_t>("the zip directory");
    const auto extra_size = cursor.read<std::uint16_t>("the zip directory");
    const auto comment_size = cursor.read<std::uint16_t>("the zip directory");
    cursor.take(2 + 2 + 4, "the zip directory");
    sizes.local_offset = cursor.read<std::uint32_t>("the zip directory");
    const std::string_view name = cursor.take(name_size, "an entry's name");
    const std::string_view extra = cursor.take(extra_size, "the zip directory");
    cursor.take(comment_size, "the zip directory");
    return located(std::string(name), [&] {
        read_zip64_part(extra, sizes);
        refuse_packed(flags, method, sizes);
        const std::uint64_t offset = data_offset(archive, name, sizes.local_offset);
        if (sizes.plain > archive.size() - offset) refuse("reaches past the end of the file");
        return ZipEntry{name, offset, sizes.plain};
    });
}

}  // namespace

bool begins_as_zip(Bytes bytes) {
    return bytes.size() >= 4 && value_at<std::uint32_t>(bytes, 0) == kLocalMark;
}

std::vector<ZipEntry> read_zip_directory(Bytes archive) {
    const Directory directory = read_end(archive);
    ByteCursor cursor = cursor_at(archive, directory.offset, "the zip directory");
    if (directory.size > cursor.remaining() || directory.count > directory.size / kLeastEntryBytes)
        refuse("its zip directory claims more entries than it has room for");
    std::vector<ZipEntry> entries;
    entries.reserve(directory.count);
    std::unordered_set<std::string_view> names;
    for (std::uint64_t n = 0; n < directory.count; ++n) {
        entries.push_back(read_entry(cursor, archive));
        if (!names.insert(entries.back().name).second)
            throw Failure(FailureKind::kBadFile, "is in the archive twice", std::string(entries.back().name));
    }
    return entries;
}

}  // namespace gatescope
