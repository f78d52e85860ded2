#include <utility>

#include "model/train/data/token_file.h"

namespace gatescope {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18U;  // ids

}  // namespace

TokenFileWriter::TokenFileWriter(const std::filesystem::path& path, std::string key)
    : file_(path, true), key_(std::move(key)) {
    buffer_.reserve(kBuffer);
}

void TokenFileWriter::add(std::span<const std::int32_t> ids) {
    count_ += ids.size();
    if (buffer_.size() + ids.size() > kBuffer) flush();
    if (ids.size() > kBuffer)
        write(std::as_bytes(ids));
    else
        buffer_.insert(buffer_.end(), ids.begin(), ids.end());
}

void TokenFileWriter::publish() {
    flush();
    const std::string trailer = token_file_trailer(key_, train_count_, count_ - train_count_);
    write(std::as_bytes(std::span(trailer)));
    const std::string hash = hash_.hex();
    file_.write(std::as_bytes(std::span(hash)));
    file_.publish();
}

void TokenFileWriter::write(std::span<const std::byte> bytes) {
    hash_.add(bytes);
    file_.write(bytes);
}

void TokenFileWriter::flush() {
    write(std::as_bytes(std::span(buffer_)));
    buffer_.clear();
}

}  // namespace gatescope
