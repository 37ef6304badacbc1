// EXPLAIN's text form, read into the same values as its JSON. Lenient about what surrounds the
// plan: psql's table borders, a log's prefix, a query in front.
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "plan/plan.h"

namespace architrave::plan {

namespace {

// A text that is taken apart from its front.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  std::string_view rest() const { return text_; }
  bool accept(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  double number() {
    std::size_t end = 0;
    while (end < text_.size() &&
           (std::isdigit(static_cast<unsigned char>(text_[end])) != 0 ||
            (text_[end] == '.' && text_.substr(end, 2) != "..") || (end == 0 && text_[end] == '-')))
      ++end;
    const std::string digits(text_.substr(0, end));
    text_.remove_prefix(end);
    return std::strtod(digits.c_str(), nullptr);
  }

 private:
  std::string_view text_;
};

// What stands between `begin` and `end`; "" where they do not.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + begin.size());
  return text.substr(0, std::min(text.find(end), text.size()));
}

double number_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  return at == std::string_view::npos ? 0 : Reader(text.substr(at + word.size())).number();
}

bool take_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}
bool take_prefix(std::string& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

// One name, which may be quoted and have spaces, from the front.
std::string take_name(std::string_view& text) {
  text = trim(text);
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != ' '); ++end)
    if (text[end] == '"') quoted = !quoted;
  std::string name(text.substr(0, end));
  text.remove_prefix(end);
  text = trim(text);
  return name;
}

// Position of the dot that parts a schema from its relation.
std::size_t dot_of(const std::string& name) {
  bool quoted = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '"') quoted = !quoted;
    if (name[i] == '.' && !quoted) return i;
  }
  return std::string::npos;
}

std::string unquoted(std::string name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return name;
  return replace_all(name.substr(1, name.size() - 2), "\"\"", "\"");
}

void read_join(std::string& type, Node& node) {
  if (!type.ends_with(" Join") && type != "Nested Loop") return;
  if (type == "Nested Loop") {
    node.details["Join Type"] = "Inner";
    return;
  }
  std::string words = type.substr(0, type.size() - 5);
  for (const char* base : {"Nested Loop", "Hash", "Merge"})
    if (take_prefix(words, base)) {
      type = std::string(base) == "Nested Loop" ? "Nested Loop" : std::string(base) + " Join";
      break;
    }
  node.details["Join Type"] = words.empty() ? "Inner" : std::string(trim(words));
}

void read_aggregate(std::string& type, Node& node) {
  std::string base = type;
  std::string part = "Simple";
  for (const char* each : {"Partial ", "Finalize "})
    if (take_prefix(base, each)) part = std::string(trim(each));
  struct Strategy {
    const char* name;
    const char* strategy;
  };
  for (const Strategy& each : std::array<Strategy, 4>{{{"Aggregate", "Plain"},
                                                       {"HashAggregate", "Hashed"},
                                                       {"GroupAggregate", "Sorted"},
                                                       {"MixedAggregate", "Mixed"}}})
    if (base == each.name) {
      type = "Aggregate";
      node.details["Strategy"] = each.strategy;
      node.details["Partial Mode"] = part;
    }
}

// "Parallel Index Only Scan Backward using orders_day on public.orders o".
void read_title(std::string text, Node& node) {
  node.details["Parallel Aware"] = take_prefix(text, "Parallel ") ? "true" : "false";
  if (take_prefix(text, "Async ")) node.details["Async Capable"] = "true";
  std::string type = text;
  std::string_view of;
  std::string_view using_index;
  if (const std::size_t at = text.find(" using "); at != std::string::npos) {
    type = text.substr(0, at);
    using_index = std::string_view(text).substr(at + 7);
    node.index = unquoted(take_name(using_index));
    of = using_index;
    if (of.starts_with("on ")) of.remove_prefix(3);
  } else if (const std::size_t on = text.find(" on "); on != std::string::npos) {
    type = text.substr(0, on);
    of = std::string_view(text).substr(on + 4);
  }
  if (take_suffix(type, " Backward"))
    node.details["Scan Direction"] = "Backward";
  else if (!node.index.empty())
    node.details["Scan Direction"] = "Forward";
  for (const char* operation : {"Insert", "Update", "Delete", "Merge"})
    if (type == operation) {
      node.details["Operation"] = type;
      type = "ModifyTable";
    }
  read_join(type, node);
  read_aggregate(type, node);
  if (type.starts_with("HashSetOp") || type.starts_with("SetOp")) type = "SetOp";
  node.type = type;
  if (of.empty()) return;
  std::string name = take_name(of);
  const std::string alias = unquoted(std::string(of));
  if (type == "Bitmap Index Scan") {
    node.index = unquoted(name);
    return;
  }
  if (const std::size_t dot = dot_of(name); dot != std::string::npos) {
    node.schema = unquoted(name.substr(0, dot));
    name = name.substr(dot + 1);
  }
  name = unquoted(name);
  node.alias = alias.empty() ? name : alias;
  if (type == "CTE Scan" || type == "WorkTable Scan")
    node.details["CTE Name"] = name;
  else if (type == "Function Scan")
    node.details["Function Name"] = name;
  else if (type == "Subquery Scan" || type == "Values Scan")
    node.alias = name;
  else
    node.relation = name;
}

