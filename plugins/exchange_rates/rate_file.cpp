#include "exchange_rates/rate_file.hpp"

#include <partita/errors.hpp>

#include "csv/csv.hpp"

namespace exchange_rates {

RateFile::RateFile(const std::string& path) {
  const auto document = csv::Document::read(path, {"Date", "Country", "Exchange rate"});
  for (const auto& row : document.rows()) {
    if (row.text("Exchange rate").empty()) continue;
    const double rate = row.number("Exchange rate");
    if (rate <= 0) row.fail("Exchange rate", "is not above zero");
    const auto added = rates_.insert({{row.text("Country"), row.date("Date")}, rate});
    if (!added.second) row.fail("Date", "occurs twice for " + row.text("Country"));
  }
}

std::optional<double> RateFile::find(std::string_view country, std::string_view month) const {
  const auto found = rates_.find({std::string(country), std::string(month)});
  if (found == rates_.end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<const RateFile> RateFileCache::get(const std::string& path) {
  std::error_code error;
  const Stamp stamp{path, std::filesystem::last_write_time(path, error),
                    error ? 0 : std::filesystem::file_size(path, error)};
  if (error) throw partita::Failed("open " + path + ": " + error.message());
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr || !(stamp == stamp_)) {
    file_ = std::make_shared<const RateFile>(path);
    stamp_ = stamp;
  }
  return file_;
}

}  // namespace exchange_rates
