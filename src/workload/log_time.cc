#include "workload/log_time.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace architrave::workload {

namespace {

// The zones that PostgreSQL's own abbreviations have and that mean one thing; hours from UTC.
constexpr std::array<std::pair<std::string_view, double>, 30> zones = {
    {{"UTC", 0},  {"GMT", 0},  {"Z", 0},    {"WET", 0},   {"WEST", 1},  {"BST", 1},
     {"CET", 1},  {"CEST", 2}, {"MEZ", 1},  {"MESZ", 2},  {"EET", 2},   {"EEST", 3},
     {"MSK", 3},  {"EST", -5}, {"EDT", -4}, {"CST", -6},  {"CDT", -5},  {"MST", -7},
     {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"AKST", -9}, {"AKDT", -8}, {"HST", -10},
     {"JST", 9},  {"KST", 9},  {"SGT", 8},  {"NZST", 12}, {"NZDT", 13}, {"AEST", 10}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// So many digits at a place; -1 if they are none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Days since 1970 of a date in the Gregorian calendar (H. Hinnant, chrono-compatible algorithms).
long days(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097L + of_era * 365L + of_era / 4 - of_era / 100 + of_year - 719468L;
}

std::optional<long> read_date(std::string_view text) {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || text[4] != '-' ||
      text[7] != '-')
    return {};
  return days(year, month, day);
}

// Hours from UTC; `at` moves behind the zone.
double read_zone(std::string_view text, std::size_t& at) {
  std::size_t begin = at;
  if (begin < text.size() && text[begin] == ' ') ++begin;
  std::size_t end = begin;
  if (end < text.size() && (text[end] == '+' || text[end] == '-') &&
      digits(text, end + 1, 2) >= 0) {
    double hours = digits(text, end + 1, 2);
    end += 3;
    const std::size_t minutes = end < text.size() && text[end] == ':' ? end + 1 : end;
    if (digits(text, minutes, 2) >= 0) {
      hours += digits(text, minutes, 2) / 60.0;
      end = minutes + 2;
    }
    at = end;
    return text[begin] == '-' ? -hours : hours;
  }
  while (end < text.size() && is_letter(text[end]) && end - begin < 6) ++end;
  if (end == begin) return 0;
  at = end;
  for (const auto& [name, hours] : zones)
    if (name == text.substr(begin, end - begin)) return hours;
  return 0;
}

}  // namespace

std::optional<double> read_time(std::string_view text, std::size_t* end) {
  const std::optional<long> day = read_date(text);
  if (!day || text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) return {};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (hour < 0 || minute < 0 || second < 0 || text[13] != ':' || text[16] != ':') return {};
  double time = static_cast<double>(*day * 86400L + hour * 3600L + minute * 60L + second);
  std::size_t at = 19;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    double unit = 0.1;
    for (++at; at < text.size() && is_digit(text[at]); ++at, unit /= 10)
      time += unit * (text[at] - '0');
  }
  time -= 3600 * read_zone(text, at);
  if (end != nullptr) *end = at;
  return time;
}

std::optional<double> read_time_argument(std::string_view text) {
  std::size_t end = 0;
  if (const auto time = read_time(text, &end); time && end == text.size()) return time;
  if (text.size() == 16) return read_time_argument(std::string(text) + ":00");
  if (text.size() == 10 && text.contains('-'))
    if (const auto day = read_date(text)) return static_cast<double>(*day * 86400L);
  double seconds = 0;
  const auto [past, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && past == text.data() + text.size() && !text.empty()) return seconds;
  return {};
}

}  // namespace architrave::workload
