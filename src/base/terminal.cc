#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace architrave {

namespace {

Colour chosen_colour = Colour::automatic;
bool quiet = false;
bool progress_on_screen = false;

constexpr std::string_view erase_line = "\r\033[K";

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool colour_on(int descriptor) {
  switch (chosen_colour) {
    case Colour::always:
      return true;
    case Colour::never:
      return false;
    case Colour::automatic:
      break;
  }
  return environment("NO_COLOR").empty() && environment("TERM") != "dumb" &&
         ::isatty(descriptor) == 1;
}

int width_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

// Bytes of the escape sequence that the text begins with: CSI (colours) or OSC (links).
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2 || text[0] != '\033') return 0;
  if (text[1] == '[') {
    const auto end = std::find_if(text.begin() + 2, text.end(),
                                  [](char c) { return c >= '\x40' && c <= '\x7e'; });
    return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (text[1] == ']') {
    const std::size_t end = text.find_first_of("\a\033", 2);
    if (end == std::string_view::npos) return text.size();
    return std::min(text.size(), end + (text[end] == '\a' ? 1 : 2));
  }
  return 2;
}

struct Glyph {
  std::size_t bytes;
  int columns;
};

// What the text, which is not empty, begins with. A byte that is no UTF-8 takes one column, as
// terminals show it.
Glyph first_glyph(std::string_view text) {
  if (const std::size_t escape = escape_length(text); escape > 0) return {escape, 0};
  utf8proc_int32_t code = 0;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code);
  if (bytes <= 0) return {1, 1};
  return {static_cast<std::size_t>(bytes), utf8proc_charwidth(code)};
}

// As much of the text as fits into `width` columns.
std::string_view fitting(std::string_view text, int width) {
  std::size_t end = 0;
  while (end < text.size()) {
    const Glyph glyph = first_glyph(text.substr(end));
    if (glyph.columns > width) break;
    width -= glyph.columns;
    end += glyph.bytes;
  }
  return text.substr(0, end);
}

}  // namespace

void set_colour(Colour colour) { chosen_colour = colour; }
bool colour_on_stdout() { return colour_on(STDOUT_FILENO); }
bool colour_on_stderr() { return colour_on(STDERR_FILENO); }

std::string styled(std::string_view text, Style style) {
  static constexpr std::array<std::string_view, 8> codes = {"",   "1",  "2",  "31",
                                                            "32", "33", "34", "36"};
  if (style == Style::plain || text.empty() || !colour_on_stdout()) return std::string(text);
  std::string out = "\033[";
  out += codes[static_cast<std::size_t>(style)];
  out += 'm';
  out += text;
  return out += "\033[0m";
}

int terminal_width() { return width_of(STDOUT_FILENO); }

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    width += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

std::string wrap(std::string_view text, int width, std::string_view indent) {
  const int indent_width = display_width(indent);
  std::string out;
  int line = 0;
  int column = 0;
  bool begins_line = true;  // nothing but the indent stands on the line yet
  const auto new_line = [&] {
    out += '\n';
    ++line;
    column = 0;
    begins_line = true;
  };
  while (!text.empty()) {
    if (text.front() == '\n') {
      new_line();
      text.remove_prefix(1);
      continue;
    }
    // A word together with the spaces before it, which are dropped where the line breaks.
    const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find_first_of(" \n", spaces), text.size());
    const std::string_view word = text.substr(spaces, end - spaces);
    text.remove_prefix(end);
    if (word.empty()) continue;
    const int word_width = display_width(word);
    const bool breaks = !begins_line && column + static_cast<int>(spaces) + word_width > width;
    if (breaks) new_line();
    if (begins_line && line > 0) {
      out += indent;
      column = indent_width;
    }
    if (!breaks) {
      out.append(spaces, ' ');
      column += static_cast<int>(spaces);
    }
    out += word;
    column += word_width;
    begins_line = false;
  }
  return out;
}

Progress::~Progress() { clear(); }

void Progress::show(std::string_view what) {
  if (quiet || ::isatty(STDERR_FILENO) != 1) return;
  // The last column stays free: a full line would make the terminal go on to the next.
  print(std::string(erase_line) + std::string(fitting(what, width_of(STDERR_FILENO) - 1)));
  shown_ = progress_on_screen = true;
}

void Progress::show(std::string_view what, std::size_t done, std::size_t of) {
  static constexpr std::size_t cells = 20;
  const std::size_t full = of == 0 ? cells : std::min(cells, done * cells / of);
  std::string line;
  for (std::size_t cell = 0; cell < cells; ++cell) line += cell < full ? "━" : "─";
  line += ' ' + std::to_string(done) + '/' + std::to_string(of) + ' ';
  line += what;
  show(line);
}

void Progress::clear() {
  if (!shown_) return;
  if (progress_on_screen) print(erase_line);
  shown_ = progress_on_screen = false;
}

void set_quiet(bool value) { quiet = value; }

void note(std::string_view text) {
  if (quiet) return;
  std::string line(progress_on_screen ? erase_line : "");
  progress_on_screen = false;
  line += colour_on_stderr() ? "\033[36mnote:\033[0m " : "note: ";
  line += text;
  print(line += '\n');
}

}  // namespace architrave
