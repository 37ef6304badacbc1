// What names tell: names split into their words, and names that say what a column holds. The
// knowledge is in the tables of words.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::review {

// "billingAddress_line2" -> billing, address, line2; all in lower case.
std::vector<std::string> name_words(std::string_view name);

bool is_uuid_name(std::string_view name);   // uuid, order_uuid, guid
bool is_money_name(std::string_view name);  // price, total_amount, but not price_ratio

// What a column holds about people or access, by its name and type.
struct Sensitive {
  std::string_view kind;  // "payment card", "e-mail address"
  bool critical = false;  // does harm by itself when it leaks: encrypt it, don't just guard it
};
// Null for a column that holds nothing of the kind: also for hashes, ciphertext, flags and keys.
const Sensitive* sensitive(const catalog::Column& column);

// True for the name of a password that is neither hashed nor encrypted as far as it says.
bool is_password_name(std::string_view name);

}  // namespace architrave::review
