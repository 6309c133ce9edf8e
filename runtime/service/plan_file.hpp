// A plan as a file: frozen, so that it can be looked at, kept and applied later, if what it rests
// on has not moved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/planning.hpp"

namespace partita {

struct PlanFile {
  std::string id;  // follows from all else
  MaterializeRequest request;
  Instant as_of = 0;
  std::int64_t generation = 0;
  std::vector<PlanTaskView> tasks, blocked;  // whole
  struct Code {
    std::string plugin, load_hash;
    bool operator==(const Code&) const = default;
  };
  std::vector<Code> code;  // of the plugins whose assets are in it
  struct Asset {
    std::string asset, code_version;
    Json config;  // what it is configured with
    // Of the dynamic keys to make: a range has others when keys were removed and added again.
    // Empty: none are, or a file of before they were kept.
    std::string keys;
  };
  std::vector<Asset> assets;  // to materialize; none in files of before they were kept
};

PlanFile plan_file_of(const Plan& plan, const MaterializeRequest& request, Snapshot& snapshot);

Json to_json(const PlanFile& file);
// The error says what of it is not as `plan -o` writes it.
Result<PlanFile> read_plan_file(std::string_view text);

}  // namespace partita
