#include "tests/support/fake_snapshot.h"

#include <cmath>
#include <random>
#include <sstream>

#include "analysis/metrics/metrics.h"
#include "analysis/perplexity.h"
#include "model/core/last_part.h"

namespace gatescope::fake {

namespace {

constexpr const char* kProse =
    "Benjamin Tucker , who believed that the path of Authority or the path of Liberty . Marx went one way ; Warren and "
    "Proudhon the other . Thus were born State Socialism and Anarchism . Authority , takes many shapes , but , broadly "
    "speaking , her enemies divide themselves into three classes : first , those who abhor her both as a means and as "
    "an "
    "end of progress , opposing her openly , avowedly , sincerely , consistently , universally as the foe of human "
    "welfare "
    "\n philosophy has no firmer ground than this ; yet Kropotkin held that mutual aid , not struggle , was the rule "
    "of life .";

float uniform(std::mt19937& random) {
    return static_cast<float>(random() % 10'000) / 10'000.0F;
}

HeadGrid grid(const Shape& shape, float low, float high, unsigned seed, float lift_of_first_layer = 0) {
    std::mt19937 random(seed);
    HeadGrid out{shape.layers, shape.heads, {}};
    for (std::int64_t cell = 0; cell < shape.layers * shape.heads; ++cell) {
        const float draw = uniform(random) * uniform(random);
        const float first = cell < shape.heads ? lift_of_first_layer : 0.0F;
        out.values.push_back(high - (high - low) * draw * 0.8F - first * (0.5F + 0.5F * uniform(random)));
    }
    return out;
}

Concentration concentration(const Shape& shape) {
    Concentration out;
    for (std::int32_t k = 1; k <= shape.tokens; k *= 2) {
        out.k.push_back(k);
        const float full = 1.0F - 0.72F * std::exp(-std::log2(static_cast<float>(k) + 1.0F) * 0.42F) *
                                      (k >= shape.tokens ? 0.0F : 1.0F);
        out.mass_at_k.push_back(grid(shape, full - 0.22F * (1 - full) * 6, full, 7, k >= shape.tokens ? 0 : 0.3F));
        out.mass_at_k_full.push_back(out.mass_at_k.back());
    }
    for (const MetricInfo& metric : metric_infos()) {
        if (metric.takes_k || metric.of_gate || metric.on_demand || metric.of_spectra) continue;
        const float high = metric.share ? 0.6F : metric.unit == "nats" ? 4.2F : 120.0F;
        out.figures[metric.id] = grid(shape, 0.02F, high, static_cast<unsigned>(metric.id.size()));
    }
    return out;
}

PerplexityResult losses(const Shape& shape, std::int64_t done, float added, unsigned seed) {
    std::mt19937 random(11);
    std::mt19937 own(seed);
    PerplexityResult out;
    for (std::int64_t window = 0; window < done; ++window) {
        const float level = 3.43F + 0.25F * (uniform(random) - 0.5F);
        std::vector<float> row{kNaN};
        for (std::int64_t token = 1; token < shape.tokens; ++token) {
            const float draw = uniform(random) * 2;
            const float sign = uniform(own) < 0.2F ? -0.5F : 1.0F;
            row.push_back(level * draw + 2.4F * sign * added * uniform(own) * (uniform(own) > 0.98F ? 20.0F : 0.6F));
        }
        out.token_nll.push_back(std::move(row));
    }
    if (done > 0) out.estimate = estimate_perplexity(out.token_nll);
    return out;
}

GateResult gate(const Shape& shape, const std::string& syntax, std::int64_t done, float added,
                const PerplexityResult& dense) {
    GateResult out;
    out.gate = parse_gate(syntax);
    out.sparsity = 0.875;
    out.cost = {1.51e9, 4.83e9, 1.4 * (1 << 20), 11.3 * (1 << 20)};
    out.perplexity = losses(shape, done, added, static_cast<unsigned>(syntax.size()));
    out.from_dense = paired_difference(out.perplexity.token_nll, dense.token_nll);
    for (const MetricInfo& metric : metric_infos())
        if (metric.of_gate) out.agreement[metric.id] = grid(shape, 0.4F, 1.0F, 3);
    return out;
}

std::shared_ptr<JobContext> job(const std::string& title, const std::string& unit, double total, double done) {
    auto out = std::make_shared<JobContext>();
    out->begin(title, unit, total);
    out->tick(done);
    return out;
}

}  // namespace

std::shared_ptr<const ModelSummary> model(const Shape& shape) {
    auto out = std::make_shared<ModelSummary>();
    out->name = "SmolLM2-135M-Instruct.Q4_1.gguf";
    out->sha256 = std::string(64, 'a');
    out->architecture = "llama";
    out->weight_dtypes = "Q4_1, F32";
    out->parameter_count = 134'515'008;
    out->config.n_layers = shape.layers;
    out->config.n_heads = shape.heads;
    out->config.n_kv_heads = shape.heads % 3 == 0 ? shape.heads / 3 : shape.heads;
    out->config.d_head = out->config.rope_dims = 64, out->config.d_model = 64 * shape.heads;
    return out;
}

std::shared_ptr<const TextWindows> text(const Shape& shape) {
    auto out = std::make_shared<TextWindows>();
    out->name = "wikipedia-eval.txt";
    out->window_length = shape.tokens;
    std::vector<std::string> words;
    std::istringstream stream(kProse);
    for (std::string word; std::getline(stream, word, ' ');)
        words.push_back(words.empty() || word == "\n" || word == "," || word == "." || word == ";" || word == ":"
                            ? word
                            : " " + word);
    std::int32_t next = 0;
    for (const std::string& word : words) out->pieces[next++] = word;
    for (std::int64_t window = 0; window < shape.windows; ++window) {
        std::vector<std::int32_t> ids;
        for (std::int64_t token = 0; token < shape.tokens; ++token)
            ids.push_back(static_cast<std::int32_t>((token + window * 17) % std::ssize(words)));
        out->windows.push_back(std::move(ids));
    }
    return out;
}

std::shared_ptr<const PatternMatrix> pattern(const Shape& shape, std::int64_t layer, std::int64_t head,
                                             std::int64_t window) {
    auto out = std::make_shared<PatternMatrix>();
    out->layer = layer, out->head = head, out->window = window, out->tokens = shape.tokens;
    const auto cells = static_cast<std::size_t>(shape.tokens * shape.tokens);
    out->probabilities.assign(cells, 0);
    out->kept_a.assign(cells, 0);
    out->kept_b.assign(cells, 0);
    std::mt19937 random(static_cast<unsigned>(layer * 97 + head));
    std::vector<float> column;
    for (std::int64_t key = 0; key < shape.tokens; ++key) column.push_back(std::pow(uniform(random), 6.0F) * 8 + 0.05F);
    column[0] = 12;
    for (std::int64_t query = 0; query < shape.tokens; ++query) {
        float* row = out->probabilities.data() + query * shape.tokens;
        float sum = 0;
        for (std::int64_t key = 0; key <= query; ++key) {
            const auto away = static_cast<float>(query - key);
            row[key] =
                column[static_cast<std::size_t>(key)] * (0.05F + 0.6F * uniform(random)) + 6 * std::exp(-away / 2.5F);
            sum += row[key];
        }
        for (std::int64_t key = 0; key <= query; ++key) {
            row[key] /= sum;
            const auto cell = static_cast<std::size_t>(query * shape.tokens + key);
            out->kept_a[cell] = row[key] > 1.2F / static_cast<float>(query + 1) ? 1 : 0;
            out->kept_b[cell] = key < 4 || query - key < 60 ? 1 : 0;
        }
    }
    return out;
}

std::shared_ptr<const RunResult> run(const Shape& shape, std::int64_t done) {
    auto out = std::make_shared<RunResult>();
    out->id = static_cast<std::uint64_t>(done) + 1;
    out->request.window_length = shape.tokens;
    out->request.windows = shape.windows;
    out->request.gates = {parse_gate("oracle:k=64"), parse_gate("window:sinks=4,local=60")};
    out->model = model(shape);
    out->text = text(shape);
    out->device = "cpu", out->dtype = "float32";
    out->command =
        "gatescope capture sample --text sample --windows 8 --gate oracle:k=64 --gate window:sinks=4,local=60 --out "
        "C.h5";
    out->created = "2026-01-01T12:00:00Z";
    out->dense = losses(shape, done, 0, 1);
    if (done > 0) {
        out->concentration = concentration(shape);
        out->gates.push_back(gate(shape, "oracle:k=64", done, 0.027F, out->dense));
        out->gates.push_back(gate(shape, "window:sinks=4,local=60", done, 0.15F, out->dense));
    }
    out->windows_done = done;
    out->complete = done == shape.windows;
    return out;
}

std::shared_ptr<const ModelPreview> preview(const std::string& path, std::uint64_t there_bytes,
                                            std::uint64_t open_bytes) {
    auto summary = std::make_shared<ModelSummary>();
    summary->name = last_part(path);
    summary->architecture = summary->config.family = "llama";
    summary->format = "safetensors";
    summary->weight_dtypes = "BF16";
    summary->tokenizer = "BPE";
    summary->parameter_count = 1'235'814'400;
    summary->size_bytes = 2'471'645'608;
    ModelConfig& config = summary->config;
    config.n_layers = 16, config.n_heads = 32, config.n_kv_heads = 8;
    config.d_model = 2048, config.d_head = 64, config.d_mlp = 8192, config.d_vocab = 128'256, config.n_ctx = 131'072;
    auto out = std::make_shared<ModelPreview>();
    out->path = path;
    out->family_label = "Llama";
    out->summary = std::move(summary);
    out->tokenizer_size = 128'256;
    out->memory = weigh(
        [](const MemoryWish& how) {
            const std::uint64_t value = how.dtype == "bfloat16" ? 2 : 4;
            return MemoryNeeds{1'498'482'688 * value, static_cast<std::uint64_t>(how.window_length) * 2'400'000};
        },
        {"float32", 512}, {"cpu", there_bytes, open_bytes});
    return out;
}

std::shared_ptr<const ModelPreview> broken_preview(const std::string& path, const std::string& error) {
    auto out = std::make_shared<ModelPreview>();
    out->path = path;
    out->error = error;
    return out;
}

Snapshot snapshot(const Shape& shape) {
    Snapshot out;
    out.id = 1;
    out.settings.model_path = out.settings.text_path = "sample";
    out.settings.window_length = shape.tokens, out.settings.windows = shape.windows;
    out.settings.gate_a = "oracle:k=64", out.settings.gate_b = "window:sinks=4,local=60";
    out.model = model(shape);
    out.device = "cpu", out.dtype = "float32", out.threads = 2;
    out.run = run(shape, shape.windows);
    out.gate_a = 0, out.gate_b = 1;
    out.pattern = pattern(shape, 11, 4, 0);
    out.jobs.push_back({1, job("Perplexity under B", "windows", 8, 5), true});
    out.command_line = out.run->command;
    return out;
}

Snapshot opening() {
    Snapshot out;
    out.id = 1;
    out.settings.model_path = out.settings.text_path = "sample";
    out.jobs.push_back({1, job("Loading weights", "tensors", 272, 120), true});
    return out;
}

Snapshot empty() {
    return {};
}

}  // namespace gatescope::fake
