#include "base/result.h"

namespace architrave {

std::string describe(const Error& error) {
  std::string text = "error: " + error.message;
  if (!error.where.empty()) text += "\n  at " + error.where;
  if (!error.hint.empty()) text += "\n  hint: " + error.hint;
  return text + '\n';
}

}  // namespace architrave
