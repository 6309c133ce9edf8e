// Upkeep of a project's store: `partita db`.
//
// It opens nothing but the store, neither definitions nor projections, so that it can mend what
// keeps a Project from opening. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "service/project.hpp"

namespace partita {

struct StoreView {
  std::string file;
  std::int64_t bytes = 0;   // of the file and its write-ahead log
  std::int64_t events = 0;  // in the log
  std::vector<std::string> problems;
  bool damaged = false;  // the file itself, so that making its tables anew mends nothing
};
Json to_json(const StoreView& view);  // {"store", "bytes", "events", "problems", "damaged"}

class Upkeep {
 public:
  // Refuses a project that has no store yet.
  static Result<std::unique_ptr<Upkeep>> open(const ProjectOptions& options);
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // Also of a file that cannot be opened because it is damaged.
  static Result<StoreView> check(const ProjectOptions& options);
  // lease_held while a run goes on, as compact().
  Result<StoreView> rebuild();
  Result<StoreView> compact();
  Status backup(const Path& file);

 private:
  struct State;
  explicit Upkeep(std::unique_ptr<State> state);
  StoreView view() const;
  Result<StoreView> compare();
  std::unique_ptr<State> state_;
};

}  // namespace partita
