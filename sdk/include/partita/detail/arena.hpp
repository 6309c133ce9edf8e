// Arena: memory for plain structs, freed together.
//
// In place of standard containers, whose instantiations would take most of a small plugin's compile
// time.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#pragma GCC visibility push(hidden)
namespace partita::detail {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    while (last_ != nullptr) {
      Block* block = last_;
      last_ = block->previous;
      ::operator delete(block);
    }
  }

  // Uninitialised; the elements are assigned before they are read.
  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivial_v<T> && alignof(T) <= alignof(Block));
    return static_cast<T*>(allocate(count * sizeof(T)));  // NOLINT: T may well be a pointer
  }

  template <class T>
  const T* copy(const T& value) {
    T* place = array<T>(1);
    *place = value;
    return place;
  }

 private:
  struct alignas(std::max_align_t) Block {
    Block* previous;
  };

  void* allocate(std::size_t size) {
    void* memory = ::operator new(sizeof(Block) + size);
    last_ = new (memory) Block{last_};
    return last_ + 1;
  }

  Block* last_ = nullptr;
};

}  // namespace partita::detail
#pragma GCC visibility pop
