// The terminal: whether there is one, how wide it is, its colours, and progress on it.
#pragma once

#include <string>
#include <string_view>

namespace architrave {

enum class Colour { automatic, always, never };

// What is printed to stdout may be coloured: --color, NO_COLOR and TERM=dumb considered.
void set_colour(Colour colour);
bool colour_on_stdout();
bool colour_on_stderr();

enum class Style { plain, bold, dim, red, green, yellow, blue, cyan };
// The text in that style, or as it is where there are no colours (on stdout).
std::string styled(std::string_view text, Style style);

// Columns of the terminal on stdout; 100 where it is none.
int terminal_width();
// Columns that the text takes: UTF-8, wide and combining characters considered; escapes count 0.
int display_width(std::string_view text);
// Broken at spaces to lines of at most `width` columns, each after the first begun with `indent`.
std::string wrap(std::string_view text, int width, std::string_view indent = {});

// One line on stderr that is rewritten in place; nothing at all where stderr is no terminal or
// after set_quiet(true).
class Progress {
 public:
  Progress() = default;
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::string_view what);
  void show(std::string_view what, std::size_t done, std::size_t of);  // with a bar
  void clear();

 private:
  bool shown_ = false;
};
void set_quiet(bool quiet);

// A message on stderr: "note: …". Not in quiet mode.
void note(std::string_view text);

}  // namespace architrave
