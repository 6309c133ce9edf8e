// Small numbers for what events repeat: asset names, and code versions with plugin hash and basis.
//
// A new number is an event of its own, so that the log can be read without the tables. Numbers that
// were found are remembered: forget() after a transaction that was rolled back. One thread at a
// time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/event_codec.hpp"
#include "store/event_log.hpp"

namespace partita {

using AssetId = std::int64_t;

struct CodeName {
  std::string version;
  std::string hash;
  std::string basis;  // see AttemptRecord; empty: not known
  auto operator<=>(const CodeName&) const = default;
};

class Names {
 public:
  Names(Database& database, EventLog& log) : database_(database), log_(log) {}

  Result<std::vector<std::string>> assets();
  Result<std::optional<AssetId>> find_asset(std::string_view name);
  Result<CodeName> code(CodeId id);
  Result<std::string> asset_name(AssetId id);

  // Found or made; within a write transaction.
  Result<AssetId> asset(std::string_view name, std::int64_t at);
  Result<CodeId> code_id(const AttemptRecord& attempt, std::int64_t at);

  // What an event says was named; for rebuilding.
  Status apply(const Event& event);

  void forget();

 private:
  Result<CodeId> find_or_add(const CodeName& name, std::int64_t at);
  Status append(EventKind kind, std::int64_t at, std::string_view payload);

  Database& database_;
  EventLog& log_;
  std::unordered_map<std::string, AssetId> assets_;
  std::map<CodeName, CodeId> codes_;
  std::unordered_map<CodeId, CodeName> code_names_;
  CodeName last_code_;  // attempts that follow each other mostly ran the same
  std::shared_ptr<const std::string> last_basis_;
  std::optional<CodeId> last_code_id_;
};

}  // namespace partita
