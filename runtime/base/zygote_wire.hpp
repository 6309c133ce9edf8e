// What goes between the host and its zygote: requests, and notices of how children fare.
//
// A request is one datagram on the control socket, `role NUL argument`, with two or three
// descriptors: the child's end of its channel, the end of its notice pipe that the zygote writes,
// and the output where one is given. A notice pipe carries one ForkNotice, then one EndNotice.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.hpp"

namespace partita {

inline constexpr std::size_t kMaxRequest = 64U << 10U;

struct ForkNotice {
  pid_t pid = -1;
  int error = 0;  // errno of the fork that failed
};
struct EndNotice {
  int status = 0;
  std::int64_t user_micros = 0;
  std::int64_t system_micros = 0;
  std::int64_t max_rss_kib = 0;
};

struct ZygoteRequest {
  std::string role;
  std::string argument;
  std::vector<Descriptor> descriptors;
};

bool send_request(int control, std::string_view text, const std::vector<int>& descriptors);

// No value: the host has closed its end, or is gone.
std::optional<ZygoteRequest> receive_request(int control);

// False: the other end is closed.
bool read_notice(int fd, void* record, std::size_t size);
// That nobody reads is no error: the host may have let go of the child.
void write_notice(int fd, const void* record, std::size_t size);

}  // namespace partita
