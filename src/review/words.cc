#include "review/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "base/text.h"

namespace architrave::review {

namespace {

// A name speaks of money if one of its words is among the first and none among the second.
constexpr std::string_view money_words[] = {
    "amount",  "balance",  "budget",  "charge",   "cost",    "costs",  "credit",    "debit",
    "deposit", "discount", "expense", "fee",      "fees",    "fine",   "income",    "payment",
    "payout",  "price",    "prices",  "refund",   "revenue", "salary", "subtotal",  "surcharge",
    "tax",     "tip",      "total",   "turnover", "wage",    "wages",  "unitprice", "freight"};
constexpr std::string_view not_money_words[] = {
    "ratio",    "rate",     "percent",  "percentage", "pct",   "factor",  "share",
    "weight",   "quantity", "count",    "score",      "time",  "seconds", "minutes",
    "hours",    "duration", "distance", "length",     "width", "height",  "area",
    "volume",   "size",     "bytes",    "km",         "kg",    "days",    "probability",
    "estimate", "rows",     "number",   "id",         "units", "value"};

struct Pattern {
  std::string_view words;  // these words, one after the other, in the name
  Sensitive sensitive;
  // Categories of types that may hold it, as pg_type.typcategory: S text, N numbers, D dates,
  // I addresses, G geometry, U user-defined (citext, jsonb).
  std::string_view types = "S";
};

constexpr Pattern patterns[] = {
    // access
    {"api key", {"secret", true}},
    {"apikey", {"secret", true}},
    {"secret key", {"secret", true}},
    {"private key", {"secret", true}},
    {"access key", {"secret", true}},
    {"secret", {"secret", true}},
    {"access token", {"secret", true}},
    {"refresh token", {"secret", true}},
    {"auth token", {"secret", true}},
    {"session token", {"secret", true}},
    {"reset token", {"secret", true}},
    {"oauth token", {"secret", true}},
    {"bearer token", {"secret", true}},
    {"token", {"secret", true}},
    {"passphrase", {"secret", true}},
    {"security answer", {"secret", true}},
    {"otp", {"secret", true}},
    {"totp", {"secret", true}},
    {"recovery code", {"secret", true}},
    {"backup codes", {"secret", true}},
    {"credentials", {"secret", true}, "SU"},
    // payment
    {"card number", {"payment card", true}, "SN"},
    {"cardnumber", {"payment card", true}, "SN"},
    {"card no", {"payment card", true}, "SN"},
    {"cc number", {"payment card", true}, "SN"},
    {"credit card", {"payment card", true}, "SN"},
    {"creditcard", {"payment card", true}, "SN"},
    {"card pan", {"payment card", true}, "SN"},
    {"cvv", {"payment card", true}, "SN"},
    {"cvc", {"payment card", true}, "SN"},
    {"card expiry", {"payment card", true}, "SD"},
    {"iban", {"bank account", true}},
    {"bank account", {"bank account", true}, "SN"},
    {"bank account number", {"bank account", true}, "SN"},
    {"account iban", {"bank account", true}},
    {"routing number", {"bank account", true}, "SN"},
    {"sort code", {"bank account", true}, "SN"},
    // government's numbers
    {"ssn", {"national identity number", true}, "SN"},
    {"social security", {"national identity number", true}, "SN"},
    {"national id", {"national identity number", true}, "SN"},
    {"national insurance", {"national identity number", true}, "SN"},
    {"nationalidnumber", {"national identity number", true}, "SN"},
    {"personal number", {"national identity number", true}, "SN"},
    {"passport", {"national identity number", true}},
    {"passport number", {"national identity number", true}, "SN"},
    {"passport no", {"national identity number", true}, "SN"},
    {"drivers license", {"national identity number", true}},
    {"driver license", {"national identity number", true}},
    {"driving licence", {"national identity number", true}},
    {"license number", {"national identity number", true}},
    {"tax number", {"national identity number", true}, "SN"},
    {"taxpayer id", {"national identity number", true}, "SN"},
    {"tin", {"national identity number", true}},
    // what the law calls special categories
    {"diagnosis", {"health", true}, "SU"},
    {"diagnoses", {"health", true}, "SU"},
    {"medical history", {"health", true}, "SU"},
    {"medical record", {"health", true}, "SU"},
    {"medical condition", {"health", true}, "SU"},
    {"medical notes", {"health", true}, "SU"},
    {"blood type", {"health", true}},
    {"blood group", {"health", true}},
    {"allergies", {"health", true}, "SU"},
    {"disability", {"health", true}},
    {"prescription", {"health", true}, "SU"},
    {"hiv status", {"health", true}},
    {"fingerprint template", {"biometric", true}},
    {"biometric", {"biometric", true}, "SU"},
    {"religion", {"belief", true}},
    {"ethnicity", {"ethnic origin", true}},
    {"sexual orientation", {"sexual orientation", true}},
    {"political party", {"belief", true}},
    // who and where
    {"email", {"e-mail address"}, "SU"},
    {"e mail", {"e-mail address"}, "SU"},
    {"emailaddress", {"e-mail address"}, "SU"},
    {"mail address", {"e-mail address"}, "SU"},
    {"phone", {"phone number"}, "SN"},
    {"telephone", {"phone number"}, "SN"},
    {"phonenumber", {"phone number"}, "SN"},
    {"mobile", {"phone number"}, "SN"},
    {"cellphone", {"phone number"}, "SN"},
    {"fax", {"phone number"}, "SN"},
    {"first name", {"person's name"}},
    {"firstname", {"person's name"}},
    {"last name", {"person's name"}},
    {"lastname", {"person's name"}},
    {"middle name", {"person's name"}},
    {"middlename", {"person's name"}},
    {"full name", {"person's name"}},
    {"fullname", {"person's name"}},
    {"surname", {"person's name"}},
    {"given name", {"person's name"}},
    {"family name", {"person's name"}},
    {"maiden name", {"person's name"}},
    {"birth date", {"birth date"}, "SD"},
    {"birthdate", {"birth date"}, "SD"},
    {"birthday", {"birth date"}, "SD"},
    {"date of birth", {"birth date"}, "SD"},
    {"dob", {"birth date"}, "SD"},
    {"birth datetime", {"birth date"}, "SD"},
    {"street", {"postal address"}},
    {"street address", {"postal address"}},
    {"postal address", {"postal address"}},
    {"home address", {"postal address"}},
    {"billing address", {"postal address"}},
    {"shipping address", {"postal address"}},
    {"address line1", {"postal address"}},
    {"address line2", {"postal address"}},
    {"address1", {"postal address"}},
    {"address2", {"postal address"}},
    {"address", {"postal address"}},
    {"ip address", {"IP address"}, "SI"},
    {"ipaddress", {"IP address"}, "SI"},
    {"remote ip", {"IP address"}, "SI"},
    {"client ip", {"IP address"}, "SI"},
    {"last ip", {"IP address"}, "SI"},
    {"sign in ip", {"IP address"}, "SI"},
    {"latitude", {"location"}, "NG"},
    {"longitude", {"location"}, "NG"},
};

// Words that say it is not the thing itself but something about it, or safe already.
constexpr std::string_view harmless_words[] = {
    "hash",     "hashed",    "digest",      "encrypted", "enc",       "cipher",   "ciphertext",
    "masked",   "last4",     "fingerprint", "checksum",  "count",     "type",     "status",
    "format",   "template",  "length",      "verified",  "confirmed", "enabled",  "required",
    "expires",  "expiry",    "expiration",  "valid",     "sent",      "label",    "version",
    "at",       "prefix",    "suffix",      "subject",   "url",       "uri",      "page",
    "code",     "limit",     "is",          "has",       "kind",      "class",    "domain",
    "provider", "algorithm", "hint",        "ttl",       "symbol",    "standard", "mac",
    "contract", "wallet",    "quality",     "source",    "concept",   "rpc",      "host",
    "node",     "peer"};
// Words of keys to another table, after all but a number that is itself called an id.
constexpr std::string_view key_words[] = {"id", "ids", "uuid", "key"};

bool holds(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool any_of(const std::vector<std::string>& words, std::span<const std::string_view> list) {
  return std::ranges::any_of(words, [&](const std::string& word) { return holds(list, word); });
}

// Where in `words` the pattern's words begin; the length of `words` if nowhere.
bool has_phrase(const std::vector<std::string>& words, std::string_view phrase) {
  const std::vector<std::string> wanted = split(phrase, ' ');
  return !std::ranges::search(words, wanted).empty();
}

char category_of(const catalog::Column& column) {
  if (column.type_name == "citext" || column.type_name == "jsonb" || column.type_name == "json")
    return 'U';
  return column.type_category.empty() ? 'S' : column.type_category.front();
}

}  // namespace

std::vector<std::string> name_words(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(lower(word));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (std::isalnum(c) == 0 && c < 0x80) {
      end_word();
      continue;
    }
    const bool after_lower = i > 0 && std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    const bool before_lower =
        i + 1 < name.size() && std::islower(static_cast<unsigned char>(name[i + 1])) != 0;
    const bool after_upper = i > 0 && std::isupper(static_cast<unsigned char>(name[i - 1])) != 0;
    if (std::isupper(c) != 0 && (after_lower || (after_upper && before_lower))) end_word();
    word += name[i];
  }
  end_word();
  return words;
}

bool is_uuid_name(std::string_view name) {
  const std::vector<std::string> words = name_words(name);
  return !words.empty() && (words.back() == "uuid" || words.back() == "guid");
}

bool is_money_name(std::string_view name) {
  const std::vector<std::string> words = name_words(name);
  return any_of(words, money_words) && !any_of(words, not_money_words);
}

const Sensitive* sensitive(const catalog::Column& column) {
  const std::vector<std::string> words = name_words(column.name);
  if (words.empty() || any_of(words, harmless_words)) return nullptr;
  const char category = category_of(column);
  const Pattern* best = nullptr;
  for (const Pattern& pattern : patterns) {
    if (pattern.types.find(category) == std::string_view::npos) continue;
    if (!has_phrase(words, pattern.words)) continue;
    if (best == nullptr || pattern.words.size() > best->words.size()) best = &pattern;
  }
  if (best == nullptr) return nullptr;
  const std::string& last = words.back();
  if (holds(key_words, last) && !best->words.ends_with(last)) return nullptr;
  return &best->sensitive;
}

bool is_password_name(std::string_view name) {
  static constexpr std::string_view password_words[] = {"password", "passwd",       "pwd",
                                                        "passwort", "userpassword", "pass"};
  static constexpr std::string_view not_itself[] = {"policy",  "changed",  "reset",    "updated",
                                                    "history", "strength", "attempts", "salt",
                                                    "date",    "question", "age",      "days"};
  const std::vector<std::string> words = name_words(name);
  if (words.empty() || any_of(words, harmless_words) || any_of(words, not_itself)) return false;
  return holds(password_words, words.back()) ||
         (words.size() == 1 && holds(password_words, words.front()));
}

}  // namespace architrave::review
