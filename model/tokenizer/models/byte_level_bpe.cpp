#include "model/tokenizer/models/byte_level_bpe.h"

namespace gatescope {

class ByteLevelBpe::ByteWorker : public Worker {
  public:
    ByteWorker(const ByteLevelBpe& model, JobContext* job) : model_(&model), workspace_(job) {}

    void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) override {
        if (!model_->whole_.empty()) {
            if (const auto whole = model_->whole_.find(std::string(piece)); whole != model_->whole_.end()) {
                ids.push_back(whole->second);
                return;
            }
        }
        workspace_.clear();
        for (const char byte : piece)
            if (const std::int32_t id = model_->byte_ids_[static_cast<std::uint8_t>(byte)]; id >= 0) workspace_.add(id);
        model_->merger_.merge(workspace_, ids);
    }

  private:
    const ByteLevelBpe* model_;
    BpeMerger::Workspace workspace_;
};

std::unique_ptr<TokenModel::Worker> ByteLevelBpe::open(JobContext* job) const {
    return std::make_unique<ByteWorker>(*this, job);
}

}  // namespace gatescope
