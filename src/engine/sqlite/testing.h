// What the tests of this folder share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite::testing {

// A folder of the test's own, removed afterwards.
class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "sqlite-test-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline Connection make(const std::filesystem::path& path, const std::string& sql) {
  auto connection = Connection::create_file(path);
  EXPECT_TRUE(connection) << connection.error().message;
  Status status = connection->execute(sql);
  EXPECT_TRUE(status) << status.error().message;
  return std::move(*connection);
}

// A database with every feature that the reader knows.
inline const std::string& every_feature() {
  static const std::string sql = R"sql(
PRAGMA user_version = 7;
CREATE TABLE customer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email VARCHAR(120) NOT NULL COLLATE NOCASE CONSTRAINT one_email UNIQUE ON CONFLICT REPLACE,
  name TEXT DEFAULT 'it''s', -- , CHECK (not a check)
  joined DATETIME NOT NULL DEFAULT (datetime('now')),
  active BOOLEAN DEFAULT 1 CHECK (active IN (0, 1)),
  balance DECIMAL(10, 2) CONSTRAINT positive CHECK (balance >= 0),
  shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL,
  kept TEXT AS (lower(email)) STORED,
  CHECK (length(name) < 100 AND length(email) > 3)
);
CREATE TABLE "Order" (
  customer_id INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE,
  number INT NOT NULL,
  [delivered on] DATE,
  parent_customer INT, parent_number INT,
  PRIMARY KEY (customer_id, number),
  CONSTRAINT parent FOREIGN KEY (parent_customer, parent_number)
    REFERENCES "Order" (customer_id, number) ON UPDATE SET NULL ON DELETE RESTRICT
    DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (number, "delivered on")
) WITHOUT ROWID;
CREATE TABLE strict_one (a INT, b ANY, code TEXT PRIMARY KEY) STRICT;
CREATE UNIQUE INDEX by_lower ON customer (lower(name) COLLATE NOCASE DESC, joined)
  WHERE active = 1 AND name IS NOT NULL;
CREATE INDEX by_delivery ON "Order" ("delivered on" DESC);
CREATE VIEW active_customer AS SELECT id, email FROM customer WHERE active;
CREATE VIEW delivered (who) AS
  SELECT email FROM active_customer JOIN "Order" ON customer_id = id;
CREATE TRIGGER touch AFTER UPDATE OF name, email ON customer WHEN new.name <> old.name BEGIN
  UPDATE customer SET joined = CASE WHEN 1 THEN joined END WHERE id = new.id;
  SELECT 1;
END;
CREATE TRIGGER no_insert INSTEAD OF INSERT ON active_customer BEGIN
  SELECT RAISE(ABORT, 'no');
END;
CREATE VIRTUAL TABLE notes USING fts5(title, body);
INSERT INTO customer (email, name) VALUES ('a@b.c', 'Ada'), ('b@b.c', 'Bob');
INSERT INTO "Order" (customer_id, number) VALUES (1, 1);
)sql";
  return sql;
}

}  // namespace architrave::sqlite::testing
