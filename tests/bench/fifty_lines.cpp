// A plugin of fifty lines as its author writes it. With WITHOUT_SDK: the same code, and no header.
#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::map<std::string, std::vector<double>> read_orders(const std::string& file) {
  std::ifstream in(file);
  std::map<std::string, std::vector<double>> orders;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string customer, amount;
    if (!std::getline(fields, customer, ',') || !std::getline(fields, amount))
      throw std::runtime_error("not an order: " + line);
    orders[customer].push_back(std::stod(amount));
  }
  return orders;
}

double median(std::vector<double> amounts) {
  if (amounts.empty()) return 0;
  const auto middle = amounts.begin() + static_cast<std::ptrdiff_t>(amounts.size() / 2);
  std::nth_element(amounts.begin(), middle, amounts.end());
  return *middle;
}

double total(const std::vector<double>& amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), 0.0);
}

}  // namespace

#ifndef WITHOUT_SDK
#include <partita/plugin.hpp>

PARTITA_PLUGIN(bench_000, defs) {
  defs.asset("bench_000/totals").monthly("2024-01-01").code_version("version 000000") =
      [](partita::Run& run) {
        for (const auto& [customer, amounts] : read_orders("orders.csv"))
          run.metadata(customer, total(amounts));
      };
  defs.asset("bench_000/medians").keys({"eu", "us"}) = [](partita::Run& run) {
    for (const auto& [customer, amounts] : read_orders("orders.csv"))
      run.metadata(customer, median(amounts));
  };
}
#else
double (*const kMedian)(std::vector<double>) = median;
double sum() {
  double sum = 0;
  for (const auto& [customer, amounts] : read_orders("orders.csv")) sum += total(amounts);
  return sum + kMedian({});
}
#endif
