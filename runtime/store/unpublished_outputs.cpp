#include "store/unpublished_outputs.hpp"

namespace partita {

Result<std::vector<OutputRecord>> UnpublishedOutputs::list() {
  std::vector<OutputRecord> outputs;
  Rows rows =
      database_
          .statement("SELECT staged, target, inode, moved FROM unpublished_output ORDER BY staged")
          .query();
  while (rows.next()) {
    outputs.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                       static_cast<std::uint64_t>(rows.integer(2)), rows.integer(3) != 0});
  }
  if (!rows.status()) return rows.status().error();
  return outputs;
}

Status UnpublishedOutputs::add(const OutputRecord& output) {
  return database_.statement("INSERT OR REPLACE INTO unpublished_output VALUES (?, ?, ?, ?)")
      .run(output.staged, output.target, static_cast<std::int64_t>(output.inode),
           std::int64_t{output.moved ? 1 : 0});
}

Status UnpublishedOutputs::remove(std::string_view staged) {
  return database_.statement("DELETE FROM unpublished_output WHERE staged = ?").run(staged);
}

}  // namespace partita
