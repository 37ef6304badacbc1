#include "catalog/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "catalog/words.h"

namespace architrave::catalog {

namespace {

using Json = nlohmann::ordered_json;

// Whether a member is as in a fresh struct, which need not be zero (Index::valid).
template <class T>
bool unset(const T& value, const T& fresh) {
  if constexpr (Described<T>) {
    return false;
  } else {
    return value == fresh;
  }
}
template <class T>
bool unset(const std::vector<T>& value, const std::vector<T>&) {
  return value.empty();
}
template <class T>
bool unset(const std::optional<T>& value, const std::optional<T>&) {
  return !value.has_value();
}
template <class T>
bool unset(const std::map<std::string, T>& value, const std::map<std::string, T>&) {
  return value.empty();
}

// Writes values as they are met: a tree of ten thousand tables in between would cost more than
// reading them did. The text is what nlohmann's dump() gives, which writes what is not plain.
class Encoder {
 public:
  explicit Encoder(int indent) : indent_(indent) {}
  std::string take() { return std::move(text_); }

  template <class T>
  void encode(const T& value) {
    if constexpr (Described<T>) {
      static const T fresh{};
      open('{');
      for_each_field<T>([&](const auto& each) {
        const auto& member = value.*(each.member);
        if (unset(member, fresh.*(each.member))) return;
        key(each.name);
        encode(member);
      });
      close('}');
    } else if constexpr (std::is_enum_v<T>) {
      string(word(value));
    } else if constexpr (std::is_same_v<T, bool>) {
      text_ += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      std::array<char, 24> digits{};
      text_.append(digits.data(),
                   std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
    } else if constexpr (std::is_floating_point_v<T>) {
      text_ += Json(value).dump();
    } else {
      string(value);
    }
  }
  template <class T>
  void encode(const std::optional<T>& value) {
    if (value)
      encode(*value);
    else
      text_ += "null";
  }
  template <class T>
  void encode(const std::vector<T>& list) {
    open('[');
    for (const T& each : list) {
      next();
      encode(each);
    }
    close(']');
  }
  template <class T>
  void encode(const std::map<std::string, T>& map) {
    open('{');
    for (const auto& [name, value] : map) {
      key(name);
      encode(value);
    }
    close('}');
  }

 private:
  void open(char bracket) {
    text_ += bracket;
    ++depth_;
    empty_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!empty_) new_line();
    text_ += bracket;
    empty_ = false;
  }
  void next() {
    if (!empty_) text_ += ',';
    new_line();
    empty_ = false;
  }
  void new_line() {
    if (indent_ >= 0)
      text_.append(1, '\n').append(
          static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth_), ' ');
  }
  void key(std::string_view name) {
    next();
    string(name);
    text_ += indent_ >= 0 ? ": " : ":";
  }
  void string(std::string_view value) {
    const bool plain = std::ranges::all_of(
        value, [](char each) { return each >= ' ' && each <= '~' && each != '"' && each != '\\'; });
    if (plain)
      text_.append(1, '"').append(value) += '"';
    else
      text_ += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  const int indent_;
  int depth_ = 0;
  bool empty_ = true;  // nothing was written yet inside of the last bracket
  std::string text_;
};

// Reads a value of the wanted shape; false leaves in `where` the path to what did not fit.
struct Decoder {
  std::string where;

  bool wrong() const { return false; }

  bool decode(const Json& json, bool& out) const {
    if (!json.is_boolean()) return wrong();
    out = json.get<bool>();
    return true;
  }
  bool decode(const Json& json, std::string& out) const {
    if (!json.is_string()) return wrong();
    out = json.get_ref<const std::string&>();
    return true;
  }
  template <class Number>
    requires std::is_arithmetic_v<Number>
  bool decode(const Json& json, Number& out) const {
    if (!json.is_number()) return wrong();
    if constexpr (std::is_integral_v<Number>) {
      // nlohmann's own conversion of a number that does not fit is undefined.
      if (!json.is_number_integer()) return wrong();
      const auto value = json.get<std::int64_t>();
      if (!std::in_range<Number>(value)) return wrong();
      out = static_cast<Number>(value);
    } else {
      out = json.get<Number>();
    }
    return true;
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  bool decode(const Json& json, Enum& out) const {
    return json.is_string() && from_word(json.get_ref<const std::string&>(), out);
  }
  template <class T>
  bool decode(const Json& json, std::optional<T>& out) {
    if (json.is_null()) {
      out.reset();
      return true;
    }
    return decode(json, out.emplace());
  }
  template <class T>
  bool decode(const Json& json, std::vector<T>& out) {
    if (!json.is_array()) return wrong();
    out.clear();
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i)
      if (!inside('[' + std::to_string(i) + ']', json[i], out.emplace_back())) return false;
    return true;
  }
  template <class T>
  bool decode(const Json& json, std::map<std::string, T>& out) {
    if (!json.is_object()) return wrong();
    out.clear();
    for (const auto& [key, value] : json.items())
      if (!inside('.' + key, value, out[key])) return false;
    return true;
  }
  template <Described T>
  bool decode(const Json& json, T& out) {
    if (!json.is_object()) return wrong();
    bool fits = true;
    for_each_field<T>([&](const auto& each) {
      if (!fits) return;
      const auto found = json.find(std::string(each.name));
      if (found != json.end())
        fits = inside('.' + std::string(each.name), *found, out.*(each.member));
    });
    return fits;
  }

 private:
  template <class T>
  bool inside(const std::string& step, const Json& json, T& out) {
    const std::size_t size = where.size();
    where += step;
    if (!decode(json, out)) return false;
    where.resize(size);
    return true;
  }
};

}  // namespace

std::string to_json(const Catalog& catalog, int indent) {
  Encoder encoder(indent);
  encoder.encode(catalog);
  return encoder.take();
}

Result<Catalog> from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return fail("catalog.json", "this is not a catalog: the JSON does not parse", {},
                "it is what `architrave show SOURCE --format json` prints");
  Catalog catalog;
  Decoder decoder;
  if (!decoder.decode(json, catalog))
    return fail("catalog.json", "this is not a catalog: a value does not fit", "$" + decoder.where,
                "docs/catalog.schema.json describes its shape");
  sort(catalog);
  return catalog;
}

}  // namespace architrave::catalog
