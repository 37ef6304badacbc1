#include "catalog/diff.h"

#include <algorithm>
#include <span>
#include <type_traits>

#include "catalog/lookup.h"
#include "catalog/words.h"

namespace architrave::catalog {

namespace {

// Declared first, since they call each other and two-phase look-up finds only what it has seen.
template <class T>
bool same(const T& a, const T& b);
template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b);
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b);
template <class T>
bool same(const std::map<std::string, T>& a, const std::map<std::string, T>& b);

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (Described<T>) {
    bool result = true;
    for_each_field<T>([&](const auto& each) {
      if (result && !each.is_measured) result = same(a.*(each.member), b.*(each.member));
    });
    return result;
  } else {
    return a == b;
  }
}
template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return same(x, y); });
}

template <class T>
bool same(const std::map<std::string, T>& a, const std::map<std::string, T>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && same(x.second, y.second);
  });
}

std::string text(const std::string& value) { return value; }
std::string text(bool value) { return value ? "true" : "false"; }
template <class Number>
  requires std::is_arithmetic_v<Number>
std::string text(Number value) {
  return std::to_string(value);
}
template <class Enum>
  requires std::is_enum_v<Enum>
std::string text(Enum value) {
  return std::string(word(value));
}
template <class T>
std::string text(const std::vector<T>& list);
template <Described T>
std::string text(const T& value);
template <class T>
std::string text(const std::optional<T>& value) {
  return value ? text(*value) : "none";
}
template <class T>
std::string text(const std::map<std::string, T>& map) {
  std::string out;
  for (const auto& [key, value] : map) out += (out.empty() ? "" : ", ") + key + '=' + text(value);
  return out;
}
template <Described T>
std::string text(const T& value) {
  std::string out;
  for_each_field<T>([&](const auto& each) {
    const std::string part = text(value.*(each.member));
    if (!part.empty() && part != "false" && part != "none")
      out += (out.empty() ? "" : ", ") + std::string(each.name) + '=' + part;
  });
  return '(' + out + ')';
}
template <class T>
std::string text(const std::vector<T>& list) {
  std::string out;
  for (const T& each : list) out += (out.empty() ? "" : ", ") + text(each);
  return out;
}

class Differ {
 public:
  std::vector<Change> changes;

  // Two lists of the same kind of object, matched by key; `object` names one of them and `inside`
  // compares two that match.
  template <class T, class Key, class Name, class Inside>
  void lists(const std::vector<T>& before, const std::vector<T>& after, Key key, Name object,
             Inside inside) {
    std::vector<const T*> old_list = pointers(before);
    std::vector<const T*> new_list = pointers(after);
    const auto by_key = [&](const T* a, const T* b) { return key(*a) < key(*b); };
    std::ranges::sort(old_list, by_key);
    std::ranges::sort(new_list, by_key);
    auto a = old_list.begin();
    auto b = new_list.begin();
    while (a != old_list.end() || b != new_list.end()) {
      if (b == new_list.end() || (a != old_list.end() && by_key(*a, *b))) {
        changes.push_back({Change::What::removed, object(**a), {}, {}, {}});
        ++a;
      } else if (a == old_list.end() || by_key(*b, *a)) {
        changes.push_back({Change::What::added, object(**b), {}, {}, {}});
        ++b;
      } else {
        if (!same(**a, **b)) inside(**a, **b);
        ++a;
        ++b;
      }
    }
  }

  // Each field on its own, but for those that `skip` names.
  template <class T>
  void properties(const T& before, const T& after, const Object& object,
                  std::initializer_list<std::string_view> skip = {}) {
    for_each_field<T>([&](const auto& each) {
      const bool skipped = std::ranges::find(skip, each.name) != skip.end();
      if (each.is_measured || skipped || same(before.*(each.member), after.*(each.member))) return;
      changes.push_back({Change::What::changed, object, std::string(each.name),
                         text(before.*(each.member)), text(after.*(each.member))});
    });
  }

  // Lists of objects that are compared property by property and hold no further objects.
  template <class T, class Key, class Name>
  void plain(const std::vector<T>& before, const std::vector<T>& after, Key key, Name object) {
    lists(before, after, key, object, [&](const T& a, const T& b) { properties(a, b, object(b)); });
  }