// "(cost=0.00..1.05 rows=5 width=4) (actual time=0.01..0.02 rows=5 loops=1)", where it begins.
std::size_t figures_begin(std::string_view line) {
  std::size_t at = std::string_view::npos;
  for (const char* sign : {"  (cost=", " (cost=", "  (actual ", " (actual ", " (never executed)"})
    at = std::min(at, line.find(sign));
  return at;
}

void read_figures(std::string_view text, Node& node) {
  if (const std::string_view cost = between(text, "(cost=", ")"); !cost.empty()) {
    Reader reader(cost);
    node.startup_cost = reader.number();
    if (reader.accept("..")) node.total_cost = reader.number();
    node.rows = number_after(cost, "rows=");
    node.width = static_cast<int>(number_after(cost, "width="));
  }
  if (text.find("(never executed)") != std::string_view::npos) {
    node.actual = Actual{.loops = 0};
    return;
  }
  const std::string_view actual = between(text, "(actual ", ")");
  if (actual.empty()) return;
  Actual seen;
  if (const std::size_t at = actual.find("time="); at != std::string_view::npos) {
    Reader reader(actual.substr(at + 5));
    seen.startup_ms = reader.number();
    if (reader.accept("..")) seen.total_ms = reader.number();
  }
  seen.rows = number_after(actual, "rows=");
  seen.loops = number_after(actual, "loops=");
  node.actual = seen;
}

void read_buffers(std::string_view text, Node& node) {
  Buffers buffers = node.buffers.value_or(Buffers{});
  for (const std::string& part : split(text, ',')) {
    std::string_view each = trim(part);
    const auto blocks = [&](std::string_view word) {
      return static_cast<std::int64_t>(number_after(each, word));
    };
    if (each.starts_with("shared")) {
      buffers.shared_hit = blocks("hit=");
      buffers.shared_read = blocks("read=");
      buffers.shared_written = blocks("written=");
    } else if (each.starts_with("temp")) {
      buffers.temp_read = blocks("read=");
      buffers.temp_written = blocks("written=");
    }
  }
  node.buffers = buffers;
}

// One line that holds several figures, under the names that JSON has for them.
struct Figure {
  const char* line;  // how the line begins
  const char* word;  // what stands before the figure
  const char* name;
};
constexpr std::array<Figure, 12> figures = {{{"Buckets: ", "Buckets: ", "Hash Buckets"},
                                             {"Buckets: ", "Batches: ", "Hash Batches"},
                                             {"Batches: ", "Batches: ", "HashAgg Batches"},
                                             {"", "Memory Usage: ", "Peak Memory Usage"},
                                             {"", "Disk Usage: ", "Disk Usage"},
                                             {"Heap Blocks: ", "exact=", "Exact Heap Blocks"},
                                             {"Heap Blocks: ", "lossy=", "Lossy Heap Blocks"},
                                             {"Hits: ", "Hits: ", "Cache Hits"},
                                             {"Hits: ", "Misses: ", "Cache Misses"},
                                             {"Hits: ", "Evictions: ", "Cache Evictions"},
                                             {"Hits: ", "Overflows: ", "Cache Overflows"},
                                             {"Sort Method: ", "Disk: ", "Sort Space Used"}}};

