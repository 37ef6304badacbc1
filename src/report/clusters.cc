// Greedy modularity (Clauset, Newman and Moore, "Finding community structure in very large
// networks", 2004): communities begin as single tables, and the pair whose union gains the most
// modularity is joined until none gains or fits. Here a community also has a limit of size, and
// tables that are linked and fit together are not split at all.
#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <unordered_map>

#include "report/diagram.h"
#include "report/schema_formats.h"

namespace architrave::report {

using catalog::Relation;

namespace {

std::string_view prefix(const Relation& table) {
  return std::string_view(table.name).substr(0, table.name.find('_'));
}

// A foreign key counts 1; a common schema and a common prefix of the names make it count more, so
// that they decide where the keys alone don't.
double weight(const Relation& child, const Relation& parent) {
  return 1 + (child.schema == parent.schema ? 0.1 : 0) +
         (prefix(child) == prefix(parent) ? 0.25 : 0);
}

struct Community {
  std::vector<std::size_t> members;
  std::map<std::size_t, double> links;  // weight to each other community
  double degree = 0;                    // weight of all link ends in it
  int version = 0;                      // how often it has changed: older candidates are void
};

struct Candidate {
  double gain;
  std::size_t a, b;  // a < b
  int version_a, version_b;
  bool operator<(const Candidate& other) const {  // the largest gain first, then the first names
    return std::tie(gain, other.a, other.b) < std::tie(other.gain, a, b);
  }
};

class Communities {
 public:
  Communities(std::size_t count, std::size_t limit) : list_(count), limit_(limit) {
    for (std::size_t i = 0; i < count; ++i) list_[i].members = {i};
  }
  void link(std::size_t a, std::size_t b, double by) {
    if (a == b) return;
    list_[a].links[b] += by;
    list_[b].links[a] += by;
    list_[a].degree += by;
    list_[b].degree += by;
    total_ += 2 * by;
  }
  std::vector<std::vector<std::size_t>> join_all() {
    join_what_fits();
    for (std::size_t a = 0; a < list_.size(); ++a) offer(a, a + 1);
    while (!queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      if (best.version_a == list_[best.a].version && best.version_b == list_[best.b].version)
        join(best.a, best.b);
    }
    std::vector<std::vector<std::size_t>> groups;
    for (Community& each : list_)
      if (!each.members.empty()) groups.push_back(std::move(each.members));
    return groups;
  }

 private:
  // Makes each connected component that keeps the limit one community.
  void join_what_fits() {
    std::vector<bool> seen(list_.size());
    for (std::size_t start = 0; start < list_.size(); ++start) {
      if (seen[start]) continue;
      std::vector<std::size_t> component = {start};
      seen[start] = true;
      for (std::size_t at = 0; at < component.size(); ++at) {
        for (const auto& [other, by] : list_[component[at]].links) {
          if (seen[other]) continue;
          seen[other] = true;
          component.push_back(other);
        }
      }
      if (component.size() > limit_) continue;
      for (const std::size_t each : component) list_[each] = {};
      list_[start].members = std::move(component);
    }
  }
  // Puts the unions of `a` with its neighbours from `first` on into the queue.
  void offer(std::size_t a, std::size_t first = 0) {
    for (auto link = list_[a].links.lower_bound(first); link != list_[a].links.end(); ++link) {
      const std::size_t b = link->first;
      if (list_[a].members.size() + list_[b].members.size() > limit_) continue;
      const double gain =
          2 * (link->second / total_ - list_[a].degree * list_[b].degree / (total_ * total_));
      if (gain > 0)
        queue_.push({gain, std::min(a, b), std::max(a, b), list_[std::min(a, b)].version,
                     list_[std::max(a, b)].version});
    }
  }
  void join(std::size_t a, std::size_t b) {
    Community gone = std::move(list_[b]);
    list_[b] = {};
    list_[b].version = gone.version + 1;
    Community& into = list_[a];
    into.members.insert(into.members.end(), gone.members.begin(), gone.members.end());
    into.degree += gone.degree;
    ++into.version;
    into.links.erase(b);
    for (const auto& [other, by] : gone.links) {
      list_[other].links.erase(b);
      if (other == a) continue;
      into.links[other] += by;
      list_[other].links[a] += by;
    }
    offer(a);
  }

