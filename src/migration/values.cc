// What is known of values without a server: which expressions differ from row to row, which types
// lie alike on disk.
#include <algorithm>
#include <span>
#include <unordered_set>

#include "base/embedded.h"
#include "migration/actions.h"

namespace architrave::migration {

std::span<const EmbeddedFile> embedded_files();  // *.txt beside this file

using sql::Node;

namespace {

const std::unordered_set<std::string_view>& nonvolatile_functions() {
  static const auto* const names = [] {
    auto* out = new std::unordered_set<std::string_view>;
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.name != "nonvolatile_functions.txt") continue;
      for (std::size_t at = 0; at < file.bytes.size();) {
        const std::size_t end = std::min(file.bytes.find_first_of(" \n", at), file.bytes.size());
        if (end > at) out->insert(file.bytes.substr(at, end - at));
        at = end + 1;
      }
    }
    return out;
  }();
  return *names;
}

}  // namespace

bool may_be_volatile(Node expression) {
  return expression.any([](Node each) {
    return each.is("FuncCall") &&
           !nonvolatile_functions().contains(sql::string_of(each["funcname"].back()));
  });
}

bool differs_by_collation(const TypeName& from, const TypeName& to) {
  const auto text = [](const TypeName& type) {
    return !type.array && type.mods.empty() && (type.name == "text" || type.name == "varchar");
  };
  const auto citext = [](const TypeName& type) { return !type.array && type.name == "citext"; };
  return (citext(from) && (text(to) || citext(to))) || (text(from) && citext(to));
}

bool differs_by_zone(const TypeName& from, const TypeName& to) {
  const bool both = (from.name == "timestamp" && to.name == "timestamptz") ||
                    (from.name == "timestamptz" && to.name == "timestamp");
  // A precision would have to be looked at for each row, but for the greatest.
  return both && !from.array && !to.array && (to.mods.empty() || to.mods[0] == 6);
}

bool keeps_form(const TypeName& from, const TypeName& to) {
  if (from == to) return true;
  if (from.array || to.array) return false;
  const auto mod = [](const TypeName& type, std::size_t i) {
    return i < type.mods.size() ? type.mods[i] : -1;
  };
  const bool unlimited = to.mods.empty();
  const auto text = [](const TypeName& type) {
    return type.name == "text" || type.name == "varchar";
  };
  if (text(from) && text(to))
    return unlimited ||
           (from.name == "varchar" && !from.mods.empty() && mod(to, 0) >= mod(from, 0));
  if (from.name == "cidr" && to.name == "inet") return true;
  if (from.name == "xml" && text(to) && unlimited) return true;
  if (from.name != to.name) return false;
  if (to.name == "varbit") return unlimited || (!from.mods.empty() && mod(to, 0) >= mod(from, 0));
  if (to.name == "numeric")
    return unlimited || (!from.mods.empty() && mod(to, 0) >= mod(from, 0) &&
                         std::max(0, mod(to, 1)) == std::max(0, mod(from, 1)));
  if (to.name == "timestamp" || to.name == "timestamptz" || to.name == "time" ||
      to.name == "timetz")
    return unlimited || (!from.mods.empty() && mod(to, 0) >= mod(from, 0)) || mod(to, 0) == 6;
  // Its other modifiers are masks of fields, and greater than any precision.
  if (to.name == "interval")
    return unlimited || (!from.mods.empty() && mod(to, 0) <= 6 && mod(to, 0) >= mod(from, 0));
  return false;
}

}  // namespace architrave::migration
