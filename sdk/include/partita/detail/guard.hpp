// The boundary: whatever is thrown inside becomes a status and a text, and nothing crosses.
#pragma once

#include <cxxabi.h>
#include <partita/abi.h>
#include <partita/detail/text.hpp>
#include <partita/errors.hpp>

#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <typeinfo>

#pragma GCC visibility push(hidden)
namespace partita::detail {

// Where the reason goes: the fail() of a run or of a registrar.
struct FailSink {
  void* ctx;
  void (*fail)(void* ctx, partita_str text);

  void operator()(std::string_view text) const {
    if (fail != nullptr) fail(ctx, to_str(text));
  }
};

inline std::string demangled(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : name;
  std::free(text);
  return result;
}

// The type of the exception being handled. std::throw_with_nested() hides it in a type of its own.
inline std::string current_exception_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown";
  std::string name = demangled(type->name());
  const std::string_view wrapper = "std::_Nested_exception<";
  if (name.compare(0, wrapper.size(), wrapper) != 0) return name;
  return name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
}

inline void append_current_exception(std::string& text);

template <class E>
void append_cause(const E& exception, std::string& text) {
  try {
    std::rethrow_if_nested(exception);
  } catch (...) {
    text += "; caused by ";
    append_current_exception(text);
  }
}

inline void append_current_exception(std::string& text) {
  try {
    throw;
  } catch (const Failed& failed) {
    text += failed.what();
    append_cause(failed, text);
  } catch (const std::exception& exception) {
    text += current_exception_type() + ": " + exception.what();
    append_cause(exception, text);
  } catch (...) {
    text += "[" + current_exception_type() + "]";
  }
}

// Reports the exception being handled. Has to be called from a handler.
inline partita_status report_current_exception(const FailSink& fail) noexcept {
  try {
    try {
      throw;
    } catch (const Cancelled&) {
      return PARTITA_CANCELLED;
    } catch (const Skipped& skipped) {
      fail(skipped.reason);
      return PARTITA_SKIPPED;
    } catch (const RetryRequested& request) {
      fail(request.reason);
      return PARTITA_RETRY;
    } catch (const std::bad_alloc&) {
      fail("out of memory");
      return PARTITA_NO_MEMORY;
    } catch (...) {
      std::string text;
      append_current_exception(text);
      fail(text);
      return PARTITA_FAILED;
    }
  } catch (...) {
    return PARTITA_NO_MEMORY;  // there was none left to say why
  }
}

template <class Body>
partita_status guard(const FailSink& fail, const Body& body) noexcept {
  try {
    return body();
  } catch (...) {
    return report_current_exception(fail);
  }
}

}  // namespace partita::detail
#pragma GCC visibility pop
