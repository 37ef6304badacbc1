#include "migration/unsaid.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/diff.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Relation;
using catalog::RelationKind;
using catalog::TypeKind;

// What a language does say of those things that the others do not.
struct Words {
  bool prisma = false;  // no comments, no checks, no keys that are expressions; lists may be null
};

template <class List, class Same>
auto find_same(List& list, const Same& same) {
  return std::ranges::find_if(list, same);
}

class Keeper {
 public:
  Keeper(Catalog& model, const Catalog& there, Words words)
      : model_(model), there_(there), words_(words) {
    for (const Relation& each : model.relations) spoken_.insert(each.schema);
    for (const catalog::Type& each : model.types) spoken_.insert(each.schema);
  }

  std::map<std::string, std::int64_t> run() {
    schemas();
    extensions();
    types();
    for (Relation& each : model_.relations)
      if (const Relation* same = there_.relation(each.schema, each.name)) relation(each, *same);
    relations();
    sequences();
    for (const catalog::Routine& each : there_.routines) {
      const auto same = [&](const catalog::Routine& one) {
        return one.schema == each.schema && one.name == each.name &&
               one.arguments == each.arguments;
      };
      if (find_same(model_.routines, same) == model_.routines.end())
        keep(model_.routines, each, "function");
    }
    for (const catalog::OtherObject& each : there_.others) {
      const auto same = [&](const catalog::OtherObject& one) {
        return one.kind == each.kind && one.schema == each.schema && one.name == each.name;
      };
      if (find_same(model_.others, same) == model_.others.end())
        keep(model_.others, each, "other object");
    }
    // What was taken over needs what it needed there.
    model_.dependencies.insert(model_.dependencies.end(), there_.dependencies.begin(),
                               there_.dependencies.end());
    return std::move(kept_);
  }

 private:
  template <class T>
  void keep(std::vector<T>& list, const T& one, const std::string& kind) {
    list.push_back(one);
    ++kept_[kind];
  }

  // Prisma looks at the schemas that it names and at no other.
  bool is_elsewhere(const std::string& schema) const {
    return words_.prisma && schema != "public" && schema != "main" && !spoken_.contains(schema);
  }

  void schemas() {
    for (const catalog::Schema& each : there_.schemas) {
      const auto same = [&](const catalog::Schema& one) { return one.name == each.name; };
      const auto found = find_same(model_.schemas, same);
      if (found == model_.schemas.end())
        model_.schemas.push_back(each);  // to drop one is nothing that a model can ask for
      else
        *found = each;
    }
  }

  void extensions() {
    for (const catalog::Extension& each : there_.extensions) {
      const auto same = [&](const catalog::Extension& one) { return one.name == each.name; };
      const auto found = find_same(model_.extensions, same);
      if (found == model_.extensions.end())
        keep(model_.extensions, each, "extension");
      else
        *found = each;
    }
  }

  void types() {
    for (const catalog::Type& each : there_.types) {
      const auto same = [&](const catalog::Type& one) {
        return one.schema == each.schema && one.name == each.name;
      };
      const auto found = find_same(model_.types, same);
      if (found == model_.types.end()) {
        if (each.kind != TypeKind::enumeration || is_elsewhere(each.schema))
          keep(model_.types, each, "type");
        continue;
      }
      std::vector<std::string> now = found->labels;
      std::vector<std::string> before = each.labels;
      std::ranges::sort(now);
      std::ranges::sort(before);
      if (words_.prisma && now == before) found->labels = each.labels;  // for Prisma a set
      found->owner = each.owner;
      found->acl = each.acl;
      found->comment = each.comment;
    }
  }

  void relations() {
    std::set<std::pair<std::string, std::string>> said;
    for (const Relation& each : model_.relations) said.emplace(each.schema, each.name);
    for (const Relation& each : there_.relations) {
      if (said.contains({each.schema, each.name})) continue;
      const bool is_part = std::ranges::any_of(each.parents, [&](const catalog::ObjectName& one) {
        return said.contains({one.schema, one.name});
      });
      const bool is_plain = each.kind == RelationKind::table && !is_part;
      if (is_plain && !is_elsewhere(each.schema)) continue;
      keep(model_.relations, each, each.is_view() ? "view" : is_part ? "partition" : "other table");
      said.emplace(each.schema, each.name);
    }
  }

