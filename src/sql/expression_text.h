// An expression of the parse tree as text: as far as an index can hold it.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace architrave::sql {

// The name as SQL reads it back, in quotes where it must have them.
std::string identifier_text(std::string_view name);

// Columns, constants, casts, calls and operators; "" for anything else. `column` gives the name
// that a ColumnRef stands for ("" if it has none).
std::string expression_text(const nlohmann::json& node,
                            const std::function<std::string(const nlohmann::json&)>& column);

}  // namespace architrave::sql
