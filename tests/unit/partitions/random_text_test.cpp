// Random texts near valid ones, the same in every run; the fuzz targets try others.
#include <doctest/doctest.h>

#include <random>
#include <span>

#include "support/text_properties.hpp"

namespace partita::testing {
namespace {

class Mangler {
 public:
  explicit Mangler(std::uint32_t seed) : random_(seed) {}

  // One of the texts after up to five small changes.
  std::string text(std::span<const char* const> seeds) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t changes = below(6); changes > 0; --changes) change(text, seeds);
    return text;
  }

 private:
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  void change(std::string& text, std::span<const char* const> seeds) {
    constexpr std::string_view kBytes =
        "09aL*?/,-#.|=@\"\\(){}[]+%YmdHMSz \t\n\x01\x7f\xc2\x85\xff";
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        return;
      case 1:
        text.erase(at, below(3));
        return;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(8)));
        return;
      default:
        const std::string other = seeds[below(seeds.size())];
        text = text.substr(0, at) + other.substr(below(other.size() + 1));
    }
  }

  std::mt19937 random_;
};

template <class Fault>
void try_texts(std::span<const char* const> seeds, int count, const Fault& fault_of) {
  Mangler mangler(20111230);
  for (int i = 0; i < count; ++i) {
    const std::string text = mangler.text(seeds);
    const std::string fault = fault_of(text);
    CAPTURE(text);
    REQUIRE(fault == "");
  }
}

TEST_CASE("any text is looked up as a key: found by its own index, or absent with a message") {
  constexpr const char* kSeeds[] = {"2024-01-05",
                                    "a",
                                    "b c",
                                    "date=2024-01-02,r=latest-1",
                                    "2024-01-02|d..",
                                    "2021-11-07-01:00-0500",
                                    "1883-11-18-12:00-0500",
                                    "2020-01-05|2023-10-29-01:00+0000",
                                    "@1704153600/1704240000",
                                    "@1704067200/1704153600|missing"};
  try_texts(kSeeds, 3000, fault_of_key);
}

TEST_CASE("any text is read as a cron schedule: counted both ways, or refused at a column") {
  constexpr const char* kSeeds[] = {"0 0 * * *",    "*/15 8-18 * * MON-FRI", "0 12 29 2 *",
                                    "@quarterly",   "5,35 */6 1,15 JAN 7",   "0 0 L * L5",
                                    "0 0 ? * 5#2",  "58-1 22-2 28-3 11-2 *", "0 3 31 1-12/2 SUN",
                                    "0 0 1-31 * *", "59/7 0/5 */10 */5 6#5"};
  try_texts(kSeeds, 1500, fault_of_cron);
}

TEST_CASE("any text is a format of keys: refused, or every window has a key of its own") {
  constexpr const char* kSeeds[] = {"%Y-%m-%d-%H:%M",  "%F %T%z",           "%G-W%V-%u %I%p %M",
                                    "%Y/%j %R",        "%A %d %B %Y, %H h", "%y%m%d%H%M%S%f",
                                    "%U %w %Y %H%%%M", "%W%a%Y%I:%M%p"};
  try_texts(kSeeds, 600, fault_of_format);
}

TEST_CASE("any text is read as a selection: written again the same, or refused at a place") {
  constexpr const char* kSeeds[] = {"sales@2024-01-02..2024-01-05 and not group:x",
                                    "2+(a or b)+1@latest",
                                    "{a,\"b c\",missing}",
                                    "date=2024-01-02..,r={a,\"d..\"}",
                                    "(failed or not 2024-01-03..)",
                                    "latest-7..",
                                    "tag:x=y or *_z@\"a\\\"b\"",
                                    "2024-01-02|a..2024-01-04|\"b c\""};
  try_texts(kSeeds, 3000, fault_of_selection);
}

}  // namespace
}  // namespace partita::testing
