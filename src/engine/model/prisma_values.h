// Types and defaults of Prisma as SQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/model/prisma_file.h"
#include "engine/model/schema.h"

namespace architrave::model::prisma {

// Of a scalar ("Int", "DateTime") without an attribute; absent: there is no such scalar.
std::optional<std::string> scalar_type(std::string_view name, Engine engine);
// Of a native type, "VarChar" with "255"; absent: there is none of that name.
std::optional<std::string> native_type(std::string_view name, const Attribute& attribute);
// The type that draws from a sequence instead: SERIAL of INTEGER.
std::string serial_type(std::string_view type);

// A literal, by the scalar that it is for. Words (true, a value of an enum) are the caller's.
std::string literal_of(const Value& value, std::string_view scalar, Engine engine);

// "JsonbPathOps" -> "jsonb_path_ops".
std::string operator_class(std::string_view name);

}  // namespace architrave::model::prisma
