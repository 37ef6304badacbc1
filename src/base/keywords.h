// PostgreSQL's keywords, as its src/include/parser/kwlist.h sorts them. In lower case.
#pragma once

#include <string_view>

namespace architrave {

// True for a word that PostgreSQL takes as a column's or a table's name only in quotes.
bool is_reserved_word(std::string_view name);
// True for a word that PostgreSQL's own quote_ident quotes: every keyword that is not unreserved.
bool is_quoted_word(std::string_view name);

}  // namespace architrave
