// Mappings whose functions go wrong at a key of that name.
#include <partita/plugin.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

void other(std::string_view key, partita::Keys& upstream) {
  if (key == "aborts") std::abort();
  if (key == "exits") std::exit(3);
  if (key == "throws") throw std::runtime_error("thrown on purpose");
  for (volatile bool loops = key == "loops"; loops;) {
  }
  upstream.add("of " + std::string(key));
}

}  // namespace

PARTITA_PLUGIN(maps_badly, defs) {
  defs.asset("mapped").keys({"a"}).from(
      "given", partita::map_by("other", other).inverse(other)) = [](partita::Run&) {};
}
