// The layout of a capture (SCHEMA.md), read back as the RunResult that it was written from.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "captures/capture.h"
#include "captures/capture_kind.h"
#include "captures/curves_group.h"
#include "captures/gate_group.h"
#include "captures/h5_reader.h"
#include "captures/key_sets.h"
#include "captures/model_group.h"
#include "captures/rehearsal.h"
#include "captures/root_group.h"
#include "captures/schema.h"
#include "captures/sensitivity_group.h"
#include "captures/spectra_group.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using h5::Shape;

std::int64_t size_of(const auto& values) {
    return static_cast<std::int64_t>(values.size());
}

std::string syntax_of_group(std::string name) {
    std::replace(name.begin(), name.end(), '!', '/');
    return name;
}

// The canonical syntax; a name that is none stands for itself.
std::string canonical(const std::string& name) {
    try {
        return print_gate(parse_gate(name));
    } catch (const Failure&) {
        return name;
    }
}

// Each row ascending, no key twice, -1 behind them: what other programs need not keep to.
void put_in_order(std::span<std::int32_t> row) {
    const auto none = std::remove(row.begin(), row.end(), -1);
    std::sort(row.begin(), none);
    std::fill(std::unique(row.begin(), none), row.end(), -1);
}

class CaptureReader {
  public:
    explicit CaptureReader(const std::filesystem::path& path) : file_(path) {}

    std::shared_ptr<const RunResult> read() {
        root();
        model();
        text();
        if (file_.has("/perplexity")) run_.dense = estimate("/perplexity");
        run_.request.concentration = file_.has("/concentration");
        if (run_.request.concentration) concentration();
        run_.request.agreement = false;
        if (file_.has("/gates"))
            for (const std::string& name : file_.members("/gates")) gate(name);
        run_.request.patterns = file_.has("/patterns");
        if (run_.request.patterns)
            for (const std::string& name : file_.members("/patterns")) window_patterns(name);
        run_.sensitivity = read_sensitivity(file_, run_.model->config.n_layers, run_.model->config.n_heads);
        run_.curves = read_curves(file_);
        run_.spectra = read_spectra(file_, "/spectra", size_of(layers_), size_of(heads_));
        if (run_.spectra) run_.request.spectra = run_.spectra->request;
        return std::make_shared<const RunResult>(std::move(run_));
    }

    StoredKeySets read_keys(const std::string& gate) {
        root();
        model();
        text();
        const std::string name = gate_with_keys(gate);
        StoredKeySets out;
        out.gate = syntax_of_group(name);
        out.sets = std::make_shared<const KeySets>(usable_key_sets("/gates/" + name + "/keys"));
        out.layers = {layers_.begin(), layers_.end()};
        out.heads = {heads_.begin(), heads_.end()};
        out.text = run_.text;
        out.model_name = run_.model->name;
        out.model_sha256 = run_.model->sha256;
        return out;
    }

