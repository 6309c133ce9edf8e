// Mappings by functions that do not keep their word, each in its own way.
#include <partita/plugin.hpp>

#include <sys/mman.h>

#include <stdexcept>
#include <string>

namespace {

void nothing(partita::Run&) {}

void same(std::string_view key, partita::Keys& others) {
  others.add(std::string(key));
}

void same_but_three(std::string_view key, partita::Keys& others) {
  if (key != "3") same(key, others);
}

void throws_at_two(std::string_view key, partita::Keys& others) {
  if (key == "2") throw std::runtime_error("no table for it");
  same(key, others);
}

void crashes_at_four(std::string_view key, partita::Keys& others) {
  // Not through a null pointer: the sanitizers would end the process in their own way.
  void* nowhere = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (key == "4") *static_cast<volatile int*>(nowhere) = 1;
  same(key, others);
}

}  // namespace

PARTITA_PLUGIN(wrong_mappings, defs) {
  const auto numbers = partita::keys({"1", "2", "3", "4", "5"});
  defs.asset("numbers").partitioned_by(numbers) = nothing;
  const auto mapped = [&](const char* asset, const partita::Mapping& mapping) {
    defs.asset(asset).partitioned_by(numbers).from("numbers", mapping) = nothing;
  };
  mapped("disagrees", partita::map_by("thirds", same).inverse(same_but_three));
  mapped("throws", partita::map_by("table", throws_at_two));
  mapped("crashes", partita::map_by("wild", crashes_at_four));
  mapped("wavers", partita::map_by(
                       "counted", [calls = 0](std::string_view key, partita::Keys& others) mutable {
                         others.add(++calls > 5 ? "1" : std::string(key));
                       }));
}
