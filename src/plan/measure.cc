#include "plan/measure.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace architrave::plan {

namespace {

bool has_times(const Plan& plan) { return plan.root.actual && plan.root.actual->total_ms > 0; }

// "InitPlan 1 (returns $0,$1)" -> "$0", "$1"; since PostgreSQL 17 it is named as "(InitPlan
// 1).col1".
std::vector<std::string> names_of_initplan(const std::string& subplan) {
  std::vector<std::string> names;
  for (std::size_t at = subplan.find('$'); at != std::string::npos;
       at = subplan.find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < subplan.size() && subplan[end] >= '0' && subplan[end] <= '9') ++end;
    names.push_back(subplan.substr(at, end - at));
  }
  names.push_back('(' + subplan.substr(0, subplan.find(" (")) + ").");
  return names;
}

bool mentions(std::string_view text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool longer =
        name.front() == '$' && end < text.size() && text[end] >= '0' && text[end] <= '9';
    if (!longer) return true;
  }
  return false;
}

bool is_cte(const Node& node) { return node.subplan.starts_with("CTE "); }

// Runs whenever another node asks for it, not as an input of its parent.
bool runs_on_demand(const Node& node) { return node.relationship == "InitPlan" || is_cte(node); }

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

// Reads its input to the end before it gives a row.
bool reads_all(const Node& node) {
  return is_one_of(node.type, {"Sort", "Hash", "Bitmap Heap Scan", "BitmapAnd", "BitmapOr"}) ||
         (node.type == "Aggregate" && node.detail("Strategy") != "Sorted");
}

// What a node's place lets it do with its rows.
struct Place {
  double processes = 1;
  bool may_stop_early = false;  // fewer rows than estimated say nothing
  bool may_read_again = false;  // nor do more
};

class Measuring {
 public:
  explicit Measuring(const Plan& plan) : timed_(has_times(plan)) {
    has_limit_ = contains_limit(plan.root);
    add(plan.root, -1, 0, {});
    take_off_children();
    take_off_subplans();
    shares(plan);
  }
  std::vector<Measured> list;

 private:
  static bool contains_limit(const Node& node) {
    return node.type == "Limit" || std::ranges::any_of(node.children, contains_limit);
  }

  // How many processes ran what is below a Gather.
  static double processes_below(const Node& gather, const Node& child) {
    if (gather.detail("Single Copy") == "true" || !child.actual || !gather.actual) return 1;
    return std::max(1.0, child.actual->loops / std::max(1.0, gather.actual->loops));
  }

  Place place_below(const Node& node, const Node& child, std::size_t which, Place place) const {
    if (node.type == "Gather" || node.type == "Gather Merge")
      place.processes *= processes_below(node, child);
    if (reads_all(node)) place.may_stop_early = false;
    place.may_read_again = false;
    const std::string_view join = node.detail("Join Type");
    if (node.type == "Limit") place.may_stop_early = true;
    if (node.type == "Merge Join") {
      place.may_stop_early = true;
      place.may_read_again = which == 1;
    }
    // The inner side is left at the first match; the outer side of a hash join is not even begun
    // where the hash table is empty.
    if (node.type == "Nested Loop" && which == 1 &&
        (join == "Semi" || join == "Anti" || node.detail("Inner Unique") == "true"))
      place.may_stop_early = true;
    if (node.type == "Hash Join" && which == 0 && node.children.size() > 1 &&
        node.children[1].actual && node.children[1].actual->rows == 0)
      place.may_stop_early = true;
    if (node.type == "Materialize" || node.type == "Memoize") place.may_stop_early = true;
    // EXISTS and scalar subqueries stop when they know enough; a CTE when its readers do.
    if (is_cte(child))
      place.may_stop_early = has_limit_;
    else if (child.relationship == "SubPlan" || child.relationship == "InitPlan")
      place.may_stop_early = true;
    return place;
  }

  static double estimate_error(const Node& node, const Place& place) {
    // BitmapAnd and BitmapOr never say how many rows; others give none, by design.
    if (!node.actual || node.actual->loops == 0 ||
        is_one_of(node.type, {"BitmapAnd", "BitmapOr", "ModifyTable", "Hash", "Limit"}))
      return 1;
    const double error = std::max(1.0, node.actual->rows) / std::max(1.0, node.rows);
    // An input that was never begun means that this node knew its answer without it.
    const bool skipped = std::ranges::any_of(
        node.children, [](const Node& each) { return each.actual && each.actual->loops == 0; });
    if (error < 1 && (place.may_stop_early || skipped)) return 1;
    if (error > 1 && place.may_read_again) return 1;
    return error;
  }

  void add(const Node& node, int parent, int depth, const Place& place) {
    Measured m{.node = &node, .parent = parent, .depth = depth};
    m.own_cost = node.total_cost;
    if (node.buffers) m.own_buffers = *node.buffers;
    if (node.actual && node.actual->loops > 0) {
      m.ran = true;
      m.processes = std::min(place.processes, node.actual->loops);
      m.loops = node.actual->loops / m.processes;
      m.total_ms = node.actual->total_ms * m.loops;
      m.rows = node.actual->rows * node.actual->loops;
      m.error = estimate_error(node, place);
    }
    m.own_ms = m.total_ms;
    const int me = static_cast<int>(list.size());
    list.push_back(m);
    for (std::size_t i = 0; i < node.children.size(); ++i)
      add(node.children[i], me, depth + 1, place_below(node, node.children[i], i, place));
  }

