// The functions of mappings, for partita::testing: kept, asked about one key, dropped.
#pragma once

#include <partita/abi.h>
#include <partita/detail/fake_keys.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita::detail {

class FakeMappings {
 public:
  void take(const partita_asset& asset) {
    for (std::size_t i = 0; i < asset.dep_count; ++i) {
      const partita_dep& dep = *asset.deps[i];
      const std::pair key(std::string(view(asset.key)), std::string(view(dep.asset)));
      if (dep.mapping != nullptr) collect(*dep.mapping, functions_[key]);
    }
  }

  void drop() {
    for (auto& item : functions_) {
      for (const auto& mapping : item.second) {
        if (mapping.drop != nullptr) mapping.drop(mapping.user);
      }
    }
    functions_.clear();
  }

  // The one function in the mapping of `asset` on `upstream`.
  const partita_mapping& function(const std::string& asset, const std::string& upstream) const {
    const auto found = functions_.find({asset, upstream});
    if (found != functions_.end() && found->second.size() == 1) return found->second.front();
    throw std::invalid_argument("asset `" + asset + "` has not one function that maps `" +
                                upstream + "`");
  }

  // Throws std::runtime_error, with the reason, where the function fails.
  static std::vector<std::string> ask(const partita_mapping& mapping, partita_mapping_fn function,
                                      const std::string& key, const std::vector<FakeKey>& parts) {
    std::vector<partita_dimension_key> dimensions;
    for (const auto& part : parts) dimensions.push_back(key_table(part));
    std::vector<const partita_dimension_key*> pointers;
    for (const auto& dimension : dimensions) pointers.push_back(&dimension);
    auto table = sized<partita_mapping_key>();
    table.key = to_str(key);
    table.dimensions = pointers.data();
    table.dimension_count = pointers.size();
    const partita_mapping_key* list = &table;
    Answer answer;
    auto sink = sized<partita_key_sink>();
    sink.ctx = &answer;
    sink.add = &add;
    sink.fail = [](void* ctx, partita_str text) { static_cast<Answer*>(ctx)->error = view(text); };
    if (function(mapping.user, &list, 1, &sink) == PARTITA_OK) return answer.keys;
    throw std::runtime_error(answer.error);
  }

 private:
  struct Answer {
    std::vector<std::string> keys;
    std::string error;
  };

  static partita_status add(void* ctx, std::size_t, const partita_str* keys, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      static_cast<Answer*>(ctx)->keys.emplace_back(view(keys[i]));
    }
    return PARTITA_OK;
  }

  static void collect(const partita_mapping& mapping, std::vector<partita_mapping>& functions) {
    if (mapping.upstream_of != nullptr) functions.push_back(mapping);
    if (mapping.inner != nullptr) collect(*mapping.inner, functions);
    for (std::size_t i = 0; i < mapping.part_count; ++i) {
      if (mapping.parts[i]->mapping != nullptr) collect(*mapping.parts[i]->mapping, functions);
    }
  }

  std::map<std::pair<std::string, std::string>, std::vector<partita_mapping>> functions_;
};

}  // namespace partita::detail
#pragma GCC visibility pop
