// Has an object for each thread that needs to be destroyed, by code of the plugin's.
#include <partita/plugin.hpp>

#include <string>

namespace {

struct PerThread {
  std::string text = "longer than what a string holds within itself";
  ~PerThread() { text.clear(); }
};
thread_local PerThread per_thread;

}  // namespace

PARTITA_PLUGIN(destroys_thread_locals, defs) {
  defs.asset("per_thread").description(per_thread.text) = [](partita::Run&) {};
}
