#include "app/window/token_text.h"

namespace gatescope {

namespace {

const std::vector<std::int32_t>* window_of(const RunResult* run, std::int64_t window) {
    if (run == nullptr || run->text == nullptr || window < 0 || window >= std::ssize(run->text->windows))
        return nullptr;
    return &run->text->windows[static_cast<std::size_t>(window)];
}

// Length of the UTF-8 sequence at `place`, 0 where it is none.
std::size_t sequence_length(const std::string& bytes, std::size_t place) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = at(place);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : (lead & 0xF0U) == 0xE0      ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || place + length > bytes.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(place + i) & 0xC0U) != 0x80U) return 0;
    return length;
}

}  // namespace

std::int64_t window_count(const RunResult* run) {
    return run == nullptr || run->text == nullptr ? 0 : std::ssize(run->text->windows);
}

std::int64_t token_count(const RunResult* run, std::int64_t window) {
    const auto* ids = window_of(run, window);
    return ids == nullptr ? 0 : std::ssize(*ids);
}

std::string valid_utf8(const std::string& bytes) {
    std::string out;
    for (std::size_t place = 0; place < bytes.size();) {
        const std::size_t length = sequence_length(bytes, place);
        if (length == 0) {
            out += "\uFFFD";
            ++place;
        } else {
            out.append(bytes, place, length);
            place += length;
        }
    }
    return out;
}

std::string token_piece(const RunResult* run, std::int64_t window, std::int64_t position) {
    const auto* ids = window_of(run, window);
    if (ids == nullptr || position < 0 || position >= std::ssize(*ids)) return {};
    const auto piece = run->text->pieces.find((*ids)[static_cast<std::size_t>(position)]);
    if (piece == run->text->pieces.end()) return "\uFFFD";
    // Ids alone would run into each other.
    const bool no_text = run->model != nullptr && run->model->tokenizer == "none";
    return (no_text ? " " : "") + valid_utf8(piece->second);
}

namespace {

std::string label_of(const std::string& piece) {
    std::string out;
    for (const char byte : piece) {
        if (byte == '\n')
            out += "↵";
        else if (byte == '\t')
            out += "⇥";
        else
            out += byte;
    }
    if (out.size() > 1 && out.front() == ' ') out.erase(0, 1);
    if (out.empty() || out == " ") out = "␣";
    return out;
}

}  // namespace

std::string token_label(const RunResult* run, std::int64_t window, std::int64_t position) {
    return label_of(token_piece(run, window, position));
}

std::string piece_label(const std::string& bytes) {
    return label_of(valid_utf8(bytes));
}

}  // namespace gatescope
