// Reads attempts back from the log: materializations, the attempts of a run, captured output.
//
// Keeps the last event it has read, since what is asked for next is mostly in the same. One thread
// at a time.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/event_codec.hpp"
#include "store/tables.hpp"

namespace partita {

class AttemptReader {
 public:
  explicit AttemptReader(Tables& tables) : tables_(tables) {}

  Result<std::optional<Materialization>> materialization(AssetId asset, std::string_view identity);

  // The one in that event, whether it counts or not.
  Result<Materialization> made_in(AssetId asset, std::int64_t seq, std::string_view identity);

  // The newest of the asset's materializations.
  Result<std::optional<Materialization>> latest(AssetId asset);

  // The last attempt at each partition of a run, in the order they ended.
  Result<std::vector<AttemptRecord>> of_run(RunId run, bool failed_only, std::int64_t limit);

  Result<std::optional<AttemptRecord>> last(AssetId asset, std::string_view identity);
  // The last attempts at the partition, newest first; of files of before version 3 the last only.
  Result<std::vector<AttemptRecord>> at(AssetId asset, std::string_view identity,
                                        std::int64_t limit);
  // What the checks came to last on what there is at the partition, by name.
  Result<std::vector<LastCheck>> checks(AssetId asset, std::string_view identity);
  // The attempt of that number in that run, with captured output.
  Result<std::optional<AttemptRecord>> numbered(RunId run, AssetId asset, std::string_view identity,
                                                int number);
  // Those of the attempt's event that began and ended with it, with captured output where they have
  // any of their own.
  Result<std::vector<AttemptRecord>> ended_with(AssetId asset, const AttemptRecord& attempt);
  // Captured output of the run's last attempt at the partition, empty where there is none.
  Result<std::string> log(RunId run, AssetId asset, std::string_view identity);

 private:
  // An attempt by where it is.
  struct Found {
    std::int64_t seq = 0;
    RunId run = 0;
    AttemptHead head;
  };
  // The event that was read last, and how far: identities asked for in order cost one reading.
  struct Loaded {
    std::int64_t seq = 0;
    RunId run = 0;
    AssetId asset = 0;
    std::string payload;
    std::optional<AttemptsReader> reader;  // at a head, or none
  };
  // Where the last of several attempts of one run at one partition is.
  struct Position {
    std::int64_t seq = 0;
    std::int64_t position = 0;
    bool operator==(const Position&) const = default;
  };
  using LastPositions = std::unordered_map<std::string, Position>;
  // Attempts of a run while its events are read.
  struct Collection {
    bool failed_only = false;
    LastPositions retried;
    std::vector<AttemptRecord> attempts;

    bool is_superseded(AssetId asset, std::string_view identity, Position position) const;
  };

  Status load(std::int64_t seq);
  Result<std::vector<AttemptHead>> all_in(std::int64_t seq, std::string_view identity);
  Result<std::optional<Found>> find(std::int64_t seq, std::string_view identity);
  Result<std::optional<Position>> position_in_run(RunId run, AssetId asset,
                                                  std::string_view identity);
  Status collect(const Event& event, Collection& collection);
  Result<LastPositions> retried(RunId run);
  Result<std::string> name_in(std::int64_t seq, std::string_view identity);
  Result<AttemptRecord> record_of(AssetId asset, std::int64_t seq, const AttemptHead& head);
  Result<std::string> captured(std::int64_t seq, std::int64_t position);

  Tables& tables_;
  Loaded loaded_;
};

}  // namespace partita
