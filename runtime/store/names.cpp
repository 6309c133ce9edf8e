#include "store/names.hpp"

#include "base/bytes.hpp"

namespace partita {

Result<std::vector<std::string>> Names::assets() {
  std::vector<std::string> names;
  Rows rows = database_.statement("SELECT name FROM asset").query();
  while (rows.next()) names.emplace_back(rows.text(0));
  if (!rows.status()) return rows.status().error();
  return names;
}

Result<std::optional<AssetId>> Names::find_asset(std::string_view name) {
  if (auto known = assets_.find(std::string(name)); known != assets_.end()) {
    return std::optional(known->second);
  }
  auto id = database_.statement("SELECT id FROM asset WHERE name = ?").integer(name);
  if (id && *id) assets_.emplace(name, **id);
  return id;
}

Result<std::string> Names::asset_name(AssetId id) {
  Rows rows = database_.statement("SELECT name FROM asset WHERE id = ?").query(id);
  std::string name;
  if (rows.next()) name = rows.text(0);
  if (!rows.status()) return rows.status().error();
  return name;
}

Result<CodeName> Names::code(CodeId id) {
  if (auto known = code_names_.find(id); known != code_names_.end()) return known->second;
  Rows rows = database_.statement("SELECT version, hash, basis FROM code WHERE id = ?").query(id);
  CodeName name;
  if (rows.next()) {
    name = {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))};
  }
  if (!rows.status()) return rows.status().error();
  return code_names_.emplace(id, name).first->second;
}

Result<AssetId> Names::asset(std::string_view name, std::int64_t at) {
  auto found = find_asset(name);
  if (!found) return std::move(found).error();
  if (*found) return **found;
  auto last = database_.statement("SELECT max(id) FROM asset").integer();
  if (!last) return std::move(last).error();
  const AssetId id = last->value_or(0) + 1;
  ByteWriter payload;
  payload.u64(static_cast<std::uint64_t>(id));
  payload.text(name);
  auto appended = append(EventKind::asset_named, at, payload.bytes());
  if (!appended) return std::move(appended).error();
  assets_.emplace(name, id);
  return id;
}

Result<CodeId> Names::code_id(const AttemptRecord& attempt, std::int64_t at) {
  if (last_code_id_ && last_basis_ == attempt.basis && last_code_.version == attempt.code_version &&
      last_code_.hash == attempt.code_hash) {
    return *last_code_id_;
  }
  CodeName name{attempt.code_version, attempt.code_hash,
                attempt.basis ? *attempt.basis : std::string()};
  auto id = find_or_add(name, at);
  if (!id) return id;
  last_code_ = std::move(name);
  last_basis_ = attempt.basis;
  last_code_id_ = *id;
  return id;
}

Result<CodeId> Names::find_or_add(const CodeName& name, std::int64_t at) {
  if (auto known = codes_.find(name); known != codes_.end()) return known->second;
  auto found =
      database_.statement("SELECT id FROM code WHERE version = ? AND hash = ? AND basis = ?")
          .integer(name.version, name.hash, name.basis);
  if (!found) return std::move(found).error();
  if (*found) return codes_[name] = **found;
  auto last = database_.statement("SELECT max(id) FROM code").integer();
  if (!last) return std::move(last).error();
  const CodeId id = last->value_or(0) + 1;
  ByteWriter payload;
  payload.u64(static_cast<std::uint64_t>(id));
  payload.text(name.version);
  payload.text(name.hash);
  payload.text(name.basis);
  auto appended = append(EventKind::code_named, at, payload.bytes());
  if (!appended) return std::move(appended).error();
  return codes_[name] = id;
}

Status Names::append(EventKind kind, std::int64_t at, std::string_view payload) {
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = kind;
  event.payload = payload;
  if (auto appended = log_.append(event); !appended) return appended;
  return apply(event);
}

Status Names::apply(const Event& event) {
  ByteReader in(event.payload);
  const auto id = static_cast<std::int64_t>(in.u64());
  const auto name = in.text();
  if (event.kind == EventKind::asset_named) {
    if (!in.ok()) return damaged_event(database_, event.seq);
    return database_.statement("INSERT INTO asset (id, name) VALUES (?, ?)").run(id, name);
  }
  const auto hash = in.text();
  const auto basis = in.done() ? std::string_view() : in.text();
  if (!in.ok()) return damaged_event(database_, event.seq);
  return database_.statement("INSERT INTO code (id, version, hash, basis) VALUES (?, ?, ?, ?)")
      .run(id, name, hash, basis);
}

void Names::forget() {
  assets_.clear();
  codes_.clear();
  code_names_.clear();
  last_code_id_.reset();
}

}  // namespace partita
