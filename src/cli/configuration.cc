#include "cli/configuration.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "base/file.h"
#include "cli/rule_names.h"

namespace architrave::cli {

namespace {

std::unexpected<Error> wrong(const std::string& file, const YAML::Mark& mark,
                             const std::string& what) {
  return fail("configuration", what, file + ":" + std::to_string(mark.line + 1),
              "known are fail_on (error, warning, never) and rules: without: [names]");
}

Status read_rules(const YAML::Node& node, Configuration& configuration) {
  for (const auto& entry : node) {
    if (entry.first.as<std::string>() != "without" || !entry.second.IsSequence())
      return wrong(configuration.file, entry.first.Mark(), "rules takes only `without`, a list");
    for (const YAML::Node& rule : entry.second) {
      const auto name = rule.as<std::string>();
      const std::string where = configuration.file + ":" + std::to_string(rule.Mark().line + 1);
      if (Status known = check_rule_name(name, where); !known) return known;
      configuration.without.push_back(name);
    }
  }
  return {};
}

Status read(const YAML::Node& document, Configuration& configuration) {
  if (document.IsNull()) return {};
  if (!document.IsMap())
    return wrong(configuration.file, document.Mark(), "not a table of settings");
  for (const auto& entry : document) {
    const std::string key = entry.first.as<std::string>();
    if (key == "fail_on" && entry.second.IsScalar()) {
      configuration.fail_on = entry.second.as<std::string>();
      if (configuration.fail_on != "error" && configuration.fail_on != "warning" &&
          configuration.fail_on != "never")
        return wrong(configuration.file, entry.second.Mark(),
                     "fail_on can't be \"" + configuration.fail_on + "\"");
    } else if (key == "rules" && entry.second.IsMap()) {
      if (Status status = read_rules(entry.second, configuration); !status) return status;
    } else {
      return wrong(configuration.file, entry.first.Mark(), "there is no setting \"" + key + "\"");
    }
  }
  return {};
}

}  // namespace

Result<Configuration> read_configuration() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::current_path(error);
  while (!error) {
    const std::filesystem::path file = folder / "architrave.yaml";
    if (std::filesystem::exists(file, error)) {
      Configuration configuration;
      configuration.file = file.string();
      Result<std::string> text = read_file(file);
      if (!text) return fail(text);
      try {
        if (Status status = read(YAML::Load(*text), configuration); !status) return fail(status);
      } catch (const YAML::Exception& exception) {
        return wrong(configuration.file, exception.mark, exception.msg);
      }
      return configuration;
    }
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return Configuration{};
}

}  // namespace architrave::cli