  void sequences() {
    for (const catalog::Sequence& each : there_.sequences) {
      const auto same = [&](const catalog::Sequence& one) {
        return one.schema == each.schema && one.name == each.name;
      };
      const auto found = find_same(model_.sequences, same);
      if (found != model_.sequences.end())
        *found = each;
      else if (each.owned_by_table.empty() || is_elsewhere(each.schema))
        keep(model_.sequences, each, "sequence");
    }
  }

  void relation(Relation& model, const Relation& there) {
    if (model.kind == RelationKind::table && there.is_table()) model.kind = there.kind;
    model.owner = there.owner;
    model.acl = there.acl;
    model.unlogged = there.unlogged;
    model.rules = there.rules;
    model.policies = there.policies;
    model.row_security = there.row_security;
    model.force_row_security = there.force_row_security;
    model.parents = there.parents;
    model.partition_key = there.partition_key;
    model.partition_bound = there.partition_bound;
    model.of_type = there.of_type;
    model.access_method = there.access_method;
    model.tablespace = there.tablespace;
    model.options = there.options;
    model.toast_options = there.toast_options;
    model.replica_identity = there.replica_identity;
    if (words_.prisma) model.comment = there.comment;
    for (const catalog::Trigger& each : there.triggers) {
      const auto same = [&](const catalog::Trigger& one) { return one.name == each.name; };
      if (find_same(model.triggers, same) == model.triggers.end())
        keep(model.triggers, each, "trigger");
    }
    for (Column& each : model.columns)
      if (const Column* same = there.column(each.name)) column(model, each, *same);
    constraints(model, there);
    indexes(model, there);
  }

  void column(const Relation& table, Column& model, const Column& there) {
    domain(model, there);
    if (!there.generated.empty() && model.generated.empty()) {
      model.generated = there.generated;
      model.default_value = there.default_value;
      model.not_null = there.not_null;
      ++kept_["generated column"];
    }
    count_up(table, model, there);
    if (model.type == there.type) {
      model.collation = there.collation;
      model.storage = there.storage;
      model.compression = there.compression;
    }
    model.statistics_target = there.statistics_target;
    model.options = there.options;
    model.acl = there.acl;
    model.inherited = there.inherited;
    model.not_null_constraint = there.not_null_constraint;
    model.not_null_no_inherit = there.not_null_no_inherit;
    model.not_null_validated = there.not_null_validated;
    if (!words_.prisma) return;
    model.comment = there.comment;
    if (!model.type.ends_with("[]")) return;
    model.not_null = there.not_null;
    const std::string type = "::" + model.type;
    if (model.default_value == "ARRAY[]" + type && there.default_value == "'{}'" + type)
      model.default_value = there.default_value;
  }

  // A domain over the type that the model says.
  void domain(Column& model, const Column& there) const {
    const catalog::Type* own = there_.type(there.type_schema, there.type_name);
    if (own == nullptr || own->kind != TypeKind::domain || own->base_type != model.type) return;
    model.type = there.type;
    model.type_schema = there.type_schema;
    model.type_name = there.type_name;
    model.type_category = there.type_category;
  }

  // Identity of either kind and serial are one word in a model.
  void count_up(const Relation& table, Column& model, const Column& there) {
    if (there.identity.empty()) return;
    const bool is_serial = words_.prisma && model.default_value.starts_with("nextval(");
    if (model.identity.empty() && !is_serial) return;
    if (is_serial) {
      std::erase_if(model_.sequences, [&](const catalog::Sequence& each) {
        return each.owned_by_schema == table.schema && each.owned_by_table == table.name &&
               each.owned_by_column == model.name;
      });
      model.default_value.clear();
    }
    model.identity = there.identity;
    model.identity_sequence = there.identity_sequence;
  }

