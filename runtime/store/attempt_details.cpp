#include "store/attempt_details.hpp"

#include "base/bytes.hpp"
#include "store/prefixes.hpp"

namespace partita {

namespace {

// On disk: append only.
enum class Field : std::uint8_t {
  attempt = 1,
  reason = 2,
  failure = 3,
  metadata = 4,
  check = 5,  // one field each
  output = 6,
  read_seq = 7,  // of what materialized nothing
};

void add_field(ByteWriter& out, Field field, std::string_view content) {
  out.u64(static_cast<std::uint64_t>(field));
  out.text(content);
}

void write_metadata(ByteWriter& out, const Metadata& metadata) {
  out.u64(metadata.size());
  for (const auto& [name, value] : metadata) {
    out.text(name);
    out.text(value.dump());
  }
}

bool read_metadata(ByteReader& in, Metadata& metadata) {
  for (auto left = in.count(); left > 0 && in.ok(); --left) {
    std::string name(in.text());
    auto value = Json::parse(in.text());
    if (!value) return false;
    metadata.emplace_back(std::move(name), std::move(*value));
  }
  return in.ok();
}

std::string failure_bytes(const FailureRecord& failure) {
  ByteWriter out;
  out.text(failure.kind);
  out.i64(failure.signal);
  out.text(failure.message);
  out.text(failure.backtrace);
  if (failure.usage) {
    out.f64(failure.usage->user_seconds);
    out.f64(failure.usage->system_seconds);
    out.i64(failure.usage->max_rss_bytes);
  }
  return out.take();
}

FailureRecord read_failure(ByteReader& in) {
  FailureRecord failure;
  failure.kind = in.text();
  failure.signal = static_cast<int>(in.i64());
  failure.message = in.text();
  failure.backtrace = in.text();
  if (in.done()) return failure;
  failure.usage.emplace();
  failure.usage->user_seconds = in.f64();
  failure.usage->system_seconds = in.f64();
  failure.usage->max_rss_bytes = in.i64();
  return failure;
}

std::string check_bytes(const CheckRecord& check) {
  ByteWriter out;
  out.text(check.name);
  out.flag(check.passed);
  out.flag(check.ran);
  out.flag(check.blocking);
  out.flag(check.warning);
  out.text(check.reason);
  write_metadata(out, check.metadata);
  return out.take();
}

bool read_check(ByteReader& in, CheckRecord& check) {
  check.name = in.text();
  check.passed = in.flag();
  check.ran = in.flag();
  check.blocking = in.flag();
  check.warning = in.flag();
  check.reason = in.text();
  return read_metadata(in, check.metadata);
}

std::string output_bytes(const OutputRecord& output) {
  ByteWriter out;
  out.text(output.target);
  write_after(out, output.target, output.staged);
  out.u64(output.inode);
  return out.take();
}

OutputRecord read_output(ByteReader& in) {
  OutputRecord output;
  output.target = in.text();
  output.staged = output.target;
  read_after(in, output.staged);
  output.inode = in.u64();
  return output;
}

bool read_field(Field field, std::string_view content, AttemptRecord& attempt) {
  ByteReader in(content);
  switch (field) {
    case Field::attempt:
      attempt.attempt = static_cast<int>(in.u64());
      break;
    case Field::reason:
      attempt.reason = content;
      return true;
    case Field::failure:
      attempt.failure = read_failure(in);
      break;
    case Field::metadata:
      return read_metadata(in, attempt.metadata);
    case Field::check:
      return read_check(in, attempt.checks.emplace_back());
    case Field::output:
      attempt.output = read_output(in);
      break;
    case Field::read_seq:
      attempt.read_seq = static_cast<std::int64_t>(in.u64());
      break;
  }
  return in.ok();
}

}  // namespace

std::string encode_details(const AttemptRecord& attempt) {
  ByteWriter out;
  if (attempt.attempt != 1) {
    ByteWriter number;
    number.u64(static_cast<std::uint64_t>(attempt.attempt));
    add_field(out, Field::attempt, number.bytes());
  }
  if (!attempt.reason.empty()) add_field(out, Field::reason, attempt.reason);
  if (attempt.failure) add_field(out, Field::failure, failure_bytes(*attempt.failure));
  if (!attempt.metadata.empty()) {
    ByteWriter metadata;
    write_metadata(metadata, attempt.metadata);
    add_field(out, Field::metadata, metadata.bytes());
  }
  for (const CheckRecord& check : attempt.checks) add_field(out, Field::check, check_bytes(check));
  if (attempt.output) add_field(out, Field::output, output_bytes(*attempt.output));
  if (attempt.read_seq != 0 && attempt.outcome != Outcome::materialized) {
    ByteWriter seq;
    seq.u64(static_cast<std::uint64_t>(attempt.read_seq));
    add_field(out, Field::read_seq, seq.bytes());
  }
  return out.take();
}

bool decode_details(std::string_view bytes, AttemptRecord& attempt) {
  ByteReader in(bytes);
  while (!in.done()) {
    const auto field = static_cast<Field>(in.u64());
    const auto content = in.text();
    if (!in.ok() || !read_field(field, content, attempt)) return false;
  }
  return in.ok();
}

}  // namespace partita
