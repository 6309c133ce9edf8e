#include "definitions/mapping_wire.hpp"

#include "base/bytes.hpp"

namespace partita {
namespace {

Error malformed(const char* what) {
  return {ErrorCode::definitions, std::string("its process sent a malformed ") + what, {}};
}

void put(ByteWriter& out, const KeyBatch& batch) {
  out.u64(batch.dimensions.size());
  for (const std::string& name : batch.dimensions) out.text(name);
  out.u64(batch.count);
  for (const KeyBatch::Part& part : batch.parts) {
    out.text(part.key);
    out.flag(part.window.has_value());
    if (!part.window) continue;
    out.i64(part.window->start);
    out.i64(part.window->end);
  }
}

KeyBatch take_batch(ByteReader& in) {
  KeyBatch batch;
  batch.dimensions.resize(in.count());
  for (std::string& name : batch.dimensions) name = in.text();
  batch.count = in.u64();
  for (std::size_t i = 0; in.ok() && i < batch.count * batch.dimensions.size(); ++i) {
    KeyBatch::Part& part = batch.parts.emplace_back();
    part.key = in.text();
    if (in.flag()) part.window = {in.i64(), in.i64()};
  }
  return batch;
}

}  // namespace

std::string encode(const MappingCall& call) {
  ByteWriter out;
  out.text(call.asset);
  out.text(call.upstream);
  out.u64(call.function);
  out.flag(call.side == MappingSide::upstream);
  put(out, call.of);
  return out.take();
}

Result<MappingCall> decode_mapping_call(std::string_view bytes) {
  ByteReader in(bytes);
  MappingCall call;
  call.asset = in.text();
  call.upstream = in.text();
  call.function = in.u64();
  call.side = in.flag() ? MappingSide::upstream : MappingSide::downstream;
  call.of = take_batch(in);
  if (!in.ok() || !in.done()) return malformed("call");
  return call;
}

std::string encode(const Result<RelatedKeys>& answer) {
  ByteWriter out;
  out.flag(answer.has_value());
  if (!answer) {
    out.text(answer.error().message);
    return out.take();
  }
  for (const std::vector<std::string>& keys : *answer) {
    out.u64(keys.size());
    for (const std::string& key : keys) out.text(key);
  }
  return out.take();
}

Result<RelatedKeys> decode_related_keys(std::string_view bytes, std::size_t count) {
  ByteReader in(bytes);
  if (!in.flag()) {
    const std::string reason(in.text());
    if (!in.ok()) return malformed("answer");
    return Error{ErrorCode::definitions, reason, {}};
  }
  RelatedKeys related(count);
  for (std::vector<std::string>& keys : related) {
    keys.resize(in.count());
    for (std::string& key : keys) key = in.text();
  }
  if (!in.ok() || !in.done()) return malformed("answer");
  return related;
}

}  // namespace partita
