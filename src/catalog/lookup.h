// Questions that every rule asks of a catalog, answered from indexes that are made once.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::catalog {

// Holds pointers into the catalog, which must outlive it unchanged.
class Lookup {
 public:
  explicit Lookup(const Catalog& catalog);

  struct ForeignKey {
    const Relation* child;
    const Constraint* constraint;
  };
  // Foreign keys that refer to this relation, without those inherited from a partitioned parent.
  const std::vector<ForeignKey>& referencing(const Relation& parent) const;
  // Tables that inherit from it or are its partitions.
  const std::vector<const Relation*>& children(const Relation& parent) const;
  // The name of an object's dependants, as Objects, from the catalog's dependencies.
  std::vector<Object> dependants(const Object& object) const;

 private:
  std::unordered_map<const Relation*, std::vector<ForeignKey>> referencing_;
  std::unordered_map<const Relation*, std::vector<const Relation*>> children_;
  std::unordered_multimap<std::string, const Object*> dependants_;  // by to_string(needed object)
};

// The kind a relation has as an object, and its qualified, quoted name.
Kind kind_of(const Relation& relation);
Object object_of(const Relation& relation);
Object object_of(const Relation& relation, const Column& column);
Object object_of(const Relation& relation, const Constraint& constraint);
Object object_of(const Relation& relation, const Index& index);
Object object_of(const Relation& relation, const Trigger& trigger);
Object object_of(const Relation& relation, const Policy& policy);
Object object_of(const Type& type);
Object object_of(const Sequence& sequence);
Object object_of(const Routine& routine);

// True if a valid, non-partial B-tree (or another index that serves equality) of the relation
// begins with these columns, in any order.
bool has_index_on(const Relation& relation, const std::vector<std::string>& columns);
// True if a primary key, unique constraint or valid non-partial unique index holds exactly these
// columns, in any order.
bool is_unique(const Relation& relation, const std::vector<std::string>& columns);

// The column as one of what its domain is over, if it has one. Types of no catalog go by `type`
// alone then.
Column beneath_domains(const Catalog& catalog, Column column);
// The array column as one of its elements.
Column element_of(Column array);
// The attributes of a column's type, or of its elements', if that is composite or a row's, be it
// beneath a domain; else null.
const std::vector<Column>* attributes(const Catalog& catalog, const Column& column);
// Whether both types have attributes of the same names in the same order, at every depth. True for
// types without any.
bool same_attributes(const Catalog& a, const Column& column, const Catalog& b, const Column& other);

}  // namespace architrave::catalog