  std::vector<Community> list_;
  std::priority_queue<Candidate> queue_;
  std::size_t limit_;
  double total_ = 0;
};

using Tables = std::vector<const Relation*>;

// Tables that no key holds: by schema and prefix where at least two share it, else by schema; cut
// at the limit.
void add_loose(const Tables& loose, std::size_t limit, std::vector<Cluster>& clusters) {
  std::map<std::pair<std::string_view, std::string_view>, Tables> groups;
  for (const Relation* table : loose) groups[{table->schema, prefix(*table)}].push_back(table);
  std::map<std::string_view, Tables> rest;
  const auto add = [&](const std::string& name, const Tables& tables) {
    for (std::size_t at = 0; at < tables.size(); at += limit) {
      const auto begin = tables.begin() + static_cast<std::ptrdiff_t>(at);
      const auto size = static_cast<std::ptrdiff_t>(std::min(limit, tables.size() - at));
      clusters.push_back({name, Tables(begin, begin + size)});
    }
  };
  for (const auto& [key, tables] : groups) {
    if (tables.size() > 1)
      add(std::string(key.second), tables);
    else
      rest[key.first].push_back(tables.front());
  }
  for (const auto& [schema, tables] : rest) {
    if (tables.size() == 1)
      add(tables.front()->name, tables);
    else
      add(schema.empty() ? "other tables" : "other tables of " + std::string(schema), tables);
  }
}

// Names that occur twice get their schema, and if that does not help a number.
void make_names_unique(std::vector<Cluster>& clusters) {
  std::map<std::string, int> uses;
  for (const Cluster& each : clusters) ++uses[each.name];
  std::set<std::string> taken;
  for (Cluster& each : clusters) {
    const std::string& schema = each.tables.front()->schema;
    std::string name = each.name;
    if (uses[name] > 1 && !schema.empty() && !name.starts_with("other tables"))
      name = schema + '.' + name;
    const std::string stem = name;
    for (int number = 2; !taken.insert(name).second; ++number)
      name = stem + ' ' + std::to_string(number);
    each.name = std::move(name);
  }
}

}  // namespace

std::vector<Cluster> clusters(const catalog::Catalog& catalog, std::size_t limit) {
  limit = std::max<std::size_t>(limit, 1);
  const Tables tables = drawn_tables(catalog);
  std::unordered_map<const Relation*, std::size_t> numbers;
  for (const Relation* table : tables) numbers.emplace(table, numbers.size());

  Communities communities(tables.size(), limit);
  std::vector<int> references(tables.size());
  for (const Edge& edge : edges(catalog)) {
    const std::size_t child = numbers.at(edge.child);
    const std::size_t parent = numbers.at(edge.parent);
    communities.link(child, parent, weight(*edge.child, *edge.parent));
    if (child != parent) ++references[parent];
  }

  std::vector<Cluster> list;
  Tables loose;
  for (std::vector<std::size_t>& members : communities.join_all()) {
    if (members.size() == 1) {
      loose.push_back(tables[members.front()]);
      continue;
    }
    std::ranges::sort(members);
    const std::size_t centre =
        *std::ranges::max_element(members, {}, [&](std::size_t each) { return references[each]; });
    Cluster& cluster = list.emplace_back();
    cluster.name = tables[centre]->name;
    for (const std::size_t each : members) cluster.tables.push_back(tables[each]);
  }
  add_loose(loose, limit, list);
  std::ranges::stable_sort(list, [](const Cluster& a, const Cluster& b) {
    if (a.tables.size() != b.tables.size()) return a.tables.size() > b.tables.size();
    return a.name < b.name;
  });
  make_names_unique(list);
  return list;
}

}  // namespace architrave::report
