#include "model/gates/stored_keys.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "model/checkpoint/mapped_file.h"
#include "model/core/error.h"
#include "model/core/npy.h"
#include "model/key_reach.h"

namespace gatescope {
namespace {

constexpr const char* kShape = "it holds int32 [window, layer, head, query, slot], -1 in slots without a key";

Failure broken(const StoredKeys& stored, const std::string& what, const std::string& hint = {}) {
    return {FailureKind::kBadFile, what, stored.name, hint};
}

std::string text(std::int64_t number) {
    return std::to_string(number);
}

std::vector<std::int64_t> counted_to(std::int64_t count) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(count));
    std::iota(out.begin(), out.end(), 0);
    return out;
}

// Where a row is, for the line that refuses it.
struct Place {
    std::int64_t window, layer, head, query;
    std::string words() const {
        return "window " + text(window) + ", layer " + text(layer) + ", head " + text(head) + ", query " + text(query);
    }
};

// The number of its keys. `last_use` [query] holds the row that had a key last.
std::int64_t check_row(const StoredKeys& stored, std::span<const std::int32_t> row, const Place& at,
                       const KeyReach& reach, std::int64_t row_number, std::vector<std::int64_t>& last_use) {
    std::int64_t count = 0;
    for (const std::int32_t key : row) {
        if (key == -1) continue;
        if (key < 0 || key >= stored.queries)
            throw broken(stored, "holds the key " + text(key) + " (" + at.words() + ")",
                         "keys are 0 to " + text(stored.queries - 1) + ", and -1 where there is none");
        if (key > at.query) throw broken(stored, "key " + text(key) + " is behind its query (" + at.words() + ")");
        if (key < reach.begin(at.query))
            throw broken(stored, "key " + text(key) + " is beyond the layer's sliding window of " +
                                     text(reach.sliding_window) + " (" + at.words() + ")");
        std::int64_t& last = last_use[static_cast<std::size_t>(key)];
        if (last == row_number) throw broken(stored, "holds the key " + text(key) + " twice (" + at.words() + ")");
        last = row_number;
        ++count;
    }
    return count;
}

void check_rows(StoredKeys& stored, const ModelConfig& model) {
    std::vector<std::int64_t> last_use(static_cast<std::size_t>(stored.queries), -1);
    std::int64_t row_number = 0;
    for (std::int64_t window = 0; window < stored.windows; ++window)
        for (std::size_t layer = 0; layer < stored.layers.size(); ++layer) {
            const KeyReach reach{true, model.window_of(stored.layers[layer])};
            for (std::size_t head = 0; head < stored.heads.size(); ++head)
                for (std::int64_t query = 0; query < stored.queries; ++query)
                    stored.longest =
                        std::max(stored.longest, check_row(stored, stored.row(window, layer, head, query),
                                                           {window, stored.layers[layer], stored.heads[head], query},
                                                           reach, row_number++, last_use));
        }
}

void check_shape(const StoredKeys& stored, const ModelConfig& model) {
    std::int64_t wanted = stored.windows;
    for (const std::int64_t size : {std::ssize(stored.layers), std::ssize(stored.heads), stored.queries, stored.slots})
        if (__builtin_mul_overflow(wanted, size, &wanted)) wanted = -1;
    if (wanted <= 0 || wanted != std::ssize(stored.keys)) throw broken(stored, "holds no sets of keys", kShape);
    const auto known = [](const std::vector<std::int64_t>& numbers, std::int64_t count) {
        return std::ranges::all_of(numbers, [&](std::int64_t number) { return number >= 0 && number < count; });
    };
    if (!known(stored.layers, model.n_layers) || !known(stored.heads, model.n_heads))
        throw broken(stored, "is for another model",
                     "this one has " + text(model.n_layers) + " layers of " + text(model.n_heads) + " heads");
}

// Every number of a term's list among the file's.
void check_there(const StoredKeys& stored, const std::vector<std::int64_t>& wanted,
                 const std::vector<std::int64_t>& there, const std::string& what) {
    for (const std::int64_t number : wanted)
        if (std::ranges::find(there, number) == there.end())
            throw broken(stored, "has no sets for " + what + " " + text(number),
                         "it has those of " + what + "s " + IndexSet(there).print() + ": name them behind an @");
}

