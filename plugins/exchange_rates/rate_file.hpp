// Rates by country and month, from a CSV file with the columns Date, Country and Exchange rate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace exchange_rates {

// Immutable; any thread.
class RateFile {
 public:
  explicit RateFile(const std::string& path);

  // `month` is its first day, "2024-01-01". Nothing where the file has no row, or an empty cell.
  std::optional<double> find(std::string_view country, std::string_view month) const;

 private:
  std::map<std::pair<std::string, std::string>, double> rates_;
};

// Thousands of partitions read one file: it is parsed once, and again when its size or time
// changed. Any thread.
class RateFileCache {
 public:
  std::shared_ptr<const RateFile> get(const std::string& path);

 private:
  struct Stamp {
    std::string path;
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    bool operator==(const Stamp& other) const {
      return path == other.path && time == other.time && size == other.size;
    }
  };

  std::mutex mutex_;
  Stamp stamp_;                           // protected by mutex_
  std::shared_ptr<const RateFile> file_;  // protected by mutex_
};

}  // namespace exchange_rates
