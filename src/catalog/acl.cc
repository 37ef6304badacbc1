#include "catalog/acl.h"

#include <algorithm>
#include <array>
#include <utility>

namespace architrave::catalog {

namespace {

constexpr std::array<std::pair<char, std::string_view>, 15> privileges = {{
    {'r', "SELECT"},
    {'a', "INSERT"},
    {'w', "UPDATE"},
    {'d', "DELETE"},
    {'D', "TRUNCATE"},
    {'x', "REFERENCES"},
    {'t', "TRIGGER"},
    {'X', "EXECUTE"},
    {'U', "USAGE"},
    {'C', "CREATE"},
    {'c', "CONNECT"},
    {'T', "TEMPORARY"},
    {'s', "SET"},
    {'A', "ALTER SYSTEM"},
    {'m', "MAINTAIN"},
}};

// A role's name at the start of `text`, which it is cut from; quoted as aclitem prints it.
std::string take_role(std::string_view& text) {
  std::string name;
  if (!text.empty() && text.front() == '"') {
    text.remove_prefix(1);
    while (!text.empty()) {
      if (text.front() == '"') {
        if (text.size() > 1 && text[1] == '"') {
          text.remove_prefix(1);
        } else {
          text.remove_prefix(1);
          break;
        }
      }
      name += text.front();
      text.remove_prefix(1);
    }
    return name;
  }
  const std::size_t end = text.find_first_of("=/");
  name = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return name;
}

// As aclitem prints it.
std::string print_role(const std::string& name) {
  if (std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
      }))
    return name;
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace

void replace_role(Acl& acl, const std::string& from, const std::string& to) {
  if (!acl || from.empty() || to.empty()) return;
  for (std::string& item : *acl) {
    std::string_view rest = item;
    const std::string grantee = take_role(rest);
    const std::size_t slash = rest.find('/');
    if (rest.empty() || rest.front() != '=' || slash == std::string_view::npos) continue;
    const std::string privileges_part(rest.substr(0, slash + 1));
    rest.remove_prefix(slash + 1);
    const std::string grantor = take_role(rest);
    const auto now = [&](const std::string& role) { return print_role(role == from ? to : role); };
    if (grantee == from || grantor == from) item = now(grantee) + privileges_part + now(grantor);
  }
}

std::string_view privilege_name(char letter) {
  for (const auto& [each, name] : privileges)
    if (each == letter) return name;
  return {};
}

std::vector<Grant> grants(const Acl& acl) {
  std::vector<Grant> list;
  if (!acl) return list;
  for (const std::string& item : *acl) {
    std::string_view rest = item;
    const std::string grantee = take_role(rest);
    if (rest.empty() || rest.front() != '=') continue;
    rest.remove_prefix(1);
    const std::string_view letters = rest.substr(0, rest.find('/'));
    rest.remove_prefix(letters.size());
    if (!rest.empty()) rest.remove_prefix(1);
    const std::string grantor = take_role(rest);
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (letters[i] == '*') continue;
      const bool grantable = i + 1 < letters.size() && letters[i + 1] == '*';
      list.push_back({grantee, grantor, letters[i], grantable});
    }
  }
  return list;
}

}  // namespace architrave::catalog
