// A dimension of listed keys, static or dynamic, in the order of the list.
//
// Does not check the keys: the definition and the store have. Making one is cheap whatever the
// length of the list; the first index_of builds a hash table. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "partitions/space.hpp"

namespace partita {

class KeyListSpace final : public DimensionSpace {
 public:
  explicit KeyListSpace(DynamicKeys keys) : keys_(std::move(keys)) {}

  Index size() const override { return static_cast<Index>(keys_->size()); }
  std::string key_at(Index index) const override {
    return (*keys_)[static_cast<std::size_t>(index)];
  }
  std::optional<Index> index_of(std::string_view key) const override;
  Error absence_of(std::string_view key) const override;
  const std::vector<std::string>* listed_keys() const override { return keys_.get(); }

 private:
  void build_table() const;

  DynamicKeys keys_;
  mutable std::once_flag table_made_;
  mutable std::vector<std::uint32_t> table_;  // open addressing: position + 1 in keys_, 0 is free
};

}  // namespace partita
