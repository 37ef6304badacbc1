#include "report/lint.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/terminal.h"
#include "base/text.h"
#include "report/pages.h"

namespace architrave::report {

namespace {

using Sink = std::function<void(std::string_view)>;

// A string as JSON; what is not UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c == '\n') {
      out += "\\n";
      ++i;
    } else if (c < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
      ++i;
    } else if (c < 0x80) {
      out += text[i++];
    } else {
      const std::size_t length = c >= 0xF0 && c < 0xF5 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
      bool good = length > 0 && c < 0xF5 && i + length <= text.size();
      for (std::size_t k = 1; good && k < length; ++k)
        good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
      if (good && length == 3) {  // overlong, surrogates
        const auto second = static_cast<unsigned char>(text[i + 1]);
        good = !(c == 0xE0 && second < 0xA0) && !(c == 0xED && second >= 0xA0);
      }
      if (good && length == 4) {
        const auto second = static_cast<unsigned char>(text[i + 1]);
        good = !(c == 0xF0 && second < 0x90) && !(c == 0xF4 && second >= 0x90);
      }
      if (good) {
        out.append(text.substr(i, length));
        i += length;
      } else {
        out += "\xEF\xBF\xBD";
        ++i;
      }
    }
  }
  out += '"';
}

// Gathers what is written, and hands it on in pieces.
class Buffered : public LintWriter {
 public:
  explicit Buffered(Sink out) : out_(std::move(out)) {}

 protected:
  void flush() {
    out_(written);
    written.clear();
  }
  void maybe_flush() {
    if (written.size() > 65536) flush();
  }
  std::string written;

 private:
  Sink out_;
};

std::string counts(const LintSummary& summary) {
  std::string out = plural(summary.errors + summary.warnings + summary.infos, "finding") + " (" +
                    plural(summary.errors, "error") + ", " + plural(summary.warnings, "warning") +
                    ", " + plural(summary.infos, "note") + ") in " +
                    plural(summary.statements, "statement") + " of " +
                    plural(summary.files, "file");
  if (summary.ignored > 0) out += "; " + human_count(summary.ignored) + " ignored";
  return out;
}

// What the statement does to others, in words: "ACCESS EXCLUSIVE, rewrites".
std::string effect(const LintFinding& finding) {
  if (!finding.cost.empty()) return finding.cost;
  if (finding.lock == Lock::none) return {};
  return std::string(to_string(finding.lock)) + (finding.rewrites ? ", rewrites" : "");
}

class Text : public Buffered {
 public:
  Text(LintOptions options, Sink out) : Buffered(std::move(out)), options_(std::move(options)) {}

  void take(const LintFinding& finding) override {
    if (finding.severity == Severity::info && !options_.notes) {
      ++hidden_;
      return;
    }
    const Style style = finding.severity == Severity::error     ? Style::red
                        : finding.severity == Severity::warning ? Style::yellow
                                                                : Style::blue;
    written +=
        fmt::format("{}:{}:{}: {}: {}\n", printable(finding.file), finding.line, finding.column,
                    styled(word(finding.severity), style), styled(finding.rule, Style::bold));
    const int width = terminal_width();
    written += wrap("  " + printable(finding.message), width, "  ") + '\n';
    if (const std::string what = effect(finding); !what.empty())
      written += "  " + styled("lock: " + printable(what), Style::dim) + '\n';
    if (!finding.instead.empty())
      written += wrap("  " + styled("instead:", Style::dim) + ' ' + printable(finding.instead),
                      width, "    ") +
                 '\n';
    written += '\n';
    maybe_flush();
  }

  void end(const LintSummary& summary) override {
    written += styled(counts(summary), Style::bold) + '\n';
    if (hidden_ > 0)
      written += styled("--notes shows the " + plural(hidden_, "note"), Style::dim) + '\n';
    if (summary.fixed > 0) written += plural(summary.fixed, "finding") + " fixed\n";
    flush();
  }

