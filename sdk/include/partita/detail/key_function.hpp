// KeyFunction: an author's function over keys with its state, and the two functions of a
// partita_mapping that call it for a batch.
#pragma once

#include <partita/abi.h>
#include <partita/detail/guard.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/partition_key.hpp>
#include <partita/partitions.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita::detail {

class KeyFunction {
 public:
  virtual ~KeyFunction() = default;
  virtual void add_related(const PartitionKey& key, Keys& related) = 0;
};

template <class Function>
class KeyFunctionOf final : public KeyFunction {
 public:
  explicit KeyFunctionOf(Function function) : function_(std::move(function)) {}

  void add_related(const PartitionKey& key, Keys& related) override {
    if constexpr (std::is_invocable_v<Function&, const PartitionKey&, Keys&>) {
      function_(key, related);
    } else {
      function_(key.key(), related);
    }
  }

 private:
  Function function_;
};

template <class F>
std::shared_ptr<KeyFunction> make_key_function(F&& function) {
  using Function = std::decay_t<F>;
  static_assert(std::is_invocable_v<Function&, const PartitionKey&, Keys&> ||
                    std::is_invocable_v<Function&, std::string_view, Keys&>,
                "a mapping's function is called with (std::string_view key, partita::Keys& related)"
                " or (const partita::PartitionKey& key, partita::Keys& related)");
  // Not make_shared, whose tag becomes a symbol that no unloading removes.
  return std::shared_ptr<KeyFunction>(new KeyFunctionOf<Function>(std::forward<F>(function)));
}

// What map_by() was given. Copies share the functions.
struct KeyFunctions {
  std::string name;
  std::shared_ptr<KeyFunction> forward;
  std::shared_ptr<KeyFunction> inverse;
  KeyFunctions* next = nullptr;  // in the list of Tables
};

// Asks about one partition after the other, and knows which it is at.
class BatchCall {
 public:
  BatchCall(KeyFunction& function, const partita_key_sink& sink)
      : function_(function), sink_(sink) {}

  void add_related(std::size_t position, const partita_mapping_key* table) {
    const PartitionKey key(table);
    at_ = key.key();
    related_.values.clear();
    function_.add_related(key, related_);
    texts_.clear();
    for (const std::string& text : related_.values) texts_.push_back(to_str(text));
    const auto status = sink_.add(sink_.ctx, position, texts_.data(), texts_.size());
    if (status != PARTITA_OK) throw Failed("the host refuses a key it returned");
  }

  // A FailSink's function, of this: says at which key.
  static void fail(void* self, partita_str text) {
    const auto& call = *static_cast<BatchCall*>(self);
    const std::string where = "at " + in_quotes(call.at_) + ": " + std::string(view(text));
    if (call.sink_.fail != nullptr) call.sink_.fail(call.sink_.ctx, to_str(where));
  }

 private:
  KeyFunction& function_;
  const partita_key_sink& sink_;
  std::string_view at_;
  Keys related_;
  std::vector<partita_str> texts_;
};

inline partita_status call_for_each(KeyFunction& function, const partita_mapping_key* const* keys,
                                    std::size_t count, const partita_key_sink* table) noexcept {
  return guard(FailSink{nullptr, nullptr}, [&] {
    const partita_key_sink sink = received(table, "partita_key_sink");
    BatchCall call(function, sink);
    return guard(FailSink{&call, &BatchCall::fail}, [&] {
      for (std::size_t i = 0; i < count; ++i) call.add_related(i, keys[i]);
      return partita_status{PARTITA_OK};
    });
  });
}

// The functions of a partita_mapping whose `user` is a KeyFunctions of the heap.
inline partita_status upstream_of(void* user, const partita_mapping_key* const* keys,
                                  std::size_t count, const partita_key_sink* sink) noexcept {
  return call_for_each(*static_cast<KeyFunctions*>(user)->forward, keys, count, sink);
}
inline partita_status downstream_of(void* user, const partita_mapping_key* const* keys,
                                    std::size_t count, const partita_key_sink* sink) noexcept {
  return call_for_each(*static_cast<KeyFunctions*>(user)->inverse, keys, count, sink);
}
inline void drop_functions(void* user) noexcept {
  delete static_cast<KeyFunctions*>(user);
}

}  // namespace partita::detail
#pragma GCC visibility pop
