#include "catalog/postgres/partition_bounds.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <compare>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::postgres {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;

using Values = std::vector<std::string>;

// The place behind a quoted text, a name in quotes, or what stands in parentheses; else the next.
std::size_t behind(std::string_view text, std::size_t at) {
  const char first = text[at++];
  if (first == '\'' || first == '"') {
    while (at < text.size()) {
      if (text[at++] != first) continue;
      if (at == text.size() || text[at] != first) return at;  // else it is doubled
      ++at;
    }
  } else if (first == '(' || first == '[') {
    while (at < text.size()) {
      if (text[at] == ')' || text[at] == ']') return at + 1;
      at = behind(text, at);
    }
  }
  return at;
}

Values items(std::string_view list) {
  Values found;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < list.size();) {
    if (list[at] == ',') {
      found.emplace_back(trim(list.substr(begin, at - begin)));
      begin = at + 1;
    }
    at = behind(list, at);
  }
  if (const std::string_view last = trim(list.substr(begin)); !last.empty())
    found.emplace_back(last);
  return found;
}

// What stands in the parentheses that open at the first one behind `word`.
std::optional<Values> behind_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at < text.size(); at = behind(text, at)) {
    if (!text.substr(at).starts_with(word)) continue;
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return {};
    const std::size_t end = behind(text, open);
    return items(text.substr(open + 1, end - open - 2));
  }
  return {};
}

struct Bound {
  enum class Kind { range, list, hash } kind{};
  Values values;  // of a range: where it begins; of a list: all; of a hash: modulus and remainder
  Values end;     // of a range
};

std::optional<Bound> read_bound(const std::string& text) {
  if (auto from = behind_word(text, "FROM ")) {
    auto to = behind_word(text, "TO ");
    if (!to || to->size() != from->size()) return {};
    return Bound{Bound::Kind::range, std::move(*from), std::move(*to)};
  }
  if (auto in = behind_word(text, "IN ")) return Bound{Bound::Kind::list, std::move(*in), {}};
  if (auto with = behind_word(text, "WITH ")) {
    Bound bound{Bound::Kind::hash, {}, {}};
    for (const std::string& each : *with) bound.values.push_back(each.substr(each.rfind(' ') + 1));
    if (bound.values.size() == 2) return bound;
  }
  return {};
}

// The expressions of "RANGE (at, lower(name) COLLATE "C")"; none where operators of its own order
// the rows, which a condition would have to name.
std::optional<Values> read_key(const std::string& text) {
  auto keys = behind_word(text, "");
  if (!keys || keys->empty()) return {};
  for (const std::string& key : *keys) {
    std::size_t at = 0;
    while (at < key.size() && key[at] != ' ') at = behind(key, at);
    std::string_view rest = std::string_view(key).substr(at);
    constexpr std::string_view collate = " COLLATE ";
    if (rest.starts_with(collate)) {
      rest.remove_prefix(collate.size());
      std::size_t end = 0;
      while (end < rest.size() && rest[end] != ' ') end = behind(rest, end);
      rest.remove_prefix(end);
    }
    if (!rest.empty()) return {};
  }
  return keys;
}

bool is_open(const std::string& value) { return value == "MINVALUE" || value == "MAXVALUE"; }

// "(a > 10 OR a = 10 AND b >= 'k')", as the server has it, so that it finds the one in the other;
// a bound may end early: (10, MINVALUE).
std::string limit(const Values& keys, const Values& values, bool is_end) {
  const auto found = std::ranges::find_if(values, is_open);
  const auto count = static_cast<std::size_t>(found - values.begin());
  // Whether rows that are equal as far as it goes are inside.
  const bool inside = found == values.end() ? !is_end : (*found == "MAXVALUE") == is_end;
  if (count == 0) return inside ? "true" : "false";
  Values cases;
  std::string equal;
  for (std::size_t i = 0; i < count; ++i) {
    const bool or_equal = inside && i + 1 == count;
    cases.push_back(equal + keys[i] + (is_end ? " <" : " >") + (or_equal ? "= " : " ") + values[i]);
    equal += keys[i] + " = " + values[i] + " AND ";
  }
  return count == 1 ? cases.front() : '(' + join(cases, " OR ") + ')';
}