 private:
  static std::string_view word(Severity severity) {
    return severity == Severity::info ? "note" : to_string(severity);
  }
  // Control characters of a file's names must not reach the terminal.
  static std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return out;
  }
  const LintOptions options_;
  std::int64_t hidden_ = 0;
};

class JsonLines : public Buffered {
 public:
  using Buffered::Buffered;

  void begin(std::span<const LintRule* const>) override { written += "{\"findings\": ["; }
  void take(const LintFinding& finding) override {
    written += first_ ? "\n  {\"file\": " : ",\n  {\"file\": ";
    first_ = false;
    append_json(written, finding.file);
    fmt::format_to(std::back_inserter(written),
                   ", \"line\": {}, \"column\": {}, \"rule\": \"{}\", \"severity\": \"{}\", "
                   "\"message\": ",
                   finding.line, finding.column, finding.rule, to_string(finding.severity));
    append_json(written, finding.message);
    written += ", \"instead\": ";
    append_json(written, finding.instead);
    written += ", \"relation\": ";
    append_json(written, finding.relation);
    fmt::format_to(std::back_inserter(written), ", \"lock\": \"{}\", \"rewrites\": {}",
                   to_string(finding.lock), finding.rewrites);
    if (!finding.cost.empty()) {
      written += ", \"cost\": ";
      append_json(written, finding.cost);
    }
    written += '}';
    maybe_flush();
  }
  void end(const LintSummary& summary) override {
    written += fmt::format(
        "{}],\n \"summary\": {{\"files\": {}, \"statements\": {}, \"errors\": {}, \"warnings\": "
        "{}, \"infos\": {}, \"ignored\": {}, \"fixed\": {}}}}}\n",
        first_ ? "" : "\n", summary.files, summary.statements, summary.errors, summary.warnings,
        summary.infos, summary.ignored, summary.fixed);
    flush();
  }

 private:
  bool first_ = true;
};

class Github : public Buffered {
 public:
  using Buffered::Buffered;

  void take(const LintFinding& finding) override {
    written += finding.severity == Severity::info ? "::notice" : "::";
    if (finding.severity != Severity::info) written += to_string(finding.severity);
    written += " file=" + property(finding.file);
    fmt::format_to(std::back_inserter(written), ",line={},col={},title={}::", finding.line,
                   finding.column, finding.rule);
    written += data(finding.message);
    if (!finding.instead.empty()) written += "%0Ainstead: " + data(finding.instead);
    written += '\n';
    maybe_flush();
  }
  void end(const LintSummary&) override { flush(); }

 private:
  static std::string data(std::string_view given) {
    std::string text = replace_all(std::string(given), "%", "%25");
    text = replace_all(std::move(text), "\r", "%0D");
    return replace_all(std::move(text), "\n", "%0A");
  }
  static std::string property(std::string_view given) {
    std::string text = replace_all(data(given), ":", "%3A");
    return replace_all(std::move(text), ",", "%2C");
  }
};

class Markdown : public Buffered {
 public:
  using Buffered::Buffered;

  void begin(std::span<const LintRule* const>) override { written += "# Lint of migrations\n"; }
  void take(const LintFinding& finding) override {
    if (finding.file != file_) {
      file_ = finding.file;
      written +=
          "\n## " + escape(file_) +
          "\n\n| place | severity | rule | what | instead | lock |\n|---|---|---|---|---|---|\n";
    }
    written += fmt::format("| {}:{} | {} | {} | {} | {} | {} |\n", finding.line, finding.column,
                           to_string(finding.severity), finding.rule, escape(finding.message),
                           escape(finding.instead), escape(effect(finding)));
    maybe_flush();
  }
  void end(const LintSummary& summary) override {
    written += '\n' + counts(summary) + ".\n";
    flush();
  }

 private:
  static std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '|' || c == '<' || c == '*' || c == '_' || c == '`' || c == '\\' || c == '[')
        out += '\\';
      out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return out;
  }
  std::string file_;
};

