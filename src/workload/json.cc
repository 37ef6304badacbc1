#include <cmath>
#include <nlohmann/json.hpp>

#include "workload/workload.h"

namespace architrave::workload {

namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;

// One description of each struct, walked once to write and once to read.
template <class Visit>
void describe(Visit& visit, Query& query) {
  visit("fingerprint", query.fingerprint);
  visit("kind", query.kind);
  visit("text", query.text);
  visit("example", query.example);
  visit("parameters", query.parameters);
  visit("plan", query.plan);
  visit("calls", query.calls);
  visit("errors", query.errors);
  visit("total_ms", query.total_ms);
  visit("plan_ms", query.plan_ms);
  visit("max_ms", query.max_ms);
  visit("rows", query.rows);
  visit("blocks_read", query.blocks_read);
  visit("blocks_hit", query.blocks_hit);
  visit("temp_blocks", query.temp_blocks);
  visit("user", query.user);
  visit("database", query.database);
}
template <class Visit>
void describe(Visit& visit, NPlusOne& found) {
  visit("fingerprint", found.fingerprint);
  visit("text", found.text);
  visit("parent", found.parent);
  visit("parent_text", found.parent_text);
  visit("round_trips", found.round_trips);
  visit("bursts", found.bursts);
  visit("key", found.key);
  visit("batched", found.batched);
  visit("joined", found.joined);
  visit("saved", found.saved);
}
template <class Visit>
void describe(Visit& visit, Workload& workload) {
  visit("source", workload.source);
  visit("name", workload.name);
  visit("from", workload.from);
  visit("to", workload.to);
  visit("partial", workload.partial);
  visit("statements", workload.statements);
  visit("unparsed", workload.unparsed);
  visit("unreadable_lines", workload.unreadable_lines);
  visit("queries", workload.queries);
  visit("n_plus_one", workload.n_plus_one);
  visit("notes", workload.notes);
}

template <class T>
concept Struct = requires(T& value, void (&visit)(const char*, int&)) {
  requires std::is_same_v<T, Query> || std::is_same_v<T, NPlusOne> || std::is_same_v<T, Workload>;
};

class Writer {
 public:
  Json object = Json::object();
  template <class T>
  void operator()(const char* name, T& value) {
    object[name] = encode(value);
  }

 private:
  template <Struct T>
  static Json encode(T& value) {
    Writer writer;
    describe(writer, value);
    return std::move(writer.object);
  }
  static Json encode(double value) {
    // To the microsecond, as the server measures; sums would else end in noise.
    return std::isfinite(value) ? Json(std::round(value * 1e3) / 1e3) : Json(0);
  }
  static Json encode(const std::string& value) { return value; }
  static Json encode(std::int64_t value) { return value; }
  static Json encode(bool value) { return value; }
  static Json encode(QueryKind value) { return to_string(value); }
  template <class T>
  static Json encode(std::optional<T>& value) {
    return value ? encode(*value) : Json(nullptr);
  }
  template <class T>
  static Json encode(std::vector<T>& list) {
    Json array = Json::array();
    for (T& each : list) array.push_back(encode(each));
    return array;
  }
};

class Reader {
 public:
  explicit Reader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}
  std::string wrong;  // the path to what did not fit

  template <class T>
  void operator()(const char* name, T& value) {
    if (!wrong.empty()) return;
    const auto at = object_.find(name);
    if (at != object_.end()) decode(*at, path_.empty() ? name : path_ + '.' + name, value);
  }

 private:
  template <Struct T>
  void decode(const Json& json, const std::string& path, T& value) {
    if (!json.is_object()) {
      wrong = path;
      return;
    }
    Reader reader(json, path);
    describe(reader, value);
    wrong = reader.wrong;
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  void decode(const Json& json, const std::string& path, T& value) {
    const bool fits = std::is_same_v<T, bool>     ? json.is_boolean()
                      : std::is_same_v<T, double> ? json.is_number()
                                                  : json.is_number_integer();
    if (fits)
      value = json.get<T>();
    else
      wrong = path;
  }
  void decode(const Json& json, const std::string& path, std::string& value) {
    if (json.is_string())
      value = json.get<std::string>();
    else
      wrong = path;
  }
  void decode(const Json& json, const std::string& path, QueryKind& value) {
    for (int i = 0; i <= static_cast<int>(QueryKind::utility); ++i) {
      value = static_cast<QueryKind>(i);
      if (json.is_string() && json.get_ref<const std::string&>() == to_string(value)) return;
    }
    wrong = path;
  }
  template <class T>
  void decode(const Json& json, const std::string& path, std::optional<T>& value) {
    if (!json.is_null()) decode(json, path, value.emplace());
  }
  template <class T>
  void decode(const Json& json, const std::string& path, std::vector<T>& list) {
    if (!json.is_array()) {
      wrong = path;
      return;
    }
    for (std::size_t i = 0; i < json.size() && wrong.empty(); ++i)
      decode(json[i], path + '[' + std::to_string(i) + ']', list.emplace_back());
  }

  const Json& object_;
  std::string path_;
};

}  // namespace

std::string to_file(const Workload& workload) {
  Workload copy = workload;
  Writer writer;
  std::string format = "architrave-workload";
  std::int64_t version = format_version;
  writer("format", format);
  writer("version", version);
  describe(writer, copy);
  // Logs hold bytes of any encoding; JSON has to be UTF-8.
  return writer.object.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Workload> from_file(std::string_view bytes) {
  const auto failed = [](std::string message, std::string where = {}) {
    return fail("workload.format", std::move(message), std::move(where),
                "a .workload file is written by architrave workload … -o FILE");
  };
  const Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return failed("it is not a .workload file: not JSON");
  if (json.value("format", Json()) != "architrave-workload")
    return failed("it is not a .workload file: \"format\" is not \"architrave-workload\"");
  if (json.value("version", Json()) != format_version)
    return failed("the .workload file has a version that this program does not read");
  Workload workload;
  Reader reader(json, "");
  describe(reader, workload);
  if (!reader.wrong.empty())
    return failed("the .workload file has a value of the wrong kind", reader.wrong);
  return workload;
}

}  // namespace architrave::workload
