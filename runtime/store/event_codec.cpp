#include "store/event_codec.hpp"

#include <utility>

#include "store/attempt_details.hpp"
#include "store/prefixes.hpp"

namespace partita {

namespace {

constexpr std::uint64_t kVersion = 2;
constexpr std::uint64_t kVersionWithoutReadSeq = 1;

// The lowest three bits of the flags are the outcome; what is common fits one byte.
constexpr std::uint64_t kOutcomeMask = 0x07;
constexpr std::uint64_t kHasKey = 0x08;  // else the key is the identity
constexpr std::uint64_t kStarted = 0x10;
constexpr std::uint64_t kSameCode = 0x20;
constexpr std::uint64_t kPackedVersion = 0x40;
constexpr std::uint64_t kReplaces = 0x80;
constexpr std::uint64_t kHasDetails = 0x100;
constexpr std::uint64_t kHasBefore = 0x200;

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Data versions are mostly digests in hexadecimal, which take half the room as bytes.
bool is_packable(std::string_view text) {
  return !text.empty() && text.size() % 2 == 0 &&
         text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

unsigned nibble(char digit) {
  return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

std::string packed(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes += static_cast<char>(nibble(text[i]) << 4U | nibble(text[i + 1]));
  }
  return bytes;
}

void unpack(std::string_view bytes, std::string& text) {
  text.clear();
  for (const char each : bytes) {
    const auto value = static_cast<unsigned char>(each);
    text += kHexDigits[value >> 4U];
    text += kHexDigits[value & 0x0fU];
  }
}

}  // namespace

void AttemptsWriter::add(const AttemptRecord& attempt, CodeId code, bool replaces,
                         std::int64_t back) {
  const std::string details = encode_details(attempt);
  const bool has_key = attempt.key != attempt.identity;
  const bool pack = is_packable(attempt.data_version);
  heads_.u64((static_cast<std::uint64_t>(attempt.outcome) & kOutcomeMask) |
             (has_key ? kHasKey : 0) | (attempt.started != 0 ? kStarted : 0) |
             (code == code_ ? kSameCode : 0) | (pack ? kPackedVersion : 0) |
             (replaces ? kReplaces : 0) | (details.empty() ? 0 : kHasDetails) |
             (back >= 0 ? kHasBefore : 0));
  write_after(heads_, std::exchange(identity_, attempt.identity), attempt.identity);
  if (has_key) write_after(heads_, std::exchange(key_, attempt.key), attempt.key);
  if (back >= 0) heads_.u64(static_cast<std::uint64_t>(back));
  heads_.i64(attempt.finished - std::exchange(finished_, attempt.finished));
  if (attempt.started != 0) heads_.i64(attempt.finished - attempt.started);
  if (code != code_) heads_.u64(static_cast<std::uint64_t>(code));
  heads_.text(pack ? packed(attempt.data_version) : attempt.data_version);
  if (attempt.outcome == Outcome::materialized)
    heads_.i64(attempt.read_seq - std::exchange(read_seq_, attempt.read_seq));
  if (!details.empty()) details_.text(details);
  code_ = code;
  ++count_;
}

std::string AttemptsWriter::payload() const {
  ByteWriter out;
  out.u64(kVersion);
  out.u64(count_);
  out.text(heads_.bytes());
  out.text(details_.bytes());
  return out.take();
}

AttemptsReader::AttemptsReader(std::string_view payload) : heads_({}), details_({}) {
  ByteReader in(payload);
  version_ = in.u64();
  left_ = in.u64();
  heads_ = ByteReader(in.text());
  details_ = ByteReader(in.text());
  if (!in.ok()) version_ = 0;
  head_.position = -1;
}

bool AttemptsReader::next() {
  if (left_ == 0 || damaged()) return false;
  --left_;
  ++head_.position;
  read_head(heads_.u64());
  return !damaged();
}

void AttemptsReader::read_head(std::uint64_t flags) {
  head_.outcome = static_cast<Outcome>(flags & kOutcomeMask);
  head_.replaces = (flags & kReplaces) != 0;
  read_after(heads_, head_.identity);
  if ((flags & kHasKey) != 0) read_after(heads_, full_key_);
  head_.key = (flags & kHasKey) != 0 ? full_key_ : head_.identity;
  head_.back =
      (flags & kHasBefore) != 0 ? static_cast<std::int64_t>(heads_.u64()) : std::int64_t{-1};
  head_.finished += heads_.i64();
  head_.started = (flags & kStarted) != 0 ? head_.finished - heads_.i64() : 0;
  if ((flags & kSameCode) == 0) head_.code = static_cast<CodeId>(heads_.u64());
  const auto version = heads_.text();
  if ((flags & kPackedVersion) != 0) {
    unpack(version, head_.data_version);
  } else {
    head_.data_version = version;
  }
  head_.read_seq = 0;
  if (version_ == kVersion && head_.outcome == Outcome::materialized)
    head_.read_seq = read_seq_ += heads_.i64();
  head_.details = (flags & kHasDetails) != 0 ? details_.text() : std::string_view();
}

bool AttemptsReader::damaged() const {
  const bool known = version_ == kVersion || version_ == kVersionWithoutReadSeq;
  return !known || !heads_.ok() || !details_.ok();
}

std::optional<AttemptHead> find_attempt(std::string_view payload, std::string_view identity) {
  std::optional<AttemptHead> found;
  AttemptsReader reader(payload);
  while (reader.next() && reader.head().identity <= identity) {
    if (reader.head().identity == identity) found = reader.head();
  }
  return found;
}

}  // namespace partita
