#include "app/cli/components_report.h"

#include <algorithm>

#include "analysis/spectra/component_pairs.h"
#include "app/cli/visible.h"
#include "app/engine/text_table.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t kFewTokens = 3;      // that stand for a side
constexpr std::size_t kLongestPiece = 20;  // characters of it that are shown
constexpr double kAlike = 0.05;            // this near to a half a head does both alike

std::string percent(float share) {
    return number("%.1f %%", 100.0 * static_cast<double>(share));
}

const std::vector<std::string>& side_names(const HeadComponent& component) {
    static const std::vector<std::string> plane = {"+u", "+v", "-u", "-v"}, axis = {"+", "-"};
    return component.routing ? plane : axis;
}

// The side whose keys the queries of side `side` attend to.
std::size_t attended_side(const HeadComponent& component, std::size_t side) {
    if (component.routing) return (side + 1) % 4;
    return component.value > 0 ? side : 1 - side;
}

// The piece in quotes, its end left out where it is long.
std::string quoted(const std::string& piece) {
    const std::string text = visible(piece);
    std::size_t end = 0, shown = 0;
    for (; end < text.size() && shown < kLongestPiece; ++shown) do
            ++end;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
    return "\"" + text.substr(0, end) + (end < text.size() ? "…\"" : "\"");
}

std::string pieces_of(const ComponentSide& side, std::size_t count) {
    std::string out;
    for (std::size_t n = 0; n < std::min(count, side.size()); ++n) out += (n > 0 ? " " : "") + quoted(side[n].piece);
    return out;
}

std::string sides_table(const HeadComponent& component) {
    std::vector<Row> rows;
    for (std::size_t side = 0; side < component.sides.size(); ++side) {
        const std::size_t other = attended_side(component, side);
        const ComponentSide& tokens = component.sides[side];
        rows.push_back({"", side_names(component)[side],
                        tokens.empty() ? "" : number("%.2f", static_cast<double>(tokens.front().loading)),
                        pieces_of(tokens, tokens.size()),
                        side_names(component)[other] + ": " + pieces_of(component.sides[other], kFewTokens)});
    }
    return table({{"", Align::kLeft},
                  {"side", Align::kLeft},
                  {"most"},
                  {"queries like", Align::kLeft},
                  {"attend to keys like", Align::kLeft}},
                 rows);
}

std::string rule_of(const HeadComponent& component) {
    if (component.routing) return "routing: each side attends to the next";
    return component.value > 0 ? "filtering: like attends to like" : "filtering: like attends to unlike";
}

class Text {
  public:
    explicit Text(const ComponentsReport& report) : report_(report) {}

    std::string make() const {
        std::string out = sentence() + place();
        std::size_t n = 0;
        for (const HeadComponent& plane : report_.head.planes) out += component("plane", ++n, "routing", plane);
        n = 0;
        for (const HeadComponent& axis : report_.head.axes) out += component("axis", ++n, "filtering", axis);
        return out;
    }

  private:
    std::string sentence() const {
        const HeadComponents& head = report_.head;
        const std::string who =
            "layer " + std::to_string(head.request.layer) + ", head " + std::to_string(head.request.head);
        if (head.planes.empty() && head.axes.empty()) return who + " has a kernel of zeros: it does nothing\n";
        const double routing = static_cast<double>(head.skew_fraction);
        const std::string kind = routing > 0.5 + kAlike   ? " routes more than it filters: "
                                 : routing < 0.5 - kAlike ? " filters more than it routes: "
                                                          : " routes and filters alike: ";
        return who + kind + percent(head.skew_fraction) + " of its kernel's energy is routing, " +
               percent(1 - head.skew_fraction) + " filtering (a random kernel: about half)\n";
    }

    std::string place() const {
        const ModelConfig& config = report_.model.config;
        std::string out = "by the projections of " + report_.model.name;
        if (!config.learned_positions)
            out += " at offset " + std::to_string(report_.head.request.delta) + ", whatever the distance";
        out += "; tokens are embeddings as the layer would see them";
        return out + (config.learned_positions ? ", without positions\n" : "\n");
    }

    std::string component(const std::string& name, std::size_t number_of, const std::string& part,
                          const HeadComponent& component) const {
        return "\n" + name + " " + std::to_string(number_of) + ": value " +
               number("%.4g", static_cast<double>(component.value)) + ", " + percent(component.share) + " of " + part +
               "; " + rule_of(component) + "\n" + sides_table(component) + pairs(component);
    }

    std::string token(std::int64_t position, std::int32_t id) const {
        const auto found = report_.pieces.find(id);
        const std::string piece = found == report_.pieces.end() ? std::to_string(id) : found->second;
        return std::to_string(position) + " " + quoted(piece);
    }

    std::string pairs(const HeadComponent& component) const {
        if (component.tokens.empty() || report_.pairs == 0) return "";
        std::vector<Row> rows;
        for (const ComponentPair& pair :
             strongest_pairs(component, report_.head.ids, report_.model.config.causal, report_.pairs))
            rows.push_back({"", token(pair.query, pair.query_id), token(pair.key, pair.key_id),
                            number("%+.3f", static_cast<double>(pair.contribution))});
        return table(
            {{"", Align::kLeft}, {"in the text: query", Align::kLeft}, {"key", Align::kLeft}, {"adds to the score"}},
            rows);
    }

    const ComponentsReport& report_;
};

ordered_json side_json(const HeadComponent& component, std::size_t side) {
    ordered_json tokens = ordered_json::array();
    for (const LoadedToken& token : component.sides[side])
        tokens.push_back({{"id", token.id}, {"piece", replace_invalid_utf8(token.piece)}, {"loading", token.loading}});
    return {{"side", side_names(component)[side]},
            {"attends_to", side_names(component)[attended_side(component, side)]},
            {"tokens", tokens}};
}

ordered_json component_json(const HeadComponent& component, const ComponentsReport& report) {
    ordered_json out = {{"value", component.value}, {"share", component.share}};
    for (std::size_t side = 0; side < component.sides.size(); ++side)
        out["sides"].push_back(side_json(component, side));
    if (component.tokens.empty()) return out;
    out["pairs"] = ordered_json::array();
    for (const ComponentPair& pair :
         strongest_pairs(component, report.head.ids, report.model.config.causal, report.pairs))
        out["pairs"].push_back({{"query", pair.query},
                                {"key", pair.key},
                                {"query_id", pair.query_id},
                                {"key_id", pair.key_id},
                                {"contribution", pair.contribution}});
    return out;
}

}  // namespace

std::string components_text(const ComponentsReport& report) {
    return Text(report).make();
}

ordered_json components_json(const ComponentsReport& report) {
    const HeadComponents& head = report.head;
    ordered_json out = {{"model", report.model.name},
                        {"layer", head.request.layer},
                        {"head", head.request.head},
                        {"delta", head.request.delta},
                        {"skew_fraction", head.skew_fraction}};
    for (const auto& [name, part] : {std::pair("planes", &head.planes), std::pair("axes", &head.axes)}) {
        out[name] = ordered_json::array();
        for (const HeadComponent& component : *part) out[name].push_back(component_json(component, report));
    }
    if (!head.ids.empty()) out["window"] = head.ids;
    return out;
}

}  // namespace gatescope
