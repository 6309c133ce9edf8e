// Callable: an author's function with its state, as the pointer and the two functions of a table.
#pragma once

#include <partita/abi.h>
#include <partita/check.hpp>
#include <partita/detail/guard.hpp>
#include <partita/run.hpp>

#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)
namespace partita::detail {

inline partita_status status_of(const CheckResult& result, const FailSink& fail) {
  if (result.passed()) return PARTITA_OK;
  if (!result.reason().empty()) fail(result.reason());
  return PARTITA_NOT_PASSED;
}

// The function of an asset returns nothing, that of a check a bool or a CheckResult.
template <class Function>
partita_status call(Function& function, Run& run, const FailSink& fail) {
  if constexpr (std::is_void_v<std::invoke_result_t<Function&, Run&>>) {
    function(run);
    return PARTITA_OK;
  } else {
    return status_of(CheckResult(function(run)), fail);
  }
}

template <class Function>
partita_status run_guarded(void* user, const partita_run* table) noexcept {
  FailSink fail{nullptr, nullptr};
  return guard(fail, [&] {
    const partita_run known = received(table, "partita_run");
    fail = {known.ctx, known.fail};
    Run run(&known);
    return call(*static_cast<Function*>(user), run, fail);
  });
}

template <class Function>
void destroy(void* user) noexcept {
  delete static_cast<Function*>(user);
}

class Callable {
 public:
  Callable() = default;
  Callable(const Callable&) = delete;
  Callable& operator=(const Callable&) = delete;
  ~Callable() { reset(); }

  template <class F>
  void set(F&& function) {
    using Function = std::decay_t<F>;
    reset();
    user_ = new Function(std::forward<F>(function));
    run_ = &run_guarded<Function>;
    drop_ = &destroy<Function>;
  }

  bool is_set() const { return run_ != nullptr; }

  // Writes itself into a partita_asset or a partita_check.
  template <class Table>
  void fill(Table& table) const {
    table.user = user_;
    table.run = run_;
    table.drop = drop_;
  }
  // The host has taken it over, and calls drop().
  void release() { user_ = nullptr; }

 private:
  void reset() {
    if (user_ != nullptr) drop_(user_);
    user_ = nullptr;
  }

  void* user_ = nullptr;
  partita_status (*run_)(void*, const partita_run*) = nullptr;
  void (*drop_)(void*) = nullptr;
};

}  // namespace partita::detail
#pragma GCC visibility pop
