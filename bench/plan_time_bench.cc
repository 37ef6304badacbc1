// What the advisor reckons that plans take, for fitting it to what they took.
//
//   plan_time_bench SOURCE PLAN.json… [--buffers 128MB]
//
// SOURCE has the indexes that the plans use. Prints a line per plan: the file's name without its
// folder, and milliseconds. --buffers: as if shared_buffers were that.
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "advisor/plan_time.h"
#include "base/file.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "plan/plan.h"

using namespace architrave;

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("plan_time_bench SOURCE PLAN.json…\n", stderr), 2;
  std::vector<std::string> files;
  std::string buffers;
  for (int i = 2; i < argc; ++i)
    if (std::strcmp(argv[i], "--buffers") == 0 && i + 1 < argc)
      buffers = argv[++i];
    else
      files.emplace_back(argv[i]);
  auto opened = engine::open(argv[1], {});
  if (!opened) return std::fputs(describe(opened.error()).c_str(), stderr), 2;
  if (!buffers.empty())
    opened->catalog.settings["shared_buffers"] = {
        .value = buffers, .raw = std::to_string(parse_bytes(buffers).value_or(0)), .unit = "B"};
  std::map<std::string, const catalog::Index*, std::less<>> indexes;
  for (const catalog::Relation& table : opened->catalog.relations)
    for (const catalog::Index& index : table.indexes) indexes.emplace(index.name, &index);
  for (const std::string& file : files) {
    const auto text = read_file(file);
    if (!text) return std::fputs(describe(text.error()).c_str(), stderr), 2;
    const auto plan = plan::read_json(*text);
    if (!plan) return std::fputs(describe(plan.error()).c_str(), stderr), 2;
    const auto time = advisor::plan_time(plan->root, opened->catalog, [&](std::string_view name) {
      const auto found = indexes.find(name);
      return found != indexes.end() ? found->second : nullptr;
    });
    fmt::print("{} {:.2f}\n", std::filesystem::path(file).stem().string(), time.milliseconds);
  }
}
