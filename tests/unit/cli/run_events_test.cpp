#include "cli/run_events.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

#include "cli/run_progress.hpp"

using namespace partita;

namespace {

class NoClock final : public Clock {
 public:
  Instant now() const override { return 0; }
  std::int64_t now_micros() const override { return 0; }
  std::int64_t monotonic_micros() const override { return 0; }
};

struct Fixture {
  NoClock clock;
  std::string written, seen;
  RunProgress progress{silent_printer(), {.look = {}, .clock = &clock}};
  RunEvents events{progress,
                   {[this](std::string_view lines) { written += lines; },
                    [this] { seen += std::exchange(written, {}); }}};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what happens in a run is a line of JSON each") {
  AttemptView attempt;
  attempt.status = DisplayStatus::failed;
  attempt.error = FailureView{"error", 0, "no feed", ""};
  events.started({1, "orders", "2024-01-01"});
  events.printed({1, "orders", "2024-01-01"}, "so\nfar");
  events.finished({1, "orders", "2024-01-01"}, attempt);
  CHECK(seen.empty());
  events.tick();
  const auto line = [&, at = std::size_t{0}]() mutable {
    const std::size_t end = seen.find('\n', at);
    REQUIRE(end != std::string::npos);
    return *Json::parse(seen.substr(std::exchange(at, end + 1), end - at));
  };
  std::vector<Json> lines;
  auto next = line;
  for (int i = 0; i < 3; ++i) lines.push_back(next());
  CHECK(lines[0]["event"].as_string() == "started");
  CHECK(lines[0]["key"].as_string() == "2024-01-01");
  CHECK(lines[1]["line"].as_string() == "so\nfar");
  CHECK(lines[2]["event"].as_string() == "finished");
  CHECK(lines[2]["asset"].as_string() == "orders");
  CHECK(lines[2]["status"].as_string() == "failed");
  CHECK(lines[2]["error"]["message"].as_string() == "no feed");
  CHECK(progress.failures().count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a run's end is seen at once") {
  MaterializeView view;
  view.run = 7;
  view.result = "success";
  events.ended(view);
  CHECK(seen.starts_with(R"({"event":"ended","run":7,"result":"success")"));
}