bool read_figure_line(std::string_view line, const std::string& prefix, Node& node) {
  if (line.starts_with("Planned Partitions: "))
    line = line.substr(std::min(line.find("Batches: "), line.size()));
  const bool known = std::ranges::any_of(
      std::array{"Buckets: ", "Batches: ", "Heap Blocks: ", "Hits: ", "Sort Method: "},
      [&](const char* begin) { return line.starts_with(begin); });
  if (!known) return false;
  for (const Figure& each : figures) {
    const std::size_t at = line.find(each.word);
    if (!line.starts_with(each.line) || at == std::string_view::npos) continue;
    const std::string_view rest = line.substr(at + std::string_view(each.word).size());
    std::size_t digits = 0;
    while (digits < rest.size() && std::isdigit(static_cast<unsigned char>(rest[digits])) != 0)
      ++digits;
    node.details[prefix + each.name] = std::string(rest.substr(0, digits));
  }
  if (line.starts_with("Sort Method: ")) {
    const bool disk = line.find("Disk: ") != std::string_view::npos;
    const std::string_view word = disk ? "Disk: " : "Memory: ";
    node.details[prefix + "Sort Method"] = std::string(trim(between(line, "Sort Method: ", word)));
    node.details[prefix + "Sort Space Type"] = disk ? "Disk" : "Memory";
    node.details[prefix + "Sort Space Used"] =
        std::to_string(static_cast<std::int64_t>(number_after(line, word)));
  }
  return true;
}

class TextPlan {
 public:
  Result<Plan> read(std::string_view text) {
    for (const std::string& raw : split(text, '\n')) line(raw);
    if (nodes_ == 0) return fail("plan.format", "there is no plan in the text");
    return std::move(plan_);
  }

 private:
  struct Open {
    std::size_t column;
    std::vector<std::size_t> path;  // from the root
  };

  Node& at(const std::vector<std::size_t>& path) {
    Node* node = &plan_.root;
    for (const std::size_t each : path) node = &node->children[each];
    return *node;
  }

  // Without psql's borders, its "+" for a line that goes on, and a client's quotes.
  static std::string_view bare(std::string_view text) {
    while (!text.empty() &&
           (text.back() == '\r' || text.back() == ' ' || text.back() == '+' || text.back() == '|'))
      text.remove_suffix(1);
    if (text.size() > 1 && text.front() == '"' && text.back() == '"')
      text = text.substr(1, text.size() - 2);
    if (text.starts_with("|")) text.remove_prefix(1);
    return text;
  }

  void line(std::string_view raw) {
    std::string expanded = replace_all(std::string(bare(raw)), "\t", "        ");
    const std::string_view whole = expanded;
    const std::string_view text = trim(whole);
    if (text.empty() || ended_) return;
    const std::size_t indent = whole.find(text);
    if (summary(text)) return;
    if (node(text, indent)) return;
    if (nodes_ == 0) {
      read_log(text);
      return;
    }
    if (text.ends_with(" rows)") || text.ends_with(" row)")) return;
    if (subplan_header(text)) {
      subplan_ = text;
      return;
    }
    detail(text, indent);
  }

  // What stands in front of the plan in a log.
  void read_log(std::string_view text) {
    if (const std::size_t at = text.find("duration: ");
        at != std::string_view::npos && text.find(" plan:") != std::string_view::npos)
      plan_.execution_ms = Reader(text.substr(at + 10)).number();
    if (text.starts_with("Query Text: "))
      plan_.query = text.substr(12);
    else if (!plan_.query.empty())
      plan_.query += '\n' + std::string(text);
  }

