// The payload of an `attempts` event: some attempts at partitions of one asset, sorted by identity.
//
//   u64   version, 2
//   u64   how many attempts
//   text  heads, one per attempt
//   text  details, one text for each attempt that has any
//
// A head: u64 flags; identity and, if its flag is set, key, each as what it shares with the one
// before and the rest; if its flag is set, u64 by how many events back the attempt before at the
// same partition is (0: in this one); i64 `finished` less that of the one before (of the first:
// less 0); if it started, i64 `finished` less `started`; u64 number of the code, unless it is the
// one before's; text data version, two hexadecimal digits a byte if its flag is set; of a
// materialization i64 `read_seq` less that of the materialization before (version 1 had none).
// Numbers and texts are those of base/bytes.hpp. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "store/records.hpp"

namespace partita {

// Code version, plugin hash and basis as the number the store has for the three.
using CodeId = std::int64_t;

struct AttemptHead {
  std::int64_t position = 0;  // in its event
  std::string identity;
  std::string key;
  Outcome outcome = Outcome::none;
  bool replaces = false;   // an earlier attempt of the same run at the same partition
  std::int64_t back = -1;  // the attempt before is so many events earlier; -1: there is none known
  std::int64_t started = 0;
  std::int64_t finished = 0;
  CodeId code = 0;
  std::string data_version;  // empty: like no other's
  std::int64_t read_seq = 0;
  std::string_view details;  // into the payload
};

class AttemptsWriter {
 public:
  // `back`: as AttemptHead's.
  void add(const AttemptRecord& attempt, CodeId code, bool replaces, std::int64_t back = -1);
  std::string payload() const;

 private:
  ByteWriter heads_;
  ByteWriter details_;
  std::size_t count_ = 0;
  std::string_view identity_, key_;  // of the attempt before: attempts outlive the writer
  std::int64_t finished_ = 0;
  std::int64_t read_seq_ = 0;
  CodeId code_ = 0;
};

// Reads the heads in order. The payload outlives the reader.
class AttemptsReader {
 public:
  explicit AttemptsReader(std::string_view payload);

  bool next();  // false at the end and where the payload is damaged
  const AttemptHead& head() const { return head_; }
  bool damaged() const;

 private:
  void read_head(std::uint64_t flags);

  std::uint64_t version_ = 0;
  std::uint64_t left_ = 0;
  ByteReader heads_;
  ByteReader details_;
  AttemptHead head_;
  std::string full_key_;       // of the last attempt that had one of its own
  std::int64_t read_seq_ = 0;  // of the last materialization
};

// The last attempt of the payload at that partition.
std::optional<AttemptHead> find_attempt(std::string_view payload, std::string_view identity);

}  // namespace partita
