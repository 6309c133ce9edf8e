// Where partitions' output directories are, and how they get there.
//
// An attempt writes into a staged directory. Once its record is durable, the staged directory takes
// the place of the earlier one by an exchange, so that readers always see one or the other. If the
// host dies in between, the record says what is left to do.
// Published outputs are moved in the same way: the record first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "service/settings.hpp"
#include "store/store.hpp"

namespace partita {

Path output_directory(const Settings& settings, const std::string& asset,
                      const std::string& partition);
// Of a run; each of its tasks has its own in there.
Path staging_directory(const Settings& settings, std::int64_t run);
Path temporary_directory(const Settings& settings, std::int64_t run);
// Whether an attempt of the run staged it.
bool is_staged_by(const Settings& settings, std::int64_t run, const OutputRecord& output);

// Syncs what an attempt staged and describes where it goes.
Result<OutputRecord> stage_output(const Path& staged, const Path& target);

// Of the outputs that a wipe set aside.
Path wiped_directory(const Settings& settings, std::int64_t wipe);
// What moves a published directory elsewhere; nothing where there is none.
std::optional<OutputRecord> move_of(const Path& from, const Path& to);

// Of an output whose record is durable.
enum class Placed { in_place, staged, lost };
Placed where_is(const OutputRecord& output);

// Puts every output that is durable and not in its place yet there, and marks it; but for those
// that these runs staged, which do so themselves.
Status publish_pending(const Settings& settings, Store& store, std::span<const RunRecord> living);

// The same for outputs that were just recorded.
Status publish(Store& store, std::span<const OutputRecord> outputs);

}  // namespace partita
