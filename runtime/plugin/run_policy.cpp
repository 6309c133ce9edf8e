#include "plugin/run_policy.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace partita {
namespace {

constexpr int kMostRetries = 1'000'000;
constexpr double kLongestSeconds = 1e9;

constexpr const char* kBackoffs[] = {"none", "linear", "exponential"};
constexpr const char* kJitters[] = {"none", "full", "plus_minus"};
constexpr const char* kIsolations[] = {"project", "worker", "partition"};

template <class Enum, std::size_t N>
Enum named(const char* const (&names)[N], const Json& name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (name.is_string() && name.as_string() == names[i]) return static_cast<Enum>(i);
  }
  return Enum{};
}

Status validate_seconds(const char* name, double seconds) {
  if (seconds >= 0 && seconds <= kLongestSeconds) return {};
  return usage_error(fmt::format("{} is {} s, want 0 to {:.0f}", name, seconds, kLongestSeconds));
}

std::string retry_text(const RetryPolicy& retry) {
  std::string text = std::to_string(retry.max_retries);
  if (retry.delay == 0) return text + ", at once";
  text += ", after " + format_duration(retry.delay);
  if (retry.backoff == RetryPolicy::Backoff::linear) text += " and that much more each time";
  if (retry.backoff == RetryPolicy::Backoff::exponential) text += " and twice as long each time";
  if (retry.jitter == RetryPolicy::Jitter::full) text += ", or a random part of it";
  if (retry.jitter == RetryPolicy::Jitter::plus_minus)
    text += fmt::format(", {} more or less", format_duration(retry.delay));
  return text;
}

Json retry_json(const RetryPolicy& retry) {
  return Json::object()
      .set("max_retries", retry.max_retries)
      .set("delay", retry.delay)
      .set("backoff", kBackoffs[static_cast<int>(retry.backoff)])
      .set("jitter", kJitters[static_cast<int>(retry.jitter)]);
}

RetryPolicy retry_from_json(const Json& json) {
  RetryPolicy retry;
  retry.max_retries = static_cast<int>(json["max_retries"].as_int());
  retry.delay = json["delay"].as_double();
  retry.backoff = named<RetryPolicy::Backoff>(kBackoffs, json["backoff"]);
  retry.jitter = named<RetryPolicy::Jitter>(kJitters, json["jitter"]);
  return retry;
}

}  // namespace

Status validate(const RunPolicy& policy) {
  if (policy.retry.max_retries < 0 || policy.retry.max_retries > kMostRetries)
    return usage_error(fmt::format("retry: {} retries, at most {} are allowed",
                                   policy.retry.max_retries, kMostRetries));
  if (Status valid = validate_seconds("retry: delay", policy.retry.delay); !valid) return valid;
  if (Status valid = validate_seconds("time_limit", policy.time_limit); !valid) return valid;
  if (Status valid = validate_seconds("cpu_limit", policy.cpu_limit); !valid) return valid;
  if (policy.memory_limit < 0) return usage_error("memory_limit is beyond 63 bits");
  return {};
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::int64_t kMiB = 1 << 20;
  if (bytes % kMiB == 0) return with_thousands(bytes / kMiB) + " MiB";
  return with_thousands(bytes) + " bytes";
}

std::vector<std::pair<std::string, std::string>> describe(const RunPolicy& policy) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto add = [&](bool unusual, const char* name, std::string text) {
    if (unusual) facts.emplace_back(name, std::move(text));
  };
  add(policy.external, "external", "made elsewhere");
  add(policy.retry.max_retries > 0, "retries", retry_text(policy.retry));
  add(policy.time_limit > 0, "time limit", format_duration(policy.time_limit));
  add(policy.cpu_limit > 0, "CPU limit", format_duration(policy.cpu_limit));
  add(policy.memory_limit > 0, "memory limit", format_bytes(policy.memory_limit));
  add(policy.priority != 0, "priority", std::to_string(policy.priority));
  add(policy.isolation != RunPolicy::Isolation::project, "isolation",
      kIsolations[static_cast<int>(policy.isolation)]);
  add(policy.exclusive, "exclusive", "one partition at a time");
  add(policy.takes_batches(), "batches",
      policy.batch == RunPolicy::kWholeRange
          ? "all that follow each other"
          : fmt::format("up to {}", count_of(policy.batch, "partition")));
  return facts;
}

Json to_json(const RunPolicy& policy) {
  Json json = Json::object();
  if (policy.retry != RetryPolicy{}) json.set("retry", retry_json(policy.retry));
  if (policy.time_limit > 0) json.set("time_limit", policy.time_limit);
  if (policy.cpu_limit > 0) json.set("cpu_limit", policy.cpu_limit);
  if (policy.memory_limit > 0) json.set("memory_limit", policy.memory_limit);
  if (policy.priority != 0) json.set("priority", policy.priority);
  if (policy.isolation != RunPolicy::Isolation::project)
    json.set("isolation", kIsolations[static_cast<int>(policy.isolation)]);
  if (policy.exclusive) json.set("exclusive", true);
  if (policy.external) json.set("external", true);
  if (policy.takes_batches()) json.set("batch", policy.batch);
  return json;
}

RunPolicy run_policy_from_json(const Json& json) {
  RunPolicy policy;
  if (json.contains("retry")) policy.retry = retry_from_json(json["retry"]);
  policy.time_limit = json["time_limit"].as_double();
  policy.cpu_limit = json["cpu_limit"].as_double();
  policy.memory_limit = json["memory_limit"].as_int();
  policy.priority = static_cast<int>(json["priority"].as_int());
  policy.isolation = named<RunPolicy::Isolation>(kIsolations, json["isolation"]);
  policy.exclusive = json["exclusive"].as_bool();
  policy.external = json["external"].as_bool();
  policy.batch = json["batch"].as_int();
  return policy;
}

}  // namespace partita
