// Changes its process when it is loaded and in its first partition; each tells what it finds.
#include <partita/plugin.hpp>

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <locale>
#include <string>

namespace {

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

void change_all(const char* value) {
  ::setenv("UNRULY", value, 1);
  ::unsetenv("KEPT");
  (void)!::chdir("/");
  ::umask(0);
  ::uselocale(::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr));
  std::setlocale(LC_ALL, "C.UTF-8");
  std::locale::global(std::locale(std::locale(), new Comma));
}

std::string value_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : "unset";
}

[[gnu::constructor]] void on_load() {
  change_all("by its constructor");
}

}  // namespace

PARTITA_PLUGIN(unruly, defs) {
  defs.asset("unruly").keys({"first", "second"}) = [](partita::Run& run) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    run.metadata("directory", std::filesystem::current_path().string());
    run.metadata("unruly", value_of("UNRULY"));
    run.metadata("kept", value_of("KEPT"));
    run.metadata("locale", std::string(std::setlocale(LC_ALL, nullptr)));
    run.metadata("point", std::string(::localeconv()->decimal_point) +
                              std::use_facet<std::numpunct<char>>(std::locale()).decimal_point());
    run.metadata("mask", static_cast<std::int64_t>(mask));
    change_all("by a partition");
  };
}
