#include "advisor/plan_time.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "advisor/plan_rows.h"
#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/server_facts.h"
#include "plan/condition.h"

namespace architrave::advisor {

namespace {

using catalog::Column;
using catalog::Index;
using catalog::Relation;
using plan::Compared;
using plan::Node;

// Microseconds. A page of a scan, a row of it, and one of the planner's units of its conditions
// (0.0025 for an operator; the first that fails spares the others).
constexpr double scanned_page = 0.3;
constexpr double scanned_row = 0.06;
constexpr double scanned_unit = 4;
constexpr double unit = 6;  // of the planner's, in nodes that read no table
constexpr double row_unit = 0.01;
// A look-up: the way down the tree, and each row that it finds in the table. What is below 128 MB
// stays in the processor's caches; of a table of 512 MB hardly a page does.
constexpr double descent = 0.5;
constexpr double visit = 0.3;             // of the table, after the index
constexpr double descent_of_large = 1.3;  // more, in an index on a table of 256 MB
constexpr double found_entry = 0.07;
constexpr double found_row = 0.07;  // more, where it is fetched
constexpr double fetched_page = 0.25;
constexpr double fetched_page_of_large = 1;  // more
constexpr double small_pages = 16384;
constexpr double middling_pages = 32768;
constexpr double large_pages = 65536;
constexpr double in_order = 0.4;  // of that, where look-ups come in the index's order
constexpr double bitmap_row = 0.06;
constexpr double in_page_order = 0.5;
constexpr double entries_of_page = 200;

// More for a page that isn't in shared buffers and comes from the operating system's.
constexpr double read_in_turn = 0.85;
constexpr double read_at_random = 1.7;

double pages_of(const Relation& table) {
  return table.stats ? static_cast<double>(std::max<std::int64_t>(1, table.stats->pages)) : 1;
}

double fetch(const Relation& table) {
  const double size = (pages_of(table) - small_pages) / (large_pages - small_pages);
  return fetched_page + fetched_page_of_large * std::clamp(size, 0.0, 1.0);
}

double correlation(const Relation& table, std::string_view name) {
  const Column* column = table.column(name);
  return column != nullptr && column->stats ? column->stats->correlation.value_or(0) : 0;
}

double descend(const Relation& table) {
  return descent + descent_of_large * std::min(1.0, pages_of(table) / middling_pages);
}

const Node* child(const Node& node, std::string_view relationship) {
  const auto found = std::ranges::find(node.children, relationship, &Node::relationship);
  return found != node.children.end() ? &*found : nullptr;
}

// What of a database lies in its shared buffers.
class Buffers {
 public:
  explicit Buffers(const catalog::Catalog& catalog)
      : pages_(static_cast<double>(
                   catalog::bytes_setting(catalog, "shared_buffers").value_or(default_bytes)) /
               page_bytes) {
    double all = 1;
    for (const Relation& each : catalog.relations) {
      all += pages_of(each);
      for (const Index& index : each.indexes)
        if (index.stats) all += static_cast<double>(index.stats->pages);
    }
    held_ = std::min(1.0, pages_ / all);
  }

  // Of a relation before a query comes to it.
  double missing() const { return 1 - held_; }

  // Pages that are read when `touched` of `pages` are asked for at random; `again`: the share of
  // those asked for a second time that may have gone by then. `in_turn`: pages of all relations
  // that look-ups go to; that the buffers go to all alike and that they go to this one alone are
  // both wrong, and the middle was what plans took.
  double reads(double touched, double pages, double again, double in_turn) const {
    const double different = pages * (1 - std::exp(-touched / pages));
    return different * missing() +
           again * (touched - different) * std::max(0.0, 1 - pages_ / std::sqrt(in_turn * pages));
  }

 private:
  static constexpr double page_bytes = 8192;
  static constexpr std::int64_t default_bytes = 128LL << 20;
  double pages_;
  double held_ = 1;
};

class Clock {
 public:
  Clock(const catalog::Catalog& catalog, const FindIndex& find)
      : find_(find), rows_(catalog), buffers_(catalog) {
    for (const Relation& each : catalog.relations) tables_.emplace(each.name, &each);
  }

  PlanTime measure(const Node& root) {
    std::set<std::string, std::less<>> seen;
    looked_up_ = pages_looked_up(root, seen);
    PlanTime time;
    time.milliseconds = of(root, 1, nullptr, 1) / 1000;
    return time;
  }

 private:
  const Relation* table_of(const Node& node) const {
    const auto found = tables_.find(node.relation);
    return found != tables_.end() ? found->second : nullptr;
  }

  static double leaves_of(const Relation& table) {
    return std::max(1.0, rows_of(table).value_or(1) / entries_of_page);
  }

