#include "partitions/key_slots.hpp"

#include "base/text.hpp"

namespace partita {
namespace {

constexpr std::uint64_t bit(std::size_t part) {
  return std::uint64_t{1} << part;
}

// visit(part) for each that is the key and in its place; whether there was any.
template <class Visit>
bool for_each_part(std::vector<std::string>& parts, const KeySlots& slots, std::string_view key,
                   const Visit& visit) {
  if (parts.size() != slots.rank) return false;
  bool found = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if ((slots.slots & bit(i)) == 0 || parts[i] != key) continue;
    found = true;
    visit(parts[i]);
  }
  return found;
}

}  // namespace

KeySlots KeySlots::of(const PartitionsDefinition& definition, std::string_view set) {
  KeySlots found;
  found.rank = definition.dimensions.size();
  for (std::size_t i = 0; i < found.rank; ++i) {
    const auto* dynamic = std::get_if<DynamicDimension>(&definition.dimensions[i].kind);
    if (dynamic != nullptr && dynamic->set == set) found.slots |= bit(i);
  }
  return found;
}

bool KeySlots::have(std::string_view text, std::string_view key) const {
  if (!any() || text.find(key) == text.npos) return false;
  if (rank == 1) return text == key;
  std::vector<std::string> parts = split(text, '|');
  return for_each_part(parts, *this, key, [](const std::string&) {});
}

std::string KeySlots::replaced(std::string_view text, std::string_view from,
                               std::string_view to) const {
  if (!any() || text.find(from) == text.npos) return std::string(text);
  if (rank == 1) return std::string(text == from ? to : text);
  std::vector<std::string> parts = split(text, '|');
  for_each_part(parts, *this, from, [&](std::string& part) { part = to; });
  return join(parts, "|");
}

}  // namespace partita