  static void take_off_buffers(const Measured& subplan, const std::vector<Measured*>& readers) {
    if (!subplan.node->buffers) return;
    for (const auto field : {&Buffers::shared_hit, &Buffers::shared_read, &Buffers::shared_written,
                             &Buffers::temp_read, &Buffers::temp_written}) {
      std::int64_t left = (*subplan.node->buffers).*field;
      for (Measured* each : readers) {
        std::int64_t& own = each->own_buffers.*field;
        const std::int64_t part = std::min(left, own);
        own -= part;
        left -= part;
      }
    }
  }

  void take_off_children() {
    for (const Measured& child : list) {
      if (child.parent < 0 || runs_on_demand(*child.node)) continue;
      Measured& parent = list[static_cast<std::size_t>(child.parent)];
      parent.own_ms = std::max(0.0, parent.own_ms - child.total_ms);
      // A parent's cost may be less than its child's: a LIMIT pays for a part of it.
      parent.own_cost = std::max(0.0, parent.own_cost - child.node->total_cost);
      take_off_buffers(child, {&parent});
    }
  }

  bool asks_for(const Measured& reader, const Node& subplan) const {
    if (is_cte(subplan))
      return reader.node->type == "CTE Scan" &&
             reader.node->detail("CTE Name") == std::string_view(subplan.subplan).substr(4);
    for (const std::string& name : names_of_initplan(subplan.subplan))
      for (const auto& [_, text] : reader.node->details)
        if (mentions(text, name)) return true;
    return false;
  }

  void take_off_subplans() {
    for (const Measured& subplan : list) {
      if (subplan.parent < 0 || !runs_on_demand(*subplan.node)) continue;
      std::vector<Measured*> readers;
      for (Measured& each : list)
        if (asks_for(each, *subplan.node)) readers.push_back(&each);
      // Named nowhere: an output column, of the node that it hangs from as often as not.
      if (readers.empty() && !is_cte(*subplan.node))
        readers.push_back(&list[static_cast<std::size_t>(subplan.parent)]);
      std::ranges::stable_sort(readers, std::greater{}, &Measured::own_ms);
      take_off_buffers(subplan, readers);
      double left = subplan.total_ms;
      for (Measured* each : readers) {
        const double part = std::min(left, each->own_ms);
        each->own_ms -= part;
        left -= part;
      }
      // The planner adds the cost where the subplan hangs.
      Measured& parent = list[static_cast<std::size_t>(subplan.parent)];
      parent.own_cost = std::max(0.0, parent.own_cost - subplan.node->total_cost);
    }
  }

  void shares(const Plan& plan) {
    double all = 0;
    for (const Measured& each : list) all += timed_ ? each.own_ms : each.own_cost;
    if (timed_ && plan.execution_ms) all = std::max(all, list.front().total_ms);
    if (all <= 0) return;
    for (Measured& each : list) each.share = (timed_ ? each.own_ms : each.own_cost) / all;
  }

  bool timed_;
  bool has_limit_ = false;
};

}  // namespace

std::vector<Measured> measure(const Plan& plan) { return Measuring(plan).list; }

std::string title(const Node& node) {
  std::string text = node.type;
  const std::string_view join = node.detail("Join Type");
  if (!join.empty() && join != "Inner") {
    if (text == "Nested Loop")
      text += ' ' + std::string(join) + " Join";
    else if (text.ends_with(" Join"))
      text.insert(text.size() - 5, ' ' + std::string(join));
  }
  if (node.type == "Aggregate") {
    const std::string_view strategy = node.detail("Strategy");
    if (strategy == "Hashed") text = "HashAggregate";
    if (strategy == "Sorted") text = "GroupAggregate";
    if (strategy == "Mixed") text = "MixedAggregate";
    const std::string_view part = node.detail("Partial Mode");
    if (!part.empty() && part != "Simple") text = std::string(part) + ' ' + text;
  }
  if (node.type == "ModifyTable" && !node.detail("Operation").empty())
    text = std::string(node.detail("Operation"));
  if (node.detail("Parallel Aware") == "true") text = "Parallel " + text;
  if (node.detail("Scan Direction") == "Backward") text += " Backward";
  const bool bitmap_index = node.type == "Bitmap Index Scan";
  if (!node.index.empty()) text += (bitmap_index ? " on " : " using ") + node.index;
  std::string of = node.relation;
  for (const char* other : {"CTE Name", "Function Name", "Table Function Name"})
    if (of.empty()) of = std::string(node.detail(other));
  if (!of.empty() && !bitmap_index) text += " on " + of;
  if (!node.alias.empty() && node.alias != of && !bitmap_index)
    text += (of.empty() ? " on " : " ") + node.alias;
  return text;
}

}  // namespace architrave::plan