  // Of the tables and indexes that the plan looks rows up in. Scans of large tables don't displace
  // them: they go through a ring of few buffers.
  double pages_looked_up(const Node& node, std::set<std::string, std::less<>>& seen) const {
    double pages = 0;
    const Relation* table = node.index.empty() ? nullptr : table_of(node);
    if (table != nullptr && seen.insert(node.index).second) pages += leaves_of(*table);
    if (table != nullptr && node.type == "Index Scan" && seen.insert(node.relation + " ").second)
      pages += pages_of(*table);
    for (const Node& each : node.children) pages += pages_looked_up(each, seen);
    return pages;
  }

  // The scan (or sort) in whose order a node's rows come.
  static const Node* driver(const Node& node) {
    if (node.type == "Sort" || (!node.relation.empty() && node.type.ends_with("Scan")))
      return &node;
    const bool keeps = node.type == "Nested Loop" || node.type == "Hash Join" ||
                       node.type == "Merge Join" || node.type == "Limit" ||
                       node.type == "Materialize" || node.type == "Unique";
    const Node* outer = keeps ? child(node, "Outer") : nullptr;
    return outer != nullptr ? driver(*outer) : nullptr;
  }

  // How far look-ups by this condition come in the index's own order: 0 to 1.
  double sortedness(const std::vector<Compared>& compared, const Node* outer) const {
    if (outer == nullptr || compared.empty() || !compared[0].equal) return 0;
    const Node* scan = driver(*outer);
    const std::string& other = compared[0].other;  // "alias.column"
    const auto dot = other.find('.');
    if (scan == nullptr || dot == std::string::npos) return 0;
    const std::string column = other.substr(dot + 1);
    if (scan->type == "Sort") {
      const std::string first(split(scan->detail("Sort Key"), ',')[0]);
      return first.starts_with(other) || first.starts_with(column) ? 1 : 0;
    }
    if (scan->alias != other.substr(0, dot)) return 0;
    if (const Index* index = find_(scan->index))
      return !index->keys.empty() && index->keys[0].column == column ? 1 : 0;
    const Relation* table = table_of(*scan);
    return table != nullptr ? std::pow(correlation(*table, column), 2) : 0;
  }

  // Rows that the index gives for one look-up. That the planner takes columns to be independent
  // makes it believe in too few; between that and columns that say the same lies the middle.
  static double rows_found(const Node& node, const Relation& table, const Index* index,
                           const std::vector<Compared>& compared) {
    const double all = std::max(1.0, rows_of(table).value_or(1));
    double fewest = all;
    double most = all;
    std::size_t equal = 0;
    for (const Compared& each : compared) {
      const Column* column = table.column(each.column);
      if (!each.equal || column == nullptr) return std::max(1.0, node.rows);
      const double share = 1 / std::max(1.0, distinct_of(*column, all));
      fewest *= share;
      most = std::min(most, all * share);
      ++equal;
    }
    if (equal == 0) return std::max(1.0, node.rows);
    if (index != nullptr && index->unique && equal >= index->keys.size()) return 1;
    const double likely =
        equal > 1 && fewest < 1 ? std::sqrt(std::max(1.0, most)) : std::max(fewest, 0.1);
    return std::max(likely, node.rows);
  }

  double look_ups(const Node& node, double loops, const Node* outer, double processes) {
    const Relation* table = table_of(node);
    if (table == nullptr) return loops * descent;
    const Index* index = find_(node.index);
    const auto compared = plan::compared_columns(node.detail("Index Cond"));
    double rows = rows_found(node, *table, index, compared);
    if (node.detail("Parallel Aware") == "true") rows /= processes;
    const double sorted = sortedness(compared, outer);
    const double leaves_found = rows / entries_of_page;
    double time =
        loops * ((descend(*table) + leaves_found * fetch(*table)) * (1 - sorted * (1 - in_order)) +
                 rows * found_entry);
    double reads =
        buffers_.reads(loops * (1 + leaves_found), leaves_of(*table), 1 - sorted, looked_up_);
    if (node.type == "Index Scan") {
      const std::string leading = !compared.empty()                          ? compared[0].column
                                  : index != nullptr && !index->keys.empty() ? index->keys[0].column
                                                                             : std::string();
      // Rows that lie in the index's order share their pages.
      const double together = std::pow(correlation(*table, leading), 2);
      const double per_page = std::max(1.0, rows_of(*table).value_or(1) / pages_of(*table));
      const double pages =
          (1 - together) * rows + together * std::min(rows, std::max(1.0, rows / per_page));
      time += loops * ((visit + pages * fetch(*table)) * (1 - sorted * together * (1 - in_order)) +
                       rows * found_row);
      reads += buffers_.reads(loops * pages, pages_of(*table), 1 - sorted * together, looked_up_);
    }
    return time + reads * read_at_random;
  }

