#include "service/zygote_roles.hpp"

#include "definitions/plugin_functions.hpp"
#include "definitions/reload.hpp"
#include "execute/worker.hpp"

namespace partita {

Result<std::unique_ptr<Zygote>> start_zygote() {
  return Zygote::start(
      {{kLoadRole, load_role}, {kMappingRole, mapping_role}, {kWorkerRole, worker_role}});
}

}  // namespace partita