  bool node(std::string_view text, std::size_t indent) {
    const bool arrow = text.starts_with("->");
    const std::size_t figures_at = figures_begin(text);
    if (!arrow && figures_at == std::string_view::npos) return false;
    if (!arrow && nodes_ > 0) {
      // A second plan begins; the first is the answer.
      if (!text.starts_with("Worker ")) ended_ = true;
      return !text.starts_with("Worker ");
    }
    if (arrow && nodes_ == 0) return false;
    const std::size_t column = arrow ? indent + 1 : indent;  // the root may stand at 0
    std::string_view name = text;
    if (arrow) name = trim(name.substr(2));
    const std::size_t name_end = figures_begin(name);
    const std::string title(trim(name.substr(0, std::min(name_end, name.size()))));
    worker_.clear();
    Node made;
    read_title(title, made);
    read_figures(name.substr(std::min(name_end, name.size())), made);
    if (!arrow) {
      plan_.root = std::move(made);
      open_.push_back({column, {}});
      ++nodes_;
      return true;
    }
    while (open_.size() > 1 && open_.back().column >= column) open_.pop_back();
    std::vector<std::size_t> path = open_.back().path;
    Node& parent = at(path);
    if (!subplan_.empty()) {
      made.subplan = subplan_;
      made.relationship = subplan_.starts_with("SubPlan") ? "SubPlan" : "InitPlan";
      subplan_.clear();
    } else {
      relationship(parent, made);
    }
    parent.children.push_back(std::move(made));
    path.push_back(parent.children.size() - 1);
    open_.push_back({column, std::move(path)});
    ++nodes_;
    return true;
  }

  static void relationship(const Node& parent, Node& child) {
    const auto inputs = std::ranges::count_if(
        parent.children, [](const Node& each) { return each.subplan.empty(); });
    if (parent.type == "Append" || parent.type == "Merge Append" || parent.type == "BitmapAnd" ||
        parent.type == "BitmapOr")
      child.relationship = "Member";
    else if (parent.type == "Subquery Scan")
      child.relationship = "Subquery";
    else
      child.relationship = inputs == 0 ? "Outer" : "Inner";
  }

  static bool subplan_header(std::string_view text) {
    return (text.starts_with("InitPlan ") || text.starts_with("SubPlan ") ||
            text.starts_with("CTE ")) &&
           text.find(": ") == std::string_view::npos;
  }

  bool summary(std::string_view text) {
    const auto milliseconds = [&](std::string_view word, std::optional<double>& into) {
      if (!text.starts_with(word)) return false;
      into = Reader(text.substr(word.size())).number();
      return true;
    };
    if (milliseconds("Planning Time: ", plan_.planning_ms) ||
        milliseconds("Planning time: ", plan_.planning_ms) ||
        milliseconds("Execution Time: ", plan_.execution_ms) ||
        milliseconds("Execution time: ", plan_.execution_ms) ||
        milliseconds("Total runtime: ", plan_.execution_ms))
      return true;
    if (text == "JIT:" || text == "Planning:") {
      section_ = text;
      return true;
    }
    if (section_ == "JIT:" && text.starts_with("Timing: ")) {
      plan_.jit_ms = number_after(text, "Total ");
      section_.clear();
      return true;
    }
    if (text.starts_with("Settings: ")) {
      for (const std::string& each : split(text.substr(10), ',')) {
        const std::size_t equals = each.find(" = '");
        if (equals != std::string::npos)
          plan_.settings[std::string(trim(each.substr(0, equals)))] =
              std::string(between(each, " = '", "'"));
      }
      return true;
    }
    return !section_.empty();  // planning's buffers, the JIT's functions
  }

  void detail(std::string_view text, std::size_t indent) {
    Node* node = &at(open_.back().path);
    // What a worker says stands behind its number, or in lines that are indented below it.
    if (text.starts_with("Worker ")) {
      const std::size_t colon = text.find(':');
      if (colon == std::string_view::npos) return;
      worker_ = std::string(text.substr(0, colon)) + ": ";
      worker_indent_ = indent;
      text = trim(text.substr(colon + 1));
    } else if (indent <= worker_indent_) {
      worker_.clear();
    }
    const std::string& prefix = worker_;
    if (read_figure_line(text, prefix, *node)) return;
    const std::size_t colon = text.find(": ");
    if (colon == std::string_view::npos) return;
    const std::string_view name = text.substr(0, colon);
    const std::string_view value = trim(text.substr(colon + 2));
    if (name == "Buffers") {
      if (prefix.empty()) read_buffers(value, *node);
      return;
    }
    node->details[prefix + std::string(name)] = value;
  }

  Plan plan_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  std::string subplan_;
  std::string section_;
  std::string worker_;  // "Worker 0: " while its lines last
  std::size_t worker_indent_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<Plan> read_text(std::string_view text) { return TextPlan().read(text); }

}  // namespace architrave::plan
