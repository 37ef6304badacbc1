// Names and strings as PostgreSQL writes them in SQL.
#pragma once

#include <string>
#include <string_view>

namespace architrave {

// An identifier as SQL text, quoted if PostgreSQL would quote it (upper case, spaces, keywords).
std::string quote_identifier(std::string_view name);
// A string as an SQL literal: 'it''s'. A backslash makes it E'…'.
std::string quote_literal(std::string_view text);
// schema.name, each quoted where needed; the name alone if there is no schema.
std::string qualified(std::string_view schema, std::string_view name);
// A name made of another, within the 63 bytes that PostgreSQL has for one. What is cut is cut
// between characters, and told from others that begin alike by a hash.
std::string derived_name(std::string_view name, std::string_view tail);

}  // namespace architrave
