#include <doctest/doctest.h>

#include "cli/progress_model.hpp"
#include "cli/progress_printer.hpp"
#include "cli/progress_text.hpp"

using namespace partita;

namespace {

constexpr Micros kSecond = 1'000'000;

Look plain_look() {
  Look look;
  look.width = 80;
  return look;
}

// Run 3 of `total` partitions, of which the first `done` are materialized.
ProgressModel model_of(std::int64_t total, std::int64_t done, double expected = 0) {
  ProgressModel model;
  model.plan(3, total, expected, 0);
  for (std::int64_t task = 1; task <= done; ++task) {
    model.start(task, "orders", 0);
    model.finish(task, DisplayStatus::materialized);
  }
  return model;
}

}  // namespace

TEST_CASE("the rate is that of attempts; what was held back does not count") {
  ProgressModel model = model_of(100, 20);
  model.finish(0, DisplayStatus::upstream_failed);
  CHECK(model.done() == 21);
  CHECK(model.rate(10 * kSecond) == doctest::Approx(2.0));
}

TEST_CASE("no rate is told from the first moments") {
  CHECK(model_of(100, 20).rate(kSecond / 10) == 0);
  CHECK(model_of(100, 0).rate(10 * kSecond) == 0);
}

TEST_CASE("the time left follows the rate where nothing was expected") {
  CHECK(model_of(100, 20).seconds_left(10 * kSecond).value() == doctest::Approx(40));
  CHECK_FALSE(model_of(100, 0).seconds_left(10 * kSecond).has_value());
}

TEST_CASE("the time left goes from what was expected to what is seen") {
  CHECK(model_of(100, 0, 60).seconds_left(0).value() == doctest::Approx(60));
  CHECK(model_of(100, 50, 60).seconds_left(10 * kSecond).value() ==
        doctest::Approx(0.5 * 10 + 0.5 * 50));
  CHECK(model_of(100, 100, 60).seconds_left(10 * kSecond).value() == doctest::Approx(0));
}

TEST_CASE("a run that takes longer than was expected is told so, not that nothing is left") {
  CHECK_FALSE(model_of(10, 0, 60).is_overdue(59 * kSecond));
  CHECK(model_of(10, 0, 60).is_overdue(60 * kSecond));
  CHECK_FALSE(model_of(10, 0, 60).seconds_left(90 * kSecond).has_value());
  CHECK(progress_line(model_of(10, 0, 60), 90 * kSecond) == "run 3: 0/10 done, longer than before");
  // What is seen is all that counts then.
  CHECK(model_of(100, 50, 60).seconds_left(90 * kSecond).value() == doctest::Approx(90));
  CHECK_FALSE(model_of(10, 0).is_overdue(90 * kSecond));
}

TEST_CASE("done never exceeds the total") {
  CHECK(model_of(3, 5).done() == 3);
}

TEST_CASE("the oldest running partitions come first, the youngest not at all") {
  ProgressModel model = model_of(10, 0);
  model.start(1, "late", 5 * kSecond);
  model.start(2, "first", 1 * kSecond);
  model.start(3, "second", 2 * kSecond);
  const auto oldest = model.oldest(4, kSecond, 5 * kSecond);
  REQUIRE(oldest.size() == 2);
  CHECK(oldest[0]->name == "first");
  CHECK(oldest[1]->name == "second");
}

TEST_CASE("news of a partition that does not run is ignored") {
  ProgressModel model = model_of(10, 0);
  model.print(7, "text");
  model.progress(7, 0.5, "text");
  CHECK(model.running() == 0);
}

TEST_CASE("a frame shows the bar, the numbers and what runs") {
  ProgressModel model = model_of(2400, 1200);
  model.finish(0, DisplayStatus::failed);
  model.start(5001, "orders@2024-01-05", 0);
  model.print(5001, "read 1200 \x1b[31mrows\x1b[0m");
  model.start(5002, "rates@Japan", 2 * kSecond);
  model.progress(5002, 0.4, "");
  const std::vector<std::string> frame = progress_frame(model, plain_look(), 4 * kSecond);
  REQUIRE(frame.size() == 3);
  CHECK(frame[0] ==
        "━━━━━━━━━━━━━━──────────────  1,201/2,400  1 failed  2 running  300/s  4 s left");
  CHECK(frame[1] == "  orders@2024-01-05   4.0 s  read 1200 rows");
  CHECK(frame[2] == "  rates@Japan         2.0 s   40%");
}

TEST_CASE("a frame without glyphs is ASCII and fits a narrow terminal") {
  Look look = plain_look();
  look.glyphs = false;
  look.width = 40;
  const std::vector<std::string> frame = progress_frame(model_of(10, 5), look, 10 * kSecond);
  CHECK(frame[0] == "=======-------  5/10  30/min  10 s left");
}

TEST_CASE("a line for logs says the same in words") {
  CHECK(progress_line(model_of(100, 20), 10 * kSecond) == "run 3: 20/100 done, 2.0/s, 40 s left");
}

TEST_CASE("a rate is told per second, minute or hour") {
  CHECK(rate_text(1234.4) == "1,234/s");
  CHECK(rate_text(4.25) == "4.2/s");
  CHECK(rate_text(0.2) == "12/min");
  CHECK(rate_text(3.0 / 3600) == "3/h");
}

TEST_CASE("a terminal's frame is drawn over the one before, and lines stay above it") {
  std::string written;
  const auto printer =
      terminal_printer([&](std::string_view text) { written += text; }, plain_look);
  const ProgressModel model = model_of(10, 0);
  printer->show(model, 0);
  const std::string frame = "────────────────────────────────  0/10\x1b[K\n\x1b[J";
  CHECK(written == frame);
  written.clear();
  printer->show(model, kSecond);
  CHECK(written == "\r\x1b[1A" + frame);
  written.clear();
  printer->say("failed orders");
  CHECK(written == "\r\x1b[1Afailed orders\x1b[K\n\x1b[J");
  written.clear();
  printer->show(model, kSecond);
  printer->close();
  CHECK(written == frame + "\r\x1b[1A\x1b[J");
}

TEST_CASE("a terminal's frame is drawn at most ten times a second") {
  int frames = 0;
  const auto printer = terminal_printer([&](std::string_view) { ++frames; }, plain_look);
  const ProgressModel model = model_of(10, 0);
  for (Micros now = 0; now <= kSecond; now += 10'000) printer->show(model, now);
  CHECK(frames == 11);
}

TEST_CASE("a log gets a line every ten seconds") {
  std::string written;
  const auto printer = plain_printer([&](std::string_view text) { written += text; });
  const ProgressModel model = model_of(100, 20);
  for (Micros now = 0; now <= 20 * kSecond; now += kSecond / 10) printer->show(model, now);
  CHECK(written ==
        "run 3: 20/100 done, 2.0/s, 40 s left\nrun 3: 20/100 done, 1.0/s, 1 min 20 s left\n");
}
