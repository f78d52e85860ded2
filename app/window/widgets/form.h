#pragma once
// Rows of a form: label, field, and below it in one line what is wrong with it. Fields hold text; every key is the id
// of its field ("##k").

#include <functional>
#include <string>

#include "app/window/field_errors.h"
#include "app/window/theme.h"

namespace gatescope {

class Form {
  public:
    Form(const Theme& theme, float label_width, const FieldErrors& errors)
        : theme_(theme), label_width_(label_width), errors_(errors) {}

    // `over` draws over the field, which is the last item then.
    void text(const std::string& key, const std::string& label, const std::string& help, std::string& value,
              const std::string& hint = {}, const std::function<void()>& over = {});
    // Two short fields in one row.
    void pair(const std::string& label, const std::string& help, const std::string& first_key, std::string& first,
              const std::string& second_key, std::string& second);
    // A path with a button behind it. True when that is pressed: time to open a dialog.
    bool path(const std::string& key, const std::string& label, const std::string& help, std::string& value,
              const std::string& hint);
    // A menu: true while it is open; then draw its choices and call ImGui::EndPopup() and after().
    bool begin_choice(const std::string& key, const std::string& label, const std::string& help,
                      const std::string& shown);
    void flag(const std::string& key, const std::string& label, const std::string& help, bool& value);
    // What is wrong with the field, if anything: for rows that are drawn by hand.
    void error(const std::string& key) const;
    // Draws the label and goes to where the field begins.
    void label(const std::string& text, const std::string& help) const;

  private:
    void field(const std::string& key, std::string& value, const std::string& hint, float width) const;

    const Theme& theme_;
    float label_width_;
    const FieldErrors& errors_;
};

// Wrapped lines at the foot of a form, and how high they are.
void small_text(const Theme& theme, const std::string& text, const ImVec4& colour);
float small_text_height(const Theme& theme, const std::string& text);

}  // namespace gatescope
