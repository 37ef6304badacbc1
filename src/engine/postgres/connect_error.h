// Why a connection could not be made, in words that are safe to show.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace architrave::postgres {

// "postgres.connect" with libpq's message, without any part of a password, and a hint. `source` is
// what the user gave; `password` is the one that libpq found in it or elsewhere.
Error connect_error(std::string message, std::string_view source, std::string_view password);

}  // namespace architrave::postgres
