#include "base/framing.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"

using namespace partita;

namespace {

struct Pair {
  Descriptor a, b;
  explicit Pair(int flags = 0) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | flags, 0, ends) == 0);
    a.reset(ends[0]);
    b.reset(ends[1]);
  }
};

void send_raw(int fd, std::string_view bytes) {
  REQUIRE(::send(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

std::string header(std::uint32_t length) {
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes;
}

}  // namespace

TEST_CASE("a frame arrives as it was written, empty and with NULs too") {
  const Pair pair;
  for (const std::string& text : {std::string(), std::string("one"), std::string("a\0b", 3)}) {
    REQUIRE(write_frame(pair.a.get(), text));
    const auto frame = read_frame(pair.b.get());
    REQUIRE(frame);
    CHECK(*frame == std::optional<std::string>(text));
  }
}

TEST_CASE("a frame larger than the socket's buffer arrives whole, on a non-blocking socket too") {
  const Pair pair(SOCK_NONBLOCK);
  const std::string sent(5'000'000, 'x');
  std::thread writer([&] { CHECK(write_frame(pair.a.get(), sent)); });
  const auto frame = read_frame(pair.b.get());
  writer.join();
  REQUIRE(frame);
  CHECK(*frame == std::optional<std::string>(sent));
}

TEST_CASE("the end between frames is no value, the end within one is an error") {
  Pair pair;
  SUBCASE("between") {
    pair.a.reset();
    const auto frame = read_frame(pair.b.get());
    REQUIRE(frame);
    CHECK_FALSE(frame->has_value());
  }
  SUBCASE("within the length") {
    send_raw(pair.a.get(), header(7).substr(0, 2));
    pair.a.reset();
    CHECK(read_frame(pair.b.get()).error().message ==
          "read a frame: the other end closed within its length");
  }
  SUBCASE("within the payload") {
    send_raw(pair.a.get(), header(7) + "abc");
    pair.a.reset();
    CHECK(read_frame(pair.b.get()).error().message ==
          "read a frame: the other end closed after 3 of 7 bytes");
  }
}

TEST_CASE("a length above the limit is refused, before any of its bytes") {
  const Pair pair;
  send_raw(pair.a.get(), header(0xffffffff));
  FrameBuffer buffer;
  SUBCASE("blocking") {
    CHECK_FALSE(read_frame(pair.b.get()));
  }
  SUBCASE("polled") {
    CHECK_FALSE(buffer.fill(pair.b.get()));
  }
}

TEST_CASE("writing to a closed socket is an error, not a signal") {
  Pair pair;
  pair.b.reset();
  CHECK_FALSE(write_frame(pair.a.get(), "x"));
}

TEST_CASE("a frame buffer gives frames as they complete, and the last ones after the end") {
  Pair pair;
  FrameBuffer buffer;
  const std::string bytes = header(3) + "one" + header(0) + header(3) + "two";
  std::vector<std::string> frames;
  for (const char byte : bytes) {
    send_raw(pair.a.get(), {&byte, 1});
    CHECK(buffer.fill(pair.b.get()).value());
    while (auto frame = buffer.next()) frames.push_back(*frame);
  }
  CHECK(frames == std::vector<std::string>{"one", "", "two"});

  send_raw(pair.a.get(), header(4) + "last");
  pair.a.reset();
  CHECK_FALSE(buffer.fill(pair.b.get()).value());
  CHECK(buffer.next() == std::optional<std::string>("last"));
  CHECK(buffer.next() == std::nullopt);
}

TEST_CASE("queued frames go out as the socket takes them, and come in whole") {
  const Pair pair;
  const std::string large(1U << 20U, 'x');  // more than a socket holds
  FrameQueue queue;
  REQUIRE(queue.add("small"));
  REQUIRE(queue.add(large));
  FrameBuffer frames;
  std::vector<std::string> got;
  bool whole = false;
  for (int turn = 0; !whole || got.size() < 2; ++turn) {
    REQUIRE(turn < 1000);
    whole = *queue.flush(pair.a.get());
    if (turn == 0) CHECK_FALSE(whole);
    REQUIRE(*frames.fill(pair.b.get()));
    while (auto frame = frames.next()) got.push_back(*std::move(frame));
  }
  CHECK(got.at(0) == "small");
  CHECK(got.at(1) == large);
  CHECK(queue.empty());
}
