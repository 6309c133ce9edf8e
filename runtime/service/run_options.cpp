#include "service/run_options.hpp"

#include <algorithm>

namespace partita {
namespace {

constexpr const char* kAllowMissingUpstream = "--allow-missing-upstream";
constexpr const char* kConfig = "--config";

void add_config(std::vector<std::string>& options, const std::vector<std::string>& config) {
  for (const std::string& one : config) options.insert(options.end(), {kConfig, one});
}

std::vector<std::string> config_in(const std::vector<std::string>& options) {
  std::vector<std::string> config;
  for (std::size_t i = 0; i + 1 < options.size(); ++i)
    if (options[i] == kConfig) config.push_back(options[i + 1]);
  return config;
}

}  // namespace

std::vector<std::string> options_of(const MaterializeRequest& request,
                                    const std::vector<std::string>& config) {
  std::vector<std::string> options;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) options.insert(options.end(), {name, value});
  };
  add("--partition", request.partition);
  add("--partition-range", request.partition_range);
  const auto flag = [&](const char* name, bool given) {
    if (given) options.emplace_back(name);
  };
  flag("--missing", request.missing);
  flag("--failed", request.failed);
  flag("--stale", request.stale);
  flag("--all", request.all);
  flag("--upstream-missing", request.upstream_missing);
  flag(kAllowMissingUpstream, request.allow_missing_upstream);
  add_config(options, config);
  return options;
}

bool allows_missing_upstream(const RunRecord& run) {
  return std::find(run.options.begin(), run.options.end(), kAllowMissingUpstream) !=
         run.options.end();
}

std::vector<std::string> options_of_rest(const RunRecord& run,
                                         const std::vector<std::string>& config) {
  std::vector<std::string> options;
  if (allows_missing_upstream(run)) options.emplace_back(kAllowMissingUpstream);
  add_config(options, config_in(run.options));
  add_config(options, config);
  return options;
}

Result<Settings> settings_of(const RunRecord& run, Settings settings,
                             const std::vector<std::string>& config) {
  if (run.config.is_null()) return settings_with(std::move(settings), options_of_rest(run, config));
  settings.config = run.config;
  std::vector<std::string> options;
  add_config(options, config);
  return settings_with(std::move(settings), options);
}

Result<Settings> settings_with(Settings settings, const std::vector<std::string>& options) {
  for (const std::string& config : config_in(options)) {
    Status set = apply_config_option(settings, config, {Origin::Kind::flag, kConfig});
    if (!set) return std::move(set).error().wrap("read --config");
  }
  return settings;
}

}  // namespace partita