  void constraints(Relation& model, const Relation& there) {
    for (const Constraint& each : there.constraints) {
      const auto same = [&](const Constraint& one) { return one.name == each.name; };
      const auto found = find_same(model.constraints, same);
      if (found != model.constraints.end()) {
        const bool says_the_same = found->type == each.type && found->columns == each.columns &&
                                   found->references_table == each.references_table &&
                                   found->references_columns == each.references_columns &&
                                   found->on_delete == each.on_delete &&
                                   found->on_update == each.on_update &&
                                   (each.type != ConstraintType::check);
        if (says_the_same) *found = each;
        continue;
      }
      const bool unsaid = each.type == ConstraintType::exclusion ||
                          (words_.prisma && each.type == ConstraintType::check);
      if (unsaid) keep(model.constraints, each, "constraint");
      // A unique index is all that a model can say of a unique constraint.
      if (each.type != ConstraintType::unique) continue;
      for (Index& index : model.indexes)
        if (index.name == each.index && index.unique && index.constraint.empty() &&
            columns_of(index) == each.columns) {
          model.constraints.push_back(each);
          index.constraint = each.name;
        }
    }
  }

  static std::vector<std::string> columns_of(const Index& index) {
    std::vector<std::string> columns;
    for (const catalog::IndexKey& key : index.keys) columns.push_back(key.column);
    return columns;
  }

  void indexes(Relation& model, const Relation& there) {
    for (const Index& each : there.indexes) {
      const auto same = [&](const Index& one) { return one.name == each.name; };
      const auto found = find_same(model.indexes, same);
      if (found != model.indexes.end()) {
        index(*found, each);
        continue;
      }
      const bool has_expression = std::ranges::any_of(
          each.keys, [](const catalog::IndexKey& key) { return key.column.empty(); });
      const bool of_exclusion = std::ranges::any_of(model.constraints, [&](const Constraint& one) {
        return one.type == ConstraintType::exclusion && one.index == each.name;
      });
      if (!each.predicate.empty() || of_exclusion || (words_.prisma && has_expression))
        keep(model.indexes, each, "partial or expression index");
    }
  }

  void index(Index& model, const Index& there) const {
    model.nulls_not_distinct = there.nulls_not_distinct;
    model.clustered = there.clustered;
    model.inherited = there.inherited;
    model.include = there.include;
    model.options = there.options;
    model.tablespace = there.tablespace;
    if (model.predicate.empty()) model.predicate = there.predicate;
    if (words_.prisma)
      model.comment = there.comment;
    else if (columns_of(model) == columns_of(there))
      for (std::size_t key = 0; key < model.keys.size(); ++key) {
        // How it is sorted, and by which operators, DBML can't say; nor so which kind it is.
        if (model.keys[key].expression == there.keys[key].expression)
          model.keys[key] = there.keys[key];
        if (!there.keys[key].opclass.empty()) model.method = there.method;
      }
    if (model.unique == there.unique && model.method == there.method && same_keys(model, there))
      model.definition = there.definition;
  }

  static bool same_keys(const Index& a, const Index& b) {
    Index one = a;
    one.definition = b.definition;
    one.constraint = b.constraint;
    one.comment = b.comment;
    return catalog::equal(one, b);
  }

  Catalog& model_;
  const Catalog& there_;
  Words words_;
  std::set<std::string, std::less<>> spoken_;
  std::map<std::string, std::int64_t> kept_;
};

void keep_unsaid_of(engine::Opened& model, const engine::Opened& there) {
  const auto kept =
      Keeper(model.catalog, there.catalog, {.prisma = model.source.language == "Prisma"}).run();
  // The sandbox that was loaded knows nothing of what has joined.
  model.sandbox.reset();
  if (kept.empty()) return;
  std::vector<std::string> parts;
  for (const auto& [kind, count] : kept)
    parts.push_back(plural(count, kind, kind + (kind.ends_with("index") ? "es" : "s")));
  model.notes.push_back("left as they are, since " + model.source.language +
                        " has no words for them: " + join(parts, ", "));
}

}  // namespace

void keep_unsaid(engine::Opened& from, engine::Opened& to) {
  if (from.source.language.empty() == to.source.language.empty()) return;
  if (to.source.language.empty())
    keep_unsaid_of(from, to);
  else
    keep_unsaid_of(to, from);
}

}  // namespace architrave::migration
