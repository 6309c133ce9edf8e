#include "cli/failure_digest.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace partita;

namespace {

AttemptView failed(std::string message, int signal = 0) {
  AttemptView attempt;
  attempt.status = DisplayStatus::failed;
  attempt.error = FailureView{signal == 0 ? "error" : "signal", signal, std::move(message), ""};
  return attempt;
}

}  // namespace

TEST_CASE("failures that differ in the key only are one group") {
  FailureDigest digest;
  for (const char* key : {"2024-01-01", "2024-01-02", "2024-01-03"})
    digest.add("orders", key, failed(std::string("open ") + key + ".csv: no such file"));
  digest.add("orders", "2024-01-04", failed("", 11));
  REQUIRE(digest.groups().size() == 2);
  CHECK(digest.text({}) ==
        "  orders@2024-01-01 and 2 more  open 2024-01-01.csv: no such file\n"
        "  orders@2024-01-04             signal 11 (SIGSEGV)\n");
}

TEST_CASE("the same message of two assets makes two groups") {
  FailureDigest digest;
  digest.add("orders", "a", failed("no feed"));
  digest.add("rates", "a", failed("no feed"));
  CHECK(digest.groups().size() == 2);
}

TEST_CASE("what did not fail is no failure") {
  FailureDigest digest;
  AttemptView attempt;
  attempt.status = DisplayStatus::upstream_failed;
  digest.add("orders", "a", attempt);
  CHECK(digest.empty());
}

TEST_CASE("groups are bounded, and the rest is counted") {
  FailureDigest digest;
  for (int i = 0; i < 50; ++i) digest.add("orders", "k", failed("error " + std::to_string(i)));
  CHECK(digest.groups().size() == 20);
  CHECK(digest.count() == 50);
  CHECK(digest.text({}).ends_with("  and 30 with other messages\n"));
}

TEST_CASE("a failure is told in one line") {
  CHECK(failure_line({"signal", 11, "invalid address", ""}) ==
        "signal 11 (SIGSEGV): invalid address");
  CHECK(failure_line({"signal", 6, "ended by SIGABRT", ""}) == "ended by SIGABRT");
  CHECK(failure_line({"exit", 0, "", ""}) == "exit");
  CHECK(failure_line({"error", 0, "line\nbreak", ""}) == "line break");
}
