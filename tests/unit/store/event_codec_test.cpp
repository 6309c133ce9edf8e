#include "store/event_codec.hpp"

#include <doctest/doctest.h>

#include "store/attempt_details.hpp"

using namespace partita;

namespace {

AttemptRecord full_attempt() {
  AttemptRecord attempt;
  attempt.identity = "@1700000000/1700003600";
  attempt.key = "2023-11-14-22:00";
  attempt.outcome = Outcome::failed;
  attempt.attempt = 3;
  attempt.started = 1'700'000'000'123'456;
  attempt.finished = 1'700'000'001'000'000;
  attempt.data_version = "0123456789abcdef";
  attempt.metadata = {{"rows", Json::object().set("kind", "int").set("value", 17)}};
  attempt.failure = FailureRecord{"signal", 11, "segmentation fault", "f\ng\n"};
  attempt.reason = "because";
  attempt.checks.push_back({"not_empty", false, true, true, false, "0 rows", attempt.metadata});
  attempt.output = OutputRecord{"/p/.partita/staged/7", "/p/.partita/outputs/a/7", 42};
  return attempt;
}

std::string payload_of(const std::vector<AttemptRecord>& attempts, CodeId code = 1) {
  AttemptsWriter writer;
  for (const AttemptRecord& attempt : attempts) writer.add(attempt, code, false);
  return writer.payload();
}

}  // namespace

TEST_CASE("an attempt reads back as it was written") {
  const AttemptRecord attempt = full_attempt();
  AttemptsWriter writer;
  writer.add(attempt, 5, true);
  const std::string payload = writer.payload();
  AttemptsReader reader(payload);
  REQUIRE(reader.next());
  const AttemptHead& head = reader.head();
  CHECK(head.identity == attempt.identity);
  CHECK(head.key == attempt.key);
  CHECK(head.outcome == attempt.outcome);
  CHECK(head.replaces);
  CHECK(head.started == attempt.started);
  CHECK(head.finished == attempt.finished);
  CHECK(head.code == 5);
  CHECK(head.data_version == attempt.data_version);
  AttemptRecord read;
  REQUIRE(decode_details(head.details, read));
  CHECK(read.attempt == 3);
  CHECK(read.reason == "because");
  CHECK(read.metadata == attempt.metadata);
  REQUIRE(read.failure);
  CHECK(read.failure->kind == "signal");
  CHECK(read.failure->signal == 11);
  CHECK(read.failure->message == "segmentation fault");
  CHECK(read.failure->backtrace == "f\ng\n");
  REQUIRE(read.checks.size() == 1);
  CHECK(read.checks[0].name == "not_empty");
  CHECK_FALSE(read.checks[0].passed);
  CHECK(read.checks[0].ran);
  CHECK(read.checks[0].blocking);
  CHECK_FALSE(read.checks[0].warning);
  CHECK(read.checks[0].reason == "0 rows");
  CHECK(read.checks[0].metadata == attempt.metadata);
  REQUIRE(read.output);
  CHECK(read.output->staged == attempt.output->staged);
  CHECK(read.output->target == attempt.output->target);
  CHECK(read.output->inode == 42);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.damaged());
}

TEST_CASE("attempts that differ in everything do not run into each other") {
  std::vector<AttemptRecord> attempts;
  for (const char* version : {"", "v1", "ABCDEF01", "deadbeef", "abc", "00"}) {
    AttemptRecord& attempt = attempts.emplace_back();
    attempt.identity = std::string("partition ") + std::to_string(attempts.size());
    attempt.key = attempts.size() % 2 == 0 ? attempt.identity : "k";
    attempt.data_version = version;
    attempt.started = attempts.size() % 3 == 0 ? 0 : 1000;
    attempt.finished = static_cast<std::int64_t>(1000 - attempts.size());
    if (attempts.size() % 2 == 1) attempt.reason = version;
  }
  const std::string payload = payload_of(attempts);
  AttemptsReader reader(payload);
  for (const AttemptRecord& attempt : attempts) {
    REQUIRE(reader.next());
    CHECK(reader.head().identity == attempt.identity);
    CHECK(reader.head().key == attempt.key);
    CHECK(reader.head().data_version == attempt.data_version);
    CHECK(reader.head().started == attempt.started);
    CHECK(reader.head().finished == attempt.finished);
    AttemptRecord details;
    REQUIRE(decode_details(reader.head().details, details));
    CHECK(details.reason == attempt.reason);
  }
  CHECK_FALSE(reader.next());
}

