#include "store/catalog_table.hpp"

#include "base/bytes.hpp"

namespace partita {

Result<std::string> CatalogTable::current() {
  return read(
      database_.statement("SELECT seq FROM catalog ORDER BY generation DESC LIMIT 1").integer());
}

Result<std::string> CatalogTable::of(std::int64_t generation) {
  return read(
      database_.statement("SELECT seq FROM catalog WHERE generation = ?").integer(generation));
}

Result<std::string> CatalogTable::read(const Result<std::optional<std::int64_t>>& seq) {
  if (!seq) return seq.error();
  if (!*seq) return std::string();
  auto payload = log_.payload(**seq);
  if (!payload) return payload;
  ByteReader in(*payload);
  in.u64();
  std::string json(in.text());
  if (!in.ok()) return damaged_event(database_, **seq);
  return json;
}

Status CatalogTable::save(std::int64_t generation, std::string_view json, std::int64_t at) {
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  ByteWriter payload;
  payload.u64(static_cast<std::uint64_t>(generation));
  payload.text(json);
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = EventKind::catalog_saved;
  event.payload = payload.bytes();
  if (auto appended = log_.append(event); !appended) return appended;
  return apply(event);
}

Status CatalogTable::apply(const Event& event) {
  ByteReader in(event.payload);
  const auto generation = static_cast<std::int64_t>(in.u64());
  if (!in.ok()) return damaged_event(database_, event.seq);
  return database_.statement("INSERT OR REPLACE INTO catalog VALUES (?, ?)")
      .run(generation, event.seq);
}

}  // namespace partita