  // `spent_below`: units of the planner that are in the children.
  double bitmap(const Node& node, double loops, double spent_below) {
    const Relation* table = table_of(node);
    if (table == nullptr || !table->stats) return 0;
    double rows = 1;
    for (const Node& each : node.children) rows = std::max(rows, each.rows);
    const double held = pages_of(*table);
    const double pages = std::min(held, 2 * held * rows / (2 * held + rows));
    double spent = pages * (in_page_order * fetch(*table) + buffers_.missing() * read_in_turn) +
                   rows * (found_entry + found_row);
    // Where it is not repeated, what is left of its cost are its conditions.
    const double io = pages * (4 - 3 * std::sqrt(pages / held));
    if (loops <= 1)
      spent += std::max(0.0, node.total_cost - spent_below - io - rows * row_unit) * scanned_unit;
    return loops * spent;
  }

  double scan(const Node& node, double spent_below, double processes) const {
    const Relation* table = table_of(node);
    if (table == nullptr || !table->stats) return node.total_cost * unit;
    const double pages = static_cast<double>(table->stats->pages);
    const double share = node.detail("Parallel Aware") == "true" ? processes : 1;
    const double rows = rows_of(*table).value_or(0) / share;
    const double units = node.total_cost - pages - spent_below - rows * row_unit;
    const double page = scanned_page + buffers_.missing() * read_in_turn;
    return pages / share * page + rows * scanned_row + std::max(0.0, units) * scanned_unit;
  }

  // Of a subquery that stands in a node's conditions: the parent's cost says how often it runs.
  static double times_run(const Node& parent, const Node& subplan) {
    double rest = parent.total_cost;
    for (const Node& each : parent.children)
      if (each.relationship != "SubPlan" && each.relationship != "InitPlan")
        rest -= each.total_cost;
    return std::max(1.0, rest / std::max(subplan.total_cost, 0.01));
  }

  // The share of its rows that a LIMIT takes from below.
  static double until_enough(const Node& node, const Node& below) {
    return node.type == "Limit" ? std::min(1.0, node.total_cost / std::max(below.total_cost, 0.01))
                                : 1;
  }

  // A semi-join ends at the first match of many (costsize.c: inner_scan_frac).
  static double until_found(const Node& join, const Node& inner) {
    return join.detail("Join Type") == "Semi" ? std::min(1.0, 2 / (inner.rows + 1)) : 1;
  }

  // Microseconds of all `loops`; `outer`: what drives the loop that the node is repeated by;
  // `processes`: that run it, below a Gather.
  double of(const Node& node, double loops, const Node* outer, double processes) {
    if (node.type.starts_with("Gather")) {
      const double workers = std::atof(std::string(node.detail("Workers Planned")).c_str());
      processes = workers + std::max(0.0, 1 - 0.3 * workers);  // costsize.c, get_parallel_divisor
      loops *= processes;
    }
    double time = 0;
    double below = 0;
    const Node* first = child(node, "Outer");
    for (const Node& each : node.children) {
      if (each.relationship == "InitPlan") {
        time += of(each, 1, nullptr, processes);
      } else if (each.relationship == "SubPlan") {
        const double times = times_run(node, each);
        time += of(each, loops * times, nullptr, processes);
        below += times * each.total_cost;
      } else if (node.type == "Nested Loop" && each.relationship == "Inner" && first != nullptr) {
        const double times = loops * std::max(1.0, rows_.of(*first));
        below += std::max(1.0, rows_.of(*first)) * each.total_cost;
        const bool keeps = each.type == "Materialize" || each.type == "Memoize";
        if (each.type == "Materialize")
          time += of(each, loops, nullptr, processes) + times * each.rows * row_unit * unit / 2;
        else if (keeps && !each.children.empty())  // half of the keys come again
          time += of(each.children[0], times / 2, first, processes) + times * row_unit * unit * 3;
        else
          time += of(each, times, first, processes) * until_found(node, each);
      } else {
        time += of(each, loops * until_enough(node, each), outer, processes);
        below += each.total_cost;
      }
    }
    if (node.type == "Seq Scan") return time + loops * scan(node, below, processes);
    if (node.type == "Index Scan" || node.type == "Index Only Scan")
      return time + look_ups(node, loops, outer, processes);
    if (node.type == "Bitmap Heap Scan") return time + bitmap(node, loops, below);
    if (node.type.starts_with("Bitmap")) return time + loops * (descent + node.rows * bitmap_row);
    if (node.type.starts_with("Gather")) return time;
    // What the planner did not see coming is joined, sorted and gathered as well.
    double own = std::max(0.0, node.total_cost - below);
    if (node.type == "Nested Loop" || node.type.ends_with("Join"))
      own += (rows_.of(node) - node.rows) * row_unit;
    else if (first != nullptr)
      own *= rows_.of(*first) / std::max(1.0, first->rows);
    return time + loops * own * unit;
  }

  const FindIndex& find_;
  PlanRows rows_;
  Buffers buffers_;
  double looked_up_ = 1;  // pages
  std::map<std::string, const Relation*, std::less<>> tables_;
};

}  // namespace

PlanTime plan_time(const Node& root, const catalog::Catalog& catalog, const FindIndex& find) {
  return Clock(catalog, find).measure(root);
}

}  // namespace architrave::advisor