std::optional<std::string> condition(const Relation& parent, const Values& keys,
                                     const Bound& bound) {
  Values all;
  switch (bound.kind) {
    case Bound::Kind::range:
      if (bound.values.size() != keys.size()) return {};
      for (const std::string& key : keys) all.push_back(key + " IS NOT NULL");
      for (const std::string& each :
           {limit(keys, bound.values, false), limit(keys, bound.end, true)})
        if (each != "true") all.push_back(each);
      return join(all, " AND ");
    case Bound::Kind::list: {
      Values values = bound.values;
      const bool takes_null = std::erase(values, "NULL") > 0;
      const std::string& key = keys.front();
      if (values.empty()) return key + " IS NULL";
      const std::string in = key + " IN (" + join(values, ", ") + ')';
      return takes_null ? '(' + key + " IS NULL OR " + in + ')' : key + " IS NOT NULL AND " + in;
    }
    case Bound::Kind::hash:
      return "pg_catalog.satisfies_hash_partition(" +
             quote_literal(qualified(parent.schema, parent.name)) + "::pg_catalog.regclass, " +
             join(bound.values, ", ") + ", " + join(keys, ", ") + ')';
  }
  return {};
}

std::optional<long long> whole_number(std::string_view text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

// How two values of a key's column are ordered, where that is plain to see.
std::optional<std::strong_ordering> order(const Relation& parent, const std::string& key,
                                          const std::string& a, const std::string& b) {
  if (a == b) return std::strong_ordering::equal;
  if (a == "MINVALUE" || b == "MAXVALUE") return std::strong_ordering::less;
  if (b == "MINVALUE" || a == "MAXVALUE") return std::strong_ordering::greater;
  const auto column = std::ranges::find_if(
      parent.columns, [&](const Column& each) { return quote_identifier(each.name) == key; });
  if (column == parent.columns.end()) return {};
  const auto plain = [](std::string_view value) {
    return value.size() > 1 && value.front() == '\'' ? value.substr(1, value.size() - 2) : value;
  };
  const std::string_view x = plain(a);
  const std::string_view y = plain(b);
  constexpr std::array<std::string_view, 3> counted = {"int2", "int4", "int8"};
  if (std::ranges::find(counted, column->type_name) != counted.end()) {
    const auto left = whole_number(x);
    const auto right = whole_number(y);
    if (left && right) return *left <=> *right;
  }
  // As the server writes them: years of four digits, and the same length for the same precision.
  constexpr std::array<std::string_view, 2> dated = {"date", "timestamp"};
  const auto is_date = [](std::string_view value) {
    return value.size() >= 10 && value[4] == '-' &&
           value.find_first_not_of("0123456789-: ") == std::string_view::npos;
  };
  if (std::ranges::find(dated, column->type_name) != dated.end() && x.size() == y.size() &&
      is_date(x) && is_date(y))
    return x <=> y;
  return {};
}

// The same of rows of them: the first that differ decide.
std::optional<std::strong_ordering> order(const Relation& parent, const Values& keys,
                                          const Values& a, const Values& b) {
  for (std::size_t i = 0; i < keys.size() && i < a.size() && i < b.size(); ++i) {
    const auto its = order(parent, keys[i], a[i], b[i]);
    if (!its || *its != 0) return its;
    if (is_open(a[i])) break;  // what comes behind is not looked at
  }
  return std::strong_ordering::equal;
}

// Whether the one surely has room for all that is the other's.
bool holds(const Relation& parent, const Values& keys, const Bound& whole, const Bound& part) {
  if (whole.kind != part.kind) return false;
  if (whole.kind == Bound::Kind::list)
    return std::ranges::all_of(part.values, [&](const std::string& each) {
      return std::ranges::find(whole.values, each) != whole.values.end();
    });
  if (whole.kind == Bound::Kind::hash) {
    const auto modulus = whole_number(whole.values[0]);
    const auto its = whole_number(part.values[0]);
    const auto remainder = whole_number(whole.values[1]);
    const auto its_remainder = whole_number(part.values[1]);
    return modulus && its && remainder && its_remainder && *modulus > 0 && *its % *modulus == 0 &&
           *its_remainder % *modulus == *remainder;
  }
  const auto begin = order(parent, keys, whole.values, part.values);
  const auto end = order(parent, keys, part.end, whole.end);
  return begin && end && *begin <= 0 && *end <= 0;
}

// Whether they surely have room for it, one of them or several that adjoin.
bool hold_together(const Relation& parent, const Values& keys, const std::vector<Bound>& wholes,
                   const Bound& part) {
  if (std::ranges::any_of(wholes,
                          [&](const Bound& each) { return holds(parent, keys, each, part); }))
    return true;
  if (part.kind == Bound::Kind::list)
    return std::ranges::all_of(part.values, [&](const std::string& value) {
      return std::ranges::any_of(wholes, [&](const Bound& each) {
        return each.kind == part.kind && std::ranges::find(each.values, value) != each.values.end();
      });
    });
  if (part.kind != Bound::Kind::range) return false;
  Values upto = part.values;
  for (;;) {
    const auto end = order(parent, keys, part.end, upto);
    if (end && *end <= 0) return true;
    const auto next = std::ranges::find_if(wholes, [&](const Bound& each) {
      if (each.kind != part.kind) return false;
      const auto begins = order(parent, keys, each.values, upto);
      const auto ends = order(parent, keys, upto, each.end);
      return begins && ends && *begins <= 0 && *ends < 0;
    });
    if (next == wholes.end()) return false;
    upto = next->end;
  }
}

bool are_apart(const Relation& parent, const Values& keys, const Bound& a, const Bound& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Bound::Kind::list)
    return std::ranges::none_of(a.values, [&](const std::string& each) {
      return std::ranges::find(b.values, each) != b.values.end();
    });
  if (a.kind == Bound::Kind::hash) {
    const auto one = whole_number(a.values[0]);
    const auto other = whole_number(b.values[0]);
    const auto r = whole_number(a.values[1]);
    const auto s = whole_number(b.values[1]);
    return one && other && r && s && (*r - *s) % std::gcd(*one, *other) != 0;
  }
  const auto before = order(parent, keys, a.end, b.values);
  const auto after = order(parent, keys, b.end, a.values);
  return (before && *before <= 0) || (after && *after <= 0);
}

