#include "app/engine/runs/run_log.h"

#include <charconv>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/engine/runs/run_folder.h"
#include "model/checkpoint/json_text.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostLogBytes = std::uint64_t{256} << 20;

std::string print_number(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t begin = 0, end = 0; end != std::string_view::npos; begin = end + 1) {
        end = line.find(',', begin);
        out.push_back(line.substr(begin, end - begin));
    }
    return out;
}

class LogReader {
  public:
    explicit LogReader(std::string where) : where_(std::move(where)) {}

    void row(std::string_view line) {
        const std::vector<std::string_view> cells = cells_of(line);
        if (row_++ == 0) return header(cells);
        std::int64_t step = 0;
        if (cells.size() != columns_.size() + 1)
            refuse("has " + std::to_string(cells.size()) + " values for " + std::to_string(columns_.size() + 1) +
                   " columns");
        if (!read_number(cells[0], step) || step < 0) refuse("begins with no step");
        out_.step.push_back(step);
        for (std::size_t n = 0; n < columns_.size(); ++n) {
            double value = 0;
            if (!read_number(cells[n + 1], value)) refuse("holds \"" + one_line(std::string(cells[n + 1]), 40) + "\"");
            columns_[n]->push_back(value);
        }
    }
    TrainCurve take() { return std::move(out_); }

  private:
    void header(const std::vector<std::string_view>& cells) {
        if (cells[0] != "step") refuse("doesn't begin with \"step\"");
        for (std::size_t n = 1; n < cells.size(); ++n) {
            const auto [place, added] = out_.series.emplace(cells[n], std::vector<double>{});
            if (!added) refuse("names a column twice");
            columns_.push_back(&place->second);
        }
    }
    [[noreturn]] void refuse(const std::string& what) const {
        throw Failure(FailureKind::kBadFile, "row " + std::to_string(row_) + " " + what, where_);
    }

    std::string where_;
    TrainCurve out_;
    std::vector<std::vector<double>*> columns_;  // of out_.series
    std::int64_t row_ = 0;
};

}  // namespace

std::string print_log(const TrainCurve& curve) {
    std::string out = "step";
    for (const auto& [name, values] : curve.series) out += "," + name;
    for (std::size_t row = 0; row < curve.step.size(); ++row) {
        out += "\n" + std::to_string(curve.step[row]);
        for (const auto& [name, values] : curve.series) out += "," + print_number(values.at(row));
    }
    return out + "\n";
}

TrainCurve parse_log(const std::string& text, const std::string& where) {
    LogReader reader(where);
    std::string_view left = text;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find('\n'), left.size());
        reader.row(left.substr(0, end));
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    return reader.take();
}

std::shared_ptr<const TrainCurve> log_of_run(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "log.csv";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return nullptr;
    const TrainPlan plan = plan_of_run(folder);
    TrainCurve curve = parse_log(read_small_file(file, kMostLogBytes), file.string());
    curve.name = plan.name;
    curve.recipe = print_recipe(plan.recipe);
    return std::make_shared<const TrainCurve>(std::move(curve));
}

}  // namespace gatescope
