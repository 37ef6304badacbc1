#include "engine/postgres/connect_error.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace architrave::postgres {

namespace {

// What libpq or the server says, and what helps. The first that is found counts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> hints = {{
    {"password authentication failed", "check the user and the password (PGPASSWORD or ~/.pgpass)"},
    {"no password supplied", "give the password in PGPASSWORD, ~/.pgpass or the URL"},
    {"Peer authentication failed",
     "run as that system user, or connect over TCP with -h localhost"},
    {"Ident authentication failed", "run as that system user, or give a password"},
    {"no pg_hba.conf entry",
     "ask for a line in the server's pg_hba.conf that lets this host in; if "
     "it says 'no encryption', add sslmode=require"},
    {"server does not support SSL", "add sslmode=prefer or sslmode=disable to the URL"},
    {"certificate",
     "check sslmode and sslrootcert: the server's certificate could not be verified"},
    {"SSL", "check sslmode: the server and this side do not agree on encryption"},
    {"could not translate host name",
     "check the host's name; a password that holds @ or / must be "
     "percent-encoded in a URL"},
    {"Connection refused", "check that the server runs, and on this host and port"},
    {"No such file or directory",
     "no server listens on this socket: start it, or name its host with "
     "postgresql://HOST/NAME"},
    {"Permission denied", "the server's socket may not be used by this user; try -h localhost"},
    {"No route to host", "check the host and the network between"},
    {"Network is unreachable", "check the host and the network between"},
    {"timeout expired",
     "check the host and any firewall between; connect_timeout in the URL allows "
     "more time"},
    {"too many clients", "the server has no free connection: close some, or raise max_connections"},
    {"remaining connection slots", "the server has no free connection for this role: close some"},
    {"starting up", "wait until the server is up, then try again"},
    {"is not permitted to log in", "use a role with LOGIN"},
    {"role \"", "check the user's name; \\du in psql lists the roles of a server"},
    {"does not exist", "check the name; psql -l lists the databases of a server"},
    {"permission denied for database", "ask for GRANT CONNECT on the database"},
}};

// Every piece of the source that may belong to a password, also where libpq would have cut a URL
// in another place because the password is not encoded.
std::vector<std::string> secrets(std::string_view source, std::string_view password) {
  std::vector<std::string> found;
  const auto add = [&](std::string_view text) {
    if (text.size() > 1) found.emplace_back(text);
  };
  add(password);
  if (const auto scheme = source.find("://"); scheme != std::string_view::npos) {
    const std::string_view rest = source.substr(scheme + 3);
    const auto at = rest.rfind('@');
    const auto colon = rest.find(':');
    if (at != std::string_view::npos && colon < at) {
      const std::string_view secret = rest.substr(colon + 1, at - colon - 1);
      add(secret);
      std::string pieces(secret);
      for (char& each : pieces)
        if (each == '@' || each == '/' || each == '?' || each == '#') each = ':';
      for (const std::string& piece : split(pieces, ':')) add(piece);
    }
  }
  const std::string folded = lower(source);
  for (auto i = folded.find("password"); i != std::string::npos;
       i = folded.find("password", i + 1)) {
    const auto equals = folded.find_first_not_of(' ', i + 8);
    if (equals == std::string::npos || folded[equals] != '=') continue;
    std::string_view value = trim(source.substr(equals + 1));
    const char quote = value.empty() ? ' ' : value.front();
    if (quote == '\'') value.remove_prefix(1);
    add(value.substr(0, quote == '\'' ? value.find('\'') : value.find_first_of(" &")));
  }
  // The longest first, so that none leaves its ends behind.
  std::ranges::sort(found, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return found;
}

// libpq quotes what it could not parse, which may be any part of the source.
bool complains_of_syntax(std::string_view message) {
  constexpr std::array signs = {"invalid percent-encoded",
                                "invalid URI",
                                "unexpected character",
                                "end of string reached",
                                "missing \"=\"",
                                "invalid connection option",
                                "unterminated quoted",
                                "extra key/value separator",
                                "missing key/value separator",
                                "forbidden value"};
  return std::ranges::any_of(
      signs, [&](const char* sign) { return message.find(sign) != std::string_view::npos; });
}

}  // namespace

Error connect_error(std::string message, std::string_view source, std::string_view password) {
  Error error{"postgres.connect", {}, {}, "check host, port, user and database name"};
  if (complains_of_syntax(message)) {
    message = "the connection string is malformed: " +
              std::string(trim(std::string_view(message).substr(0, message.find('"'))));
    error.hint = "write postgresql://USER@HOST:PORT/NAME, and percent-encode what is special in it";
  } else {
    for (const auto& [sign, hint] : hints) {
      if (message.find(sign) == std::string::npos) continue;
      error.hint = hint;
      break;
    }
    for (const std::string& secret : secrets(source, password))
      message = replace_all(std::move(message), secret, "***");
  }
  error.message = "cannot connect: " + std::string(trim(message));
  return error;
}

}  // namespace architrave::postgres