// SARIF 2.1.0: the rules that can speak, then results. A rule's page is its help.
class Sarif : public Buffered {
 public:
  Sarif(LintOptions options, Sink out) : Buffered(std::move(out)), options_(std::move(options)) {}

  void begin(std::span<const LintRule* const> rules) override {
    written +=
        "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", "
        "\"runs\": [{\"tool\": {\"driver\": {\"name\": \"architrave\", \"version\": ";
    append_json(written, options_.tool_version);
    written += ", \"rules\": [";
    for (const LintRule* rule : rules) {
      written += rule == rules.front() ? "\n" : ",\n";
      written += "{\"id\": ";
      append_json(written, rule->name);
      written += ", \"shortDescription\": {\"text\": ";
      append_json(written, rule->summary);
      written += "}, \"help\": {\"text\": ";
      append_json(written, rule->summary);
      written += ", \"markdown\": ";
      append_json(written, page(rule->name, rule->summary));
      written += "}, \"defaultConfiguration\": {\"level\": ";
      append_json(written, level(rule->severity));
      written += "}}";
    }
    written +=
        "]}}, \"automationDetails\": {\"id\": \"architrave/migrate-lint/\"}, \"columnKind\": "
        "\"unicodeCodePoints\", \"results\": [";
  }
  void take(const LintFinding& finding) override {
    written += first_ ? "\n" : ",\n";
    first_ = false;
    written += "{\"ruleId\": ";
    append_json(written, finding.rule);
    written += ", \"level\": ";
    append_json(written, level(finding.severity));
    written += ", \"message\": {\"text\": ";
    append_json(written, finding.instead.empty()
                             ? finding.message
                             : finding.message + "\nInstead: " + finding.instead);
    written += "}, \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ";
    append_json(written, uri(finding.file));
    fmt::format_to(std::back_inserter(written),
                   "}}, \"region\": {{\"startLine\": {}, \"startColumn\": {}}}}}}}], "
                   "\"partialFingerprints\": {{\"architrave/v1\": \"{}\"}}, \"properties\": "
                   "{{\"lock\": \"{}\", \"rewrites\": {}}}}}",
                   finding.line, finding.column,
                   stable_hash(finding.file + '\n' + std::string(finding.rule) + '\n' +
                               finding.relation + '\n' + finding.message),
                   to_string(finding.lock), finding.rewrites);
    maybe_flush();
  }
  void end(const LintSummary&) override {
    written += "\n]}]}\n";
    flush();
  }

 private:
  static std::string_view level(Severity severity) {
    return severity == Severity::info ? "note" : to_string(severity);
  }
  static std::string page(std::string_view name, std::string_view summary) {
    const std::string_view text = lint_page(name);
    return std::string(text.empty() ? summary : text);
  }
  // A path as a URI reference (RFC 3986).
  static std::string uri(std::string_view path) {
    std::string out;
    for (const char c : path) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') ||
                         std::string_view("-._~/!$&'()*+,;=:@").find(c) != std::string_view::npos;
      if (plain)
        out += c;
      else
        out += fmt::format("%{:02X}", byte);
    }
    if (out.starts_with('/')) return "file://" + out;
    const std::string_view first = std::string_view(out).substr(0, out.find('/'));
    return first.find(':') == std::string_view::npos ? out : "./" + out;
  }
  const LintOptions options_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<LintWriter> make_lint_writer(std::string_view format, const LintOptions& options,
                                             Sink out) {
  if (format == "json") return std::make_unique<JsonLines>(std::move(out));
  if (format == "github") return std::make_unique<Github>(std::move(out));
  if (format == "markdown") return std::make_unique<Markdown>(std::move(out));
  if (format == "sarif") return std::make_unique<Sarif>(options, std::move(out));
  return std::make_unique<Text>(options, std::move(out));
}

}  // namespace architrave::report