TEST_CASE("of several attempts at a partition the last is found") {
  std::vector<AttemptRecord> attempts(4);
  attempts[0].identity = "a";
  attempts[1].identity = attempts[2].identity = "b";
  attempts[1].outcome = Outcome::failed;
  attempts[2].outcome = Outcome::materialized;
  attempts[3].identity = "c";
  const std::string payload = payload_of(attempts);
  const auto found = find_attempt(payload, "b");
  REQUIRE(found);
  CHECK(found->position == 2);
  CHECK(found->outcome == Outcome::materialized);
  CHECK_FALSE(find_attempt(payload, "bb"));
}

TEST_CASE("damaged payloads end without reading past their end") {
  const std::string payload = payload_of({full_attempt(), full_attempt()});
  for (std::size_t length = 0; length < payload.size(); ++length) {
    AttemptsReader reader(std::string_view(payload).substr(0, length));
    while (reader.next()) {
      AttemptRecord ignored;
      static_cast<void>(decode_details(reader.head().details, ignored));
    }
    CHECK(reader.damaged());
  }
}

TEST_CASE("a payload of another version is not read") {
  std::string payload = payload_of({full_attempt()});
  payload[0] = 3;
  AttemptsReader reader(payload);
  CHECK_FALSE(reader.next());
  CHECK(reader.damaged());
}

TEST_CASE("what materializations read is told, and not known of the first version's") {
  std::vector<AttemptRecord> attempts(3);
  attempts[0].identity = "a";
  attempts[1].identity = "b";
  attempts[2].identity = "c";
  attempts[0].outcome = attempts[2].outcome = Outcome::materialized;
  attempts[1].outcome = Outcome::failed;
  attempts[0].read_seq = 17;
  attempts[2].read_seq = 12;
  const std::string payload = payload_of(attempts);
  AttemptsReader reader(payload);
  for (const std::int64_t read_seq : {17, 0, 12}) {
    REQUIRE(reader.next());
    CHECK(reader.head().read_seq == read_seq);
  }
  // One failed attempt has the same bytes in both.
  std::string old = payload_of({attempts[1]});
  old[0] = 1;
  AttemptsReader reader_of_old(old);
  REQUIRE(reader_of_old.next());
  CHECK(reader_of_old.head().read_seq == 0);
}

TEST_CASE("a field of details that is not known is passed over") {
  AttemptRecord attempt;
  attempt.reason = "late";
  std::string details("\x63\x03xyz", 5);
  details += encode_details(attempt);
  AttemptRecord read;
  REQUIRE(decode_details(details, read));
  CHECK(read.reason == "late");
}

TEST_CASE("an ordinary attempt in a batch takes few bytes") {
  std::vector<AttemptRecord> attempts;
  for (int i = 0; i < 256; ++i) {
    AttemptRecord& attempt = attempts.emplace_back();
    const std::int64_t start = 1'700'000'000 + i * 3600LL;
    attempt.identity = "@" + std::to_string(start) + "/" + std::to_string(start + 3600);
    attempt.key = "2023-11-14-" + std::to_string(1000 + i);
    attempt.outcome = Outcome::materialized;
    attempt.started = 1'700'000'000'000'000 + i * 700;
    attempt.finished = attempt.started + 1500;
    attempt.data_version = "0123456789abcdef";
  }
  CHECK(payload_of(attempts).size() < 256 * 50);
}
