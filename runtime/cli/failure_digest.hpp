// What went wrong in a run, grouped: failures that say the same are one group.
//
// Memory is bounded however many fail. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

class FailureDigest {
 public:
  struct Group {
    std::string alike;       // the message without the partition's key in it
    std::string asset, key;  // of the first
    std::string message;     // of the first, one line
    std::int64_t count = 0;
  };

  // Takes attempts that failed; ignores the others.
  void add(std::string_view asset, std::string_view key, const AttemptView& attempt);

  const std::vector<Group>& groups() const { return groups_; }
  std::int64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  // Some failed without a result of any check.
  bool is_unchecked() const { return unchecked_; }

  // `prices@2024-01-05 and 2 more: cannot open feed.csv`, a group a line.
  std::string text(const Look& look) const;

 private:
  std::vector<Group> groups_;
  std::int64_t count_ = 0;
  std::int64_t not_grouped_ = 0;
  bool unchecked_ = false;
};

// Why an attempt failed, as one line: `killed by signal 11 (segmentation fault): ...`.
std::string failure_line(const FailureView& failure);

}  // namespace partita
