#include "execute/shared_ring.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

#include "base/descriptor.hpp"

using namespace partita;

namespace {

struct Ends {
  Ends()
      : directory(make_temporary_directory("partita-ring-").value()),
        reader(SharedRing::create(directory / "ring").value()),
        writer(SharedRing::open(directory / "ring").value()) {}
  ~Ends() { CHECK(remove_tree(directory)); }

  std::string read() {
    std::string bytes;
    CHECK(reader.read([&](std::string_view part) { bytes += part; }));
    return bytes;
  }
  // How often the reader was to be woken.
  int write(std::string_view bytes) {
    int bells = 0;
    writer.write(bytes, [&] { ++bells; });
    return bells;
  }

  Path directory;
  SharedRing reader;
  SharedRing writer;
};

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + " ";
  return text;
}

}  // namespace

TEST_CASE("what is written is read, in order, also around the ring's end") {
  Ends ends;
  CHECK(ends.read().empty());
  const std::string text = numbers(5'000);
  for (int round = 0; round < 50; ++round) {
    ends.write(text);
    ends.write("end");
    REQUIRE(ends.read() == text + "end");
  }
}

TEST_CASE("the reader is woken only where it waits, once") {
  Ends ends;
  CHECK(ends.write("a") == 0);
  CHECK_FALSE(ends.reader.may_wait());
  CHECK(ends.read() == "a");
  CHECK(ends.reader.may_wait());
  CHECK(ends.write("b") == 1);
  CHECK(ends.write("c") == 0);
  CHECK(ends.read() == "bc");
}

TEST_CASE("a writer waits for room, and more than the ring holds comes through") {
  Ends ends;
  const std::string text = numbers(500'000);
  REQUIRE(text.size() > 10 * SharedRing::kBytes);
  std::thread writing([&] { ends.write(text); });
  std::string got;
  while (got.size() < text.size()) got += ends.read();
  writing.join();
  CHECK(got == text);
}

TEST_CASE("a read that finds nothing does not forget a writer that is about to wait") {
  Ends ends;
  constexpr off_t kWriterWaits = 3 * sizeof(std::uint32_t);
  const Descriptor file(::open((ends.directory / "ring").c_str(), O_RDWR));
  std::uint32_t waits = 1;
  REQUIRE(::pwrite(file.get(), &waits, sizeof waits, kWriterWaits) == sizeof waits);
  CHECK(ends.read().empty());
  REQUIRE(::pread(file.get(), &waits, sizeof waits, kWriterWaits) == sizeof waits);
  CHECK(waits == 1);
  ends.write("x");
  CHECK(ends.read() == "x");
  REQUIRE(::pread(file.get(), &waits, sizeof waits, kWriterWaits) == sizeof waits);
  CHECK(waits == 0);
}

TEST_CASE("what a process has written is there after its death") {
  Ends ends;
  const pid_t child = ::fork();
  if (child == 0) {
    ends.writer.write("the last words", [] {});
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(ends.read() == "the last words");
  // And another one writes on from there.
  ends.write("; and more");
  CHECK(ends.read() == "; and more");
}

TEST_CASE("positions that cannot be are seen") {
  Ends ends;
  const Descriptor file(::open((ends.directory / "ring").c_str(), O_RDWR));
  const std::uint32_t nonsense = 0xdead'beef;
  REQUIRE(::pwrite(file.get(), &nonsense, sizeof nonsense, 0) == sizeof nonsense);
  CHECK_FALSE(ends.reader.read([](std::string_view) { CHECK(false); }));
}