  private:
    [[noreturn]] void refuse(const std::string& path, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, file_.where(path));
    }

    void root() {
        const RootAttributes root = read_root(file_);
        require_kind(file_, CaptureKind::kRun);
        run_.created = root.created;
        run_.command = root.command;
        run_.device = root.device;
        run_.dtype = root.dtype;
        run_.request.seed = root.seed;
        run_.complete = root.complete;
        run_.request.window_length = root.window_length;
        windows_ = size_of(file_.int_list("/window"));
        tokens_ = size_of(file_.int_list("/token"));
        if (root.windows != windows_) refuse("/@windows", "contradicts the dimension window");
        run_.request.windows = windows_;
        run_.windows_done = root.windows_done;
        if (run_.windows_done < 0 || run_.windows_done > windows_) refuse("/@windows_done", "is out of range");
    }

    void model() {
        StoredModel stored = read_model(file_, "/");
        run_.model = std::move(stored.model);
        run_.request.layers = std::move(stored.layer_set);
        run_.request.heads = std::move(stored.head_set);
        layers_ = std::move(stored.layers);
        heads_ = std::move(stored.heads);
    }

    void text() {
        auto text = std::make_shared<TextWindows>();
        text->name = file_.text("/text", "name");
        text->sha256 = file_.text("/text", "sha256");
        text->window_length = run_.request.window_length;
        const std::vector<std::int32_t> ids = file_.ints("/text/ids", {windows_, tokens_});
        for (auto row = ids.begin(); row != ids.end(); row += tokens_) {
            const auto end = std::find_if(row, row + tokens_, [](std::int32_t id) { return id < 0; });
            if (end - row < 2 || !std::all_of(end, row + tokens_, [](std::int32_t id) { return id == -1; }))
                refuse("/text/ids", "holds a window that is none");
            text->windows.emplace_back(row, end);
        }
        if (file_.has("/text/pieces")) {
            const std::vector<std::int32_t> piece_ids = file_.int_list("/text/piece_ids");
            const std::vector<std::string> pieces = file_.strings("/text/pieces", {size_of(piece_ids)});
            for (std::size_t n = 0; n < piece_ids.size(); ++n) text->pieces[piece_ids[n]] = pieces[n];
        }
        run_.text = text;
    }

    std::vector<std::vector<float>> token_nll(const std::string& group) {
        const std::vector<float> values = file_.floats(group + "/token_nll", {windows_, tokens_});
        std::vector<std::vector<float>> rows;
        auto row = values.begin();
        for (const auto& window : run_.text->windows) {
            rows.emplace_back(row, row + size_of(window));
            row += tokens_;
        }
        // windows that were not reached have no score at all
        const auto unscored = [](const std::vector<float>& scores) {
            return std::all_of(scores.begin(), scores.end(), [](float score) { return std::isnan(score); });
        };
        while (!rows.empty() && unscored(rows.back())) rows.pop_back();
        return rows;
    }

    double optional_real(const std::string& group, const char* name) const {
        return file_.has_attribute(group, name) ? file_.real(group, name) : std::nan("");
    }

    PerplexityResult estimate(const std::string& group) {
        PerplexityResult out;
        out.token_nll = token_nll(group);
        out.estimate.nll = file_.real(group, "nll");
        out.estimate.perplexity = file_.real(group, "perplexity");
        out.estimate.tokens = file_.integer(group, "tokens");
        out.estimate.nll_standard_error = file_.real(group, "nll_standard_error");
        out.estimate.low = optional_real(group, "perplexity_low");
        out.estimate.high = optional_real(group, "perplexity_high");
        out.estimate.windows = size_of(out.token_nll);
        return out;
    }

    HeadGrid grid(const std::string& path) {
        return {size_of(layers_), size_of(heads_), file_.floats(path, {size_of(layers_), size_of(heads_)})};
    }

    std::vector<HeadGrid> grids_by_k(const std::string& path, std::int64_t count) {
        const std::vector<float> values = file_.floats(path, {count, size_of(layers_), size_of(heads_)});
        std::vector<HeadGrid> out;
        const std::ptrdiff_t each = size_of(layers_) * size_of(heads_);
        for (auto at = values.begin(); at != values.end(); at += each)
            out.push_back({size_of(layers_), size_of(heads_), {at, at + each}});
        return out;
    }

    void concentration() {
        const std::string group = "/concentration/";
        Concentration table;
        table.k = file_.int_list(group + "k");
        table.mass_at_k = grids_by_k(group + "mass_at_k", size_of(table.k));
        table.mass_at_k_full = grids_by_k(group + "mass_at_k_full", size_of(table.k));
        for (const char* name : schema::kConcentrationFigures) table.figures[name] = grid(group + name);
        run_.request.induction = file_.has(group + "induction_ids");
        if (run_.request.induction) {
            table.induction_ids = file_.int_list(group + "induction_ids");
            for (const char* name : schema::kInductionFigures) table.figures[name] = grid(group + name);
        }
        run_.concentration = std::move(table);
    }

    void gate(const std::string& name) {
        const std::string group = "/gates/" + name;
        GateResult out;
        try {
            out.gate = gate_of_group(name);
        } catch (const Failure& failure) {
            refuse(group, failure.what());
        }
        out.sparsity = file_.real(group, "sparsity");
        out.cost = cost(group);
        if (file_.has(group + "/token_nll")) losses(group, out);
        out.windows_done =
            file_.has_attribute(group, "windows") ? file_.integer(group, "windows") : out.perplexity.estimate.windows;
        if (out.windows_done < 0 || out.windows_done > windows_) refuse(group + "@windows", "is out of range");
        for (const char* figure : schema::kAgreementFigures)
            if (file_.has(group + "/" + figure)) out.agreement[figure] = grid(group + "/" + figure);
        run_.request.agreement |= !out.agreement.empty();
        if (file_.has(group + "/keys")) out.masks = std::make_shared<const KeySets>(key_sets(group + "/keys"));
        run_.request.gates.push_back(out.gate);
        run_.gates.push_back(std::move(out));
    }

    GateCost cost(const std::string& group) const {
        return {optional_real(group, "flops"), optional_real(group, "dense_flops"),
                optional_real(group, "key_value_bytes"), optional_real(group, "dense_key_value_bytes")};
    }

    void losses(const std::string& group, GateResult& out) {
        out.perplexity = estimate(group);
        out.from_dense.nll = file_.real(group, "difference_from_dense");
        out.from_dense.standard_error = file_.real(group, "difference_standard_error");
        out.from_dense.low = optional_real(group, "difference_low");
        out.from_dense.high = optional_real(group, "difference_high");
        out.from_dense.windows = file_.has_attribute(group, "difference_windows")
                                     ? file_.integer(group, "difference_windows")
                                     : out.perplexity.estimate.windows;
    }

    KeySets key_sets(const std::string& path) {
        const Shape shape = file_.shape(path);
        if (shape.size() != 5 || shape[0] < 1 || shape[0] > windows_ || shape[3] > tokens_)
            refuse(path, "has an impossible shape");
        const Shape expected = {shape[0], size_of(layers_), size_of(heads_), shape[3], shape[4]};
        KeySets out{shape[0], shape[1], shape[2], shape[3], shape[4], file_.ints(path, expected)};
        const auto wrong = [&](std::int32_t key) { return key < -1 || key >= tokens_; };
        if (std::any_of(out.keys.begin(), out.keys.end(), wrong)) refuse(path, "names keys that no window has");
        run_.request.masks = true;
        run_.request.mask_windows = out.windows;
        return out;
    }

    std::string gate_with_keys(const std::string& wanted) const {
        std::vector<std::string> found;
        if (file_.has("/gates"))
            for (const std::string& name : file_.members("/gates"))
                if (file_.has("/gates/" + name + "/keys")) found.push_back(name);
        if (found.empty()) refuse("/gates", "has no key sets: make the capture with --masks");
        if (wanted.empty() && found.size() == 1) return found[0];
        for (const std::string& name : found)
            if (name == wanted || canonical(syntax_of_group(name)) == canonical(wanted)) return name;
        std::string names;
        for (const std::string& name : found) names += (names.empty() ? "" : ", ") + syntax_of_group(name);
        throw Failure(
            FailureKind::kUsage, wanted.empty() ? "has key sets of several gates" : "has no key sets of " + wanted,
            file_.where("/gates"), (wanted.empty() ? "choose with gate=\"...\"; " : "") + ("it has those of " + names));
    }

    // Of the windows that they are for, whole and without a key that comes after its query.
    KeySets usable_key_sets(const std::string& path) {
        KeySets out = key_sets(path);
        const std::size_t rows_each = static_cast<std::size_t>(out.layers * out.heads);
        const auto queries = static_cast<std::size_t>(out.queries), slots = static_cast<std::size_t>(out.slots);
        for (std::size_t row = 0; row < static_cast<std::size_t>(out.windows) * rows_each; ++row) {
            const std::size_t tokens = run_.text->windows[row / (rows_each)].size();
            if (tokens > queries) refuse(path, "lacks queries of its windows");
            for (std::size_t query = 0; query < queries; ++query) {
                const std::span<std::int32_t> set(out.keys.data() + (row * queries + query) * slots, slots);
                const auto last = static_cast<std::int32_t>(std::min(query, tokens - 1));
                if (std::any_of(set.begin(), set.end(), [last](std::int32_t key) { return key > last; }))
                    refuse(path, "names keys behind their query");
                put_in_order(set);
            }
        }
        return out;
    }

    void window_patterns(const std::string& name) {
        const std::string path = "/patterns/" + name + "/probabilities";
        const std::string prefix = "window_";
        WindowPatterns out;
        const char* end = name.data() + name.size();
        if (!name.starts_with(prefix) || std::from_chars(name.data() + prefix.size(), end, out.window).ptr != end ||
            out.window < 0 || out.window >= windows_)
            refuse("/patterns/" + name, "names no window of the text");
        out.layers = size_of(layers_);
        out.heads = size_of(heads_);
        out.queries = size_of(run_.text->windows[static_cast<std::size_t>(out.window)]);
        out.probabilities = file_.halves(path, {out.layers, out.heads, out.queries, out.queries});
        run_.patterns.push_back(std::make_shared<const WindowPatterns>(std::move(out)));
    }

    h5::Reader file_;
    RunResult run_;
    std::vector<std::int32_t> layers_, heads_;
    std::int64_t windows_ = 0, tokens_ = 0;
};

}  // namespace

StoredKeySets read_key_sets(const std::filesystem::path& path, const std::string& gate) {
    rehearse([&] { CaptureReader(path).read_keys(gate); }, path.string());
    return CaptureReader(path).read_keys(gate);
}

std::shared_ptr<const RunResult> read_capture(const std::filesystem::path& path) {
    rehearse([&path] { CaptureReader(path).read(); }, path.string());
    return CaptureReader(path).read();
}

}  // namespace gatescope