template <class Visit>
void each_partition(const Catalog& catalog, const Relation& parent, Visit&& visit) {
  for (const Relation& each : catalog.relations)
    if (each.is_partition() &&
        std::ranges::find(each.parents, parent.object_name()) != each.parents.end())
      visit(each);
}

}  // namespace

std::optional<std::string> belongs(const Catalog& catalog, const Relation& parent,
                                   const std::string& bound) {
  const auto keys = read_key(parent.partition_key);
  if (!keys) return {};
  if (bound != default_bound) {
    const auto read = read_bound(bound);
    return read ? condition(parent, *keys, *read) : std::nullopt;
  }
  Values others;
  bool known = true;
  each_partition(catalog, parent, [&](const Relation& each) {
    if (each.partition_bound == default_bound) return;
    const auto its = belongs(catalog, parent, each.partition_bound);
    known = known && its;
    if (its) others.push_back('(' + *its + ')');
  });
  if (!known) return {};
  return others.empty() ? "true" : "(" + join(others, " OR ") + ") IS NOT TRUE";
}

bool are_disjoint(const Relation& parent, const std::string& bound, const std::string& other) {
  const auto keys = read_key(parent.partition_key);
  const auto a = read_bound(bound);
  const auto b = read_bound(other);
  return keys && a && b && are_apart(parent, *keys, *a, *b);
}

bool has_place(const Catalog& catalog, const Relation& parent, const std::string& bound) {
  const auto keys = read_key(parent.partition_key);
  const auto part = read_bound(bound);
  std::vector<Bound> wholes;
  bool has_default = false;
  each_partition(catalog, parent, [&](const Relation& each) {
    if (each.partition_bound == default_bound) has_default = true;
    if (auto whole = read_bound(each.partition_bound)) wholes.push_back(std::move(*whole));
  });
  return has_default || (keys && part && hold_together(parent, *keys, wholes, *part));
}

}  // namespace architrave::postgres
