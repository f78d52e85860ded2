#pragma once
// The globals that a state dictionary's pickle may name, and what calling them gives.

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/checkpoint/pickle.h"
#include "model/checkpoint/torch_pickle.h"

namespace gatescope {

// Follows a pickle of torch.save; a kObject's number is a place in objects.
class TorchCalls final : public PickleReader {
  public:
    std::int64_t callable(std::string_view module, std::string_view name) override;
    PickleValue call(std::int64_t callable, std::span<const PickleValue> arguments, PickleObjects& objects) override;
    PickleValue persistent(std::span<const PickleValue> id) override;

    // The tensor that a value is; nullptr when it is none.
    const StoredStrides* tensor(const PickleValue& value) const;

  private:
    struct Storage {
        std::string_view key;
        const NumberType* type = nullptr;  // nullptr: bytes whose type the tensor says
        std::uint64_t count = 0;           // of values, or bytes
    };

    PickleValue rebuild_tensor(std::span<const PickleValue> arguments, const PickleObjects& objects, bool typed_here);
    const Storage* storage(const PickleValue& value) const;

    // Tensors at even, storages at odd numbers.
    std::vector<StoredStrides> tensors_;
    std::vector<Storage> storages_;
};

}  // namespace gatescope
