// Types of columns, and domains and enumerations: what the rules about them share.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "migration/lint/rule.h"

namespace architrave::migration::lint {

// Calls `visit` with each column that is made or gets another type: name, type, place.
void each_column(
    const Statement& statement,
    const std::function<void(std::string_view name, const TypeName& type, int location)>& visit);
// Finds the columns whose type is wrong: "column x is y" and why.
void types(const Statement& statement, Finder& finder, bool (*wrong)(const TypeName&),
           const char* why, const char* instead);

// Of ALTER TYPE.
std::string type_of(const Statement& statement);
// What ALTER DOMAIN does, as a letter or as the letter's number.
bool alters_domain_by(const Statement& statement, std::string_view letter, std::string_view number);
std::string tables_of_domain(const Statement& statement);  // that they are read

}  // namespace architrave::migration::lint
