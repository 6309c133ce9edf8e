// Outputs whose record is durable and which may not be in their place yet: the table
// `unpublished_output`.
//
// Writes are within a write transaction of the caller. One thread at a time.
#pragma once

#include <string_view>
#include <vector>

#include "store/records.hpp"
#include "store/sqlite.hpp"

namespace partita {

class UnpublishedOutputs {
 public:
  explicit UnpublishedOutputs(Database& database) : database_(database) {}

  Result<std::vector<OutputRecord>> list();
  Status add(const OutputRecord& output);
  Status remove(std::string_view staged);

 private:
  Database& database_;
};

}  // namespace partita
