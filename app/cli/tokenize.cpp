#include <nlohmann/json.hpp>

#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"
#include "app/cli/visible.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

std::string ids_line(const std::vector<std::int32_t>& ids) {
    std::string out;
    for (const std::int32_t id : ids) out += (out.empty() ? "" : " ") + std::to_string(id);
    return out + "\n";
}

std::string piece_lines(const std::vector<std::int32_t>& ids, const Tokenizer& tokenizer) {
    std::string out;
    for (const std::int32_t id : ids) out += std::to_string(id) + "\t" + visible(tokenizer.piece(id)) + "\n";
    return out;
}

std::string json_document(const std::vector<std::int32_t>& ids, const Tokenizer& tokenizer, bool pieces) {
    nlohmann::ordered_json out = {{"ids", ids}};
    if (pieces) {
        nlohmann::ordered_json& list = out["pieces"] = nlohmann::ordered_json::array();
        for (const std::int32_t id : ids) list.push_back(replace_invalid_utf8(tokenizer.piece(id)));
    }
    return out.dump() + "\n";
}

int run(const Options& options, bool pieces, Console& console) {
    apply(options, console);
    require(options.model, "MODEL");
    require(options.text, "--text");
    TerminalJob job(console);
    const auto tokenizer = open_tokenizer(options.model);
    const std::string text = read_text(text_path(options.text));
    job.context().begin("Tokenizing", "", 0);
    const std::vector<std::int32_t> ids = tokenizer->encode(text, 0, &job.context());
    if (options.json)
        console.print(json_document(ids, *tokenizer, pieces));
    else
        console.print(pieces ? piece_lines(ids, *tokenizer) : ids_line(ids));
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    auto pieces = std::make_shared<bool>(false);
    add_model(app, *options);
    app.add_option("--text", options->text, "a UTF-8 text file; or the word sample")->type_name("FILE");
    app.add_flag("--pieces", *pieces, "an id and its piece on each line");
    add_console(app, *options);
    return [options, pieces](Console& console) { return run(*options, *pieces, console); };
}

}  // namespace

Verb tokenize_verb() {
    return {"tokenize", "Token ids of a text, on one line.", "gatescope tokenize sample --text sample --pieces",
            declare};
}

}  // namespace gatescope
