// What a Store holds, and what its calls share. Included by store*.cpp only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/attempt_reader.hpp"
#include "store/attempt_recorder.hpp"
#include "store/catalog_table.hpp"
#include "store/dynamic_sets.hpp"
#include "store/key_renamer.hpp"
#include "store/past_keys.hpp"
#include "store/store.hpp"
#include "store/summaries.hpp"
#include "store/tables.hpp"
#include "store/wipes.hpp"

namespace partita {

struct Store::State {
  State(std::unique_ptr<Database> file, const Clock& time)
      : database(std::move(file)), clock(time) {}

  std::unique_ptr<Database> database;
  const Clock& clock;
  Tables tables{*database};
  AttemptRecorder recorder{tables};
  AttemptReader reader{tables};
  OutcomeSummaries outcomes{tables};
  ProvenanceSummaries provenances{tables};
  DynamicSets dynamic_sets{*database, tables.log};
  PastKeys past_keys{*database, tables.log};
  CatalogTable catalog{*database, tables.log};
  Wipes wipes{tables};
  KeyRenamer renamer{tables, dynamic_sets};

  // Runs `work` in a write transaction: all of it becomes durable, or nothing.
  template <class Work>
  Status write(const Work& work,
               Transaction::Durability durability = Transaction::Durability::full) {
    auto status = write_once(work, durability);
    if (!status) tables.forget();
    return status;
  }

  template <class Work>
  Status write_once(const Work& work, Transaction::Durability durability) {
    auto transaction = Transaction::write(*database, durability);
    if (!transaction) return std::move(transaction).error();
    if (Status worked = work(clock.now_micros()); !worked) return worked;
    return transaction->commit();
  }

  // As write(), for work that has a result.
  template <class T, class Work>
  Result<T> write_for(const Work& work) {
    T value{};
    auto written = write([&](std::int64_t at) -> Status {
      Result<T> result = work(at);
      if (!result) return std::move(result).error();
      value = std::move(*result);
      return {};
    });
    if (!written) return std::move(written).error();
    return value;
  }

  // What set the output of a wiped partition aside, from where its readers would look for it now.
  Result<std::optional<OutputRecord>> move_of(AssetId asset, const WipedPartition& wiped);

  // The projections of a copy that differ from those of another, made anew from the log.
  Result<std::vector<std::string>> compare_with_rebuilt(const Path& copy, const Path& rebuilt_file);
};

}  // namespace partita
