#include "model/tokenizer/sentencepiece/sentencepiece_file.h"

#include <cmath>

#include "model/core/error.h"
#include "model/tokenizer/sentencepiece/proto_reader.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

// A few times what the largest models have, so that a broken file can't ask for memory without end.
constexpr std::size_t kMostPieces = 1U << 22U, kLongestPiece = 1024;

PieceType read_type(const ProtoReader& message) {
    const std::int32_t type = message.integer();
    if (type < 1 || type > 6) message.bad("is no type of piece: " + std::to_string(type));
    return static_cast<PieceType>(type);
}

void check_piece(const std::string& piece, float score, const std::string& where) {
    if (piece.empty()) throw Failure(FailureKind::kBadFile, "is empty", where);
    if (piece.size() > kLongestPiece)
        throw Failure(FailureKind::kUnsupported, "is " + std::to_string(piece.size()) + " bytes long", where,
                      "at most " + std::to_string(kLongestPiece));
    check_utf8(piece, where);
    if (!std::isfinite(score)) throw Failure(FailureKind::kBadFile, "its score is no finite number", where);
}

void read_piece(std::string_view bytes, SentencePieceFile& model) {
    const std::string where = "piece " + std::to_string(model.pieces.size());
    if (model.pieces.size() == kMostPieces)
        throw Failure(FailureKind::kUnsupported, "more than " + std::to_string(kMostPieces) + " pieces");
    std::string piece;
    float score = 0;
    PieceType type = PieceType::kNormal;
    for (ProtoReader message(bytes, where); message.next();) {
        if (message.field() == 1) piece = message.bytes();
        if (message.field() == 2) score = message.number();
        if (message.field() == 3) type = read_type(message);
    }
    check_piece(piece, score, where);
    model.pieces.push_back(std::move(piece));
    model.scores.push_back(score);
    model.types.push_back(type);
}

void read_trainer_spec(std::string_view bytes, SentencePieceFile& model) {
    for (ProtoReader message(bytes, "trainer_spec"); message.next();) {
        switch (message.field()) {
            case 3: {
                const std::int32_t type = message.integer();
                if (type < 1 || type > 4) message.bad("is no model_type: " + std::to_string(type));
                model.model_type = static_cast<SentencePieceFile::ModelType>(type);
                break;
            }
            case 24:
                model.space_is_suffix = message.flag();
                break;
            case 35:
                model.byte_fallback = message.flag();
                break;
            case 40:
                model.unknown = message.integer();
                break;
            case 41:
                model.bos = message.integer();
                break;
            case 42:
                model.eos = message.integer();
                break;
            default:
                break;
        }
    }
}

void read_normalizer_spec(std::string_view bytes, SentencePieceFile& model) {
    for (ProtoReader message(bytes, "normalizer_spec"); message.next();) {
        switch (message.field()) {
            case 2:
                model.precompiled_charsmap = message.bytes();
                break;
            case 3:
                model.add_dummy_prefix = message.flag();
                break;
            case 4:
                model.remove_extra_whitespaces = message.flag();
                break;
            case 5:
                model.escape_whitespaces = message.flag();
                break;
            default:
                break;
        }
    }
}

void check_ids(const SentencePieceFile& model) {
    if (model.pieces.empty())
        throw Failure(FailureKind::kBadFile, "has no pieces", {}, "it is cut short or no SentencePiece model");
    const auto size = static_cast<std::int64_t>(model.pieces.size());
    const auto check = [&](std::int32_t id, bool may_be_none, const char* what) {
        if (id < (may_be_none ? -1 : 0) || id >= size)
            throw Failure(FailureKind::kBadFile,
                          "is " + std::to_string(id) + ", but there are " + std::to_string(size) + " pieces",
                          std::string("trainer_spec ") + what);
    };
    check(model.unknown, false, "unk_id");
    check(model.bos, true, "bos_id");
}

}  // namespace

SentencePieceFile read_sentencepiece(std::string_view bytes) {
    SentencePieceFile model;
    for (ProtoReader message(bytes, "model"); message.next();) {
        if (message.field() == 1) read_piece(message.bytes(), model);
        if (message.field() == 2) read_trainer_spec(message.bytes(), model);
        if (message.field() == 3) read_normalizer_spec(message.bytes(), model);
    }
    check_ids(model);
    return model;
}

}  // namespace gatescope