  template <class T>
  void parts(const Relation& before, const Relation& after, std::vector<T> Relation::* member) {
    plain(
        before.*member, after.*member, [](const T& each) { return each.name; },
        [&](const T& each) { return object_of(after, each); });
  }

  void relation(const Relation& before, const Relation& after) {
    const Object object = object_of(after);
    properties(before, after, object,
               {"columns", "constraints", "indexes", "triggers", "rules", "policies"});
    parts(before, after, &Relation::columns);
    column_order(before, after, object);
    parts(before, after, &Relation::constraints);
    parts(before, after, &Relation::indexes);
    parts(before, after, &Relation::triggers);
    plain(
        before.rules, after.rules, [](const RewriteRule& each) { return each.name; },
        [&](const RewriteRule& each) {
          return Object{Kind::rule, object.name + '.' + quote_identifier(each.name)};
        });
    parts(before, after, &Relation::policies);
  }

 private:
  template <class T>
  static std::vector<const T*> pointers(const std::vector<T>& list) {
    std::vector<const T*> result;
    result.reserve(list.size());
    for (const T& each : list) result.push_back(&each);
    return result;
  }

  // Of the columns that both have.
  void column_order(const Relation& before, const Relation& after, const Object& object) {
    const auto order = [](const Relation& of, const Relation& other) {
      std::vector<std::string> names;
      for (const Column& column : of.columns)
        if (other.column(column.name) != nullptr) names.push_back(column.name);
      return names;
    };
    const std::vector<std::string> old_order = order(before, after);
    const std::vector<std::string> new_order = order(after, before);
    if (old_order != new_order)
      changes.push_back(
          {Change::What::changed, object, "column_order", text(old_order), text(new_order)});
  }
};

}  // namespace

std::vector<Change> diff(const Catalog& before, const Catalog& after) {
  Differ differ;
  const auto name = [](const auto& each) { return each.name; };
  const auto qualified_key = [](const auto& each) { return std::tie(each.schema, each.name); };
  const auto own_object = [](const auto& each) { return object_of(each); };
  differ.plain(before.schemas, after.schemas, name, [](const Schema& each) {
    return Object{Kind::schema, quote_identifier(each.name)};
  });
  differ.plain(before.extensions, after.extensions, name, [](const Extension& each) {
    return Object{Kind::extension, quote_identifier(each.name)};
  });
  differ.plain(before.types, after.types, qualified_key, own_object);
  differ.plain(before.sequences, after.sequences, qualified_key, own_object);
  differ.lists(before.relations, after.relations, qualified_key, own_object,
               [&](const Relation& a, const Relation& b) { differ.relation(a, b); });
  differ.plain(
      before.routines, after.routines,
      [](const Routine& each) { return std::tie(each.schema, each.name, each.arguments); },
      own_object);
  differ.plain(
      before.others, after.others,
      [](const OtherObject& each) { return std::tie(each.kind, each.schema, each.name); },
      [](const OtherObject& each) {
        return Object{each.kind, each.schema.empty()
                                     ? each.name
                                     : quote_identifier(each.schema) + '.' + each.name};
      });
  return std::move(differ.changes);
}

bool equal(const Catalog& a, const Catalog& b) { return same(a, b); }
bool equal(const Type& a, const Type& b) { return same(a, b); }
bool equal(const Sequence& a, const Sequence& b) { return same(a, b); }
bool equal(const Routine& a, const Routine& b) { return same(a, b); }
bool equal(const Relation& a, const Relation& b) { return same(a, b); }
bool equal(const OtherObject& a, const OtherObject& b) { return same(a, b); }
bool equal(const Column& a, const Column& b) { return same(a, b); }
bool equal(const Constraint& a, const Constraint& b) { return same(a, b); }
bool equal(const Index& a, const Index& b) { return same(a, b); }
bool equal(const Trigger& a, const Trigger& b) { return same(a, b); }
bool equal(const RewriteRule& a, const RewriteRule& b) { return same(a, b); }
bool equal(const Policy& a, const Policy& b) { return same(a, b); }

std::string describe(const Change& change) {
  const std::string object = to_string(change.object);
  switch (change.what) {
    case Change::What::added:
      return object + ": added";
    case Change::What::removed:
      return object + ": removed";
    case Change::What::changed:
      break;
  }
  return object + ": " + change.property + ' ' + (change.before.empty() ? "none" : change.before) +
         " -> " + (change.after.empty() ? "none" : change.after);
}

}  // namespace architrave::catalog