StoredKeys read_keys(const GateTerm& term, const ModelConfig& model, const CaptureKeys& read_capture) {
    const std::string &path = gatescope::text(term.values, "file"), &gate = gatescope::text(term.values, "gate");
    const MappedFile file(path);
    const auto bytes = file.bytes();
    const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!is_npy(view)) return read_capture(path, gate);
    if (!gate.empty())
        throw Failure(FailureKind::kUsage, "is an .npy, which has no names of gates", path, "leave gate= out");
    return keys_of_npy(view, path, model);
}

// Sets of another text would pass for this one's: positions fit whatever the tokens are.
void check_text(const StoredKeys& stored, std::span<const std::vector<std::int32_t>> windows) {
    const std::size_t known = std::min(windows.size(), stored.text.size());
    for (std::size_t window = 0; window < known; ++window)
        if (windows[window] != stored.text[window])
            throw Failure(FailureKind::kUsage,
                          "has sets of another text: window " + std::to_string(window) + " has other tokens",
                          stored.name, "run the text that they were made on");
}

}  // namespace

std::span<const std::int32_t> StoredKeys::row(std::int64_t window, std::size_t layer, std::size_t head,
                                              std::int64_t query) const {
    const auto place = (static_cast<std::size_t>(window) * layers.size() + layer) * heads.size() + head;
    const auto first =
        (place * static_cast<std::size_t>(queries) + static_cast<std::size_t>(query)) * static_cast<std::size_t>(slots);
    return std::span(keys).subspan(first, static_cast<std::size_t>(slots));
}

StoredKeys keys_of_npy(std::string_view bytes, const std::string& name, const ModelConfig& model) {
    const NpyIntegers array = parse_npy_integers(bytes, name);
    if (array.shape.size() != 5 || array.count() == 0)
        throw Failure(FailureKind::kBadFile, "holds no sets of keys", name, kShape);
    if (array.shape[1] != model.n_layers || array.shape[2] != model.n_heads)
        throw Failure(FailureKind::kBadFile,
                      "is for " + text(array.shape[1]) + " layers of " + text(array.shape[2]) + " heads", name,
                      "the model has " + text(model.n_layers) + " layers of " + text(model.n_heads) + " heads");
    StoredKeys out{name,
                   array.shape[0],
                   array.shape[3],
                   array.shape[4],
                   counted_to(model.n_layers),
                   counted_to(model.n_heads),
                   std::vector<std::int32_t>(static_cast<std::size_t>(array.count())),
                   1};
    for (std::int64_t index = 0; index < array.count(); ++index) {
        const std::int64_t key = array.at(index);
        if (key < -1 || key > std::numeric_limits<std::int32_t>::max())
            throw Failure(FailureKind::kBadFile, "holds the key " + text(key), name, kShape);
        out.keys[static_cast<std::size_t>(index)] = static_cast<std::int32_t>(key);
    }
    return out;
}

GateSpec with_stored_keys(GateSpec gate, const ModelConfig& model, const CaptureKeys& read_capture) {
    for (GateTerm& term : gate.terms) {
        if (term.id != "keys" || term.keys != nullptr) continue;
        auto stored = std::make_shared<StoredKeys>(read_keys(term, model, read_capture));
        check_shape(*stored, model);
        check_there(*stored, term.layers.members(model.n_layers), stored->layers, "layer");
        check_there(*stored, term.heads.members(model.n_heads), stored->heads, "head");
        check_rows(*stored, model);
        term.keys = std::move(stored);
    }
    return gate;
}

void check_stored_keys(const GateSpec& gate, std::span<const std::vector<std::int32_t>> windows) {
    for (const GateTerm& term : gate.terms) {
        if (term.keys == nullptr || windows.empty()) continue;
        const StoredKeys& stored = *term.keys;
        const std::int64_t wanted = std::ssize(windows), length = std::ssize(windows[0]);
        if (wanted > stored.windows)
            throw Failure(FailureKind::kUsage,
                          "has sets for " + text(stored.windows) + (stored.windows == 1 ? " window" : " windows") +
                              ", the run has " + text(wanted),
                          stored.name,
                          "run " + text(stored.windows) + ", or keep the sets of more (--mask-windows of capture)");
        if (length != stored.queries)
            throw Failure(FailureKind::kUsage,
                          "has sets for windows of " + text(stored.queries) + " tokens, the run's have " + text(length),
                          stored.name, "give the window length that they were made with");
        check_text(stored, windows);
    }
}

}  // namespace gatescope
