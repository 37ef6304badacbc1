// Errors as values. A function that can fail for a reason its caller handles returns Result<T>;
// exceptions are for bugs.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace architrave {

// What went wrong, for a person. `code` is stable and may be matched by programs (for example
// "file.missing", "postgres.connect", "twin.corrupt"); `where` is file:line:column or an object's
// name, and may be empty; `hint` says what to do next.
struct Error {
  std::string code;
  std::string message;
  std::string where;
  std::string hint;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(std::string code, std::string message, std::string where = {},
                                   std::string hint = {}) {
  return std::unexpected<Error>(
      Error{std::move(code), std::move(message), std::move(where), std::move(hint)});
}

// Passes an error of one Result on as an error of another.
template <class T>
std::unexpected<Error> fail(Result<T>& failed) {
  return std::unexpected<Error>(std::move(failed.error()));
}

// Several lines, ready for stderr: "error: MESSAGE", then "  at WHERE" and "  hint: HINT".
std::string describe(const Error& error);

}  // namespace architrave
