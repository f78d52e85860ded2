#include "model/checkpoint/torch_pickle.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "model/checkpoint/pickle.h"
#include "model/checkpoint/torch_calls.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::array<std::string_view, 4> kWrappers = {"state_dict", "model_state_dict", "model", "module"};
constexpr int kMostWrappers = 4;  // of one in another; a dictionary may hold itself

// The last value of a key that is a dictionary; nullptr when there is none.
const PickleValue* dict_at(const PickleObjects& objects, const PickleValue& dict, std::string_view key) {
    const PickleValue* found = nullptr;
    for (const auto& [name, value] : objects.dict(dict))
        if (name == key && value.kind == PickleValue::Kind::kDict) found = &value;
    return found;
}

PickleValue unwrapped(PickleValue dict, const PickleObjects& objects) {
    for (int depth = 0; depth < kMostWrappers; ++depth) {
        const PickleValue* inner = nullptr;
        for (const std::string_view wrapper : kWrappers)
            if (inner == nullptr) inner = dict_at(objects, dict, wrapper);
        if (inner == nullptr) break;
        dict = *inner;
    }
    return dict;
}

void strip_from_all(std::vector<NamedStrides>& tensors, std::string_view prefix) {
    if (!std::all_of(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name.starts_with(prefix); })) return;
    for (NamedStrides& tensor : tensors) tensor.name.erase(0, prefix.size());
}

}  // namespace

std::vector<NamedStrides> read_torch_pickle(std::span<const std::byte> pickle) {
    TorchCalls calls;
    const Unpickled state = unpickle(pickle, calls);
    if (state.value.kind != PickleValue::Kind::kDict)
        throw Failure(FailureKind::kUnsupported, "holds no dictionary of tensors", {},
                      "save the weights alone: torch.save(model.state_dict(), file)");
    std::vector<NamedStrides> out;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& [name, value] : state.objects.dict(unwrapped(state.value, state.objects))) {
        const StoredStrides* const tensor = calls.tensor(value);
        if (tensor == nullptr) continue;
        const auto [place, fresh] = places.emplace(name, out.size());
        if (fresh)
            out.push_back({std::string(name), *tensor});
        else
            out[place->second].strides = *tensor;  // of a key set twice the last counts
    }
    if (out.empty()) throw Failure(FailureKind::kUnsupported, "holds no tensors by name");
    for (const std::string_view prefix : {"_orig_mod.", "module.", "_orig_mod."}) strip_from_all(out, prefix);
    return out;
}

}  // namespace gatescope
