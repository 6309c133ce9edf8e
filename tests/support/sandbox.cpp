#include "support/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "support/process_states.hpp"

namespace partita::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kLongestMillis = 60'000;
// No command of a test takes nearly as long: one that does hangs.
constexpr int kHangsMillis = 150'000;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

fs::path temporary() {
  Result<Path> made = make_temporary_directory("partita-test-");
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

// Whether it would change what the binary does or prints.
bool is_kept_out(std::string_view variable) {
  for (const char* start : {"PARTITA_", "COLUMNS=", "NO_COLOR=", "XDG_CONFIG_HOME="}) {
    if (variable.starts_with(start)) return true;
  }
  return false;
}

// The environment of this process, with no settings but those of the test. Of a variable that is
// there twice the first counts.
std::vector<std::string> environment_with(const std::vector<std::string>& extra,
                                          const fs::path& configuration) {
  std::vector<std::string> variables = extra;
  variables.push_back("XDG_CONFIG_HOME=" + configuration.string());
  for (char** at = environ; *at != nullptr; ++at) {
    if (!is_kept_out(*at)) variables.emplace_back(*at);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// Until it holds, looking whenever the watch tells of something.
template <class Condition>
bool wait_with(int watch, const Condition& holds) {
  pollfd polled{watch, POLLIN, 0};
  bool held = holds();
  for (int turn = 0; !held && turn < kLongestMillis / 1000; ++turn) {
    if (::poll(&polled, 1, 1000) > 0) {
      char events[4096];
      (void)!::read(watch, events, sizeof events);
    }
    held = holds();
  }
  return held;
}

// What it and its children wait for, if it does not end; then it is killed.
std::string end_if_it_hangs(pid_t pid) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd polled{process.get(), POLLIN, 0};
  if (!process.is_open() || ::poll(&polled, 1, kHangsMillis) != 0) return {};
  const fs::path directory = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd");
  const std::string states = process_states(directory);
  ::kill(pid, SIGKILL);
  return "it did not come to an end:\n" + states;
}

}  // namespace

RunningCommand::RunningCommand(RunningCommand&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

RunningCommand::~RunningCommand() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RunningCommand::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);  // one that was waited for has no process any more
}

bool RunningCommand::wait_for_output(std::string_view text) const {
  const int watch = ::inotify_init1(IN_CLOEXEC);
  for (const fs::path& file : {out_, err_}) ::inotify_add_watch(watch, file.c_str(), IN_MODIFY);
  const auto printed = [&] { return (slurp(out_) + slurp(err_)).find(text) != std::string::npos; };
  const bool there = wait_with(watch, printed);
  ::close(watch);
  return there;
}

CommandResult RunningCommand::wait() {
  int status = 0;
  const std::string hung = end_if_it_hangs(pid_);
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (!hung.empty()) std::fputs(hung.c_str(), stderr);
  return {code, slurp(out_), slurp(err_) + hung};
}

Sandbox::Sandbox(std::string_view toml) : directory_(temporary()), captures_(temporary()) {
  fs::create_directory(directory_ / "definitions");
  write("partita.toml", toml);
}

Sandbox::~Sandbox() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
  fs::remove_all(captures_, ignored);
}

void Sandbox::write(const std::string& name, std::string_view text) const {
  fs::create_directories((directory_ / name).parent_path());
  std::ofstream(directory_ / name, std::ios::binary) << text;
}

std::string Sandbox::read(const std::string& name) const {
  return slurp(directory_ / name);
}

bool Sandbox::exists(const std::string& name) const {
  return fs::exists(directory_ / name);
}

void Sandbox::add_plugin(const std::string& name, const std::string& as) const {
  const fs::path target = directory_ / "definitions" / ((as.empty() ? name : as) + ".so");
  const fs::path staged = target.parent_path() / ("." + target.filename().string());
  fs::copy_file(fs::path(PARTITA_BINARY_DIR) / "plugins" / (name + ".so"), staged);
  fs::rename(staged, target);
}

void Sandbox::set_input(std::string_view text) const {
  std::ofstream(captures_ / "in", std::ios::binary) << text;
}

fs::path Sandbox::user_settings() const {
  return captures_ / "configuration" / "partita" / "config.toml";
}

void Sandbox::write_user_settings(std::string_view text) const {
  fs::create_directories(user_settings().parent_path());
  std::ofstream(user_settings(), std::ios::binary) << text;
}

bool Sandbox::wait_for(const std::string& name) const {
  const fs::path file = directory_ / name;
  const int watch = ::inotify_init1(IN_CLOEXEC);
  ::inotify_add_watch(watch, file.parent_path().c_str(), IN_CREATE | IN_MOVED_TO);
  const bool there = wait_with(watch, [&] { return fs::exists(file); });
  ::close(watch);
  return there;
}

CommandResult Sandbox::run(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment) const {
  return start(arguments, environment).wait();
}

RunningCommand Sandbox::start(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment) const {
  const std::string number = std::to_string(++commands_);
  const fs::path out = captures_ / (number + ".out"), err = captures_ / (number + ".err");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const fs::path in = fs::exists(captures_ / "in") ? captures_ / "in" : fs::path("/dev/null");
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, directory_.c_str());
  std::vector<std::string> argv{"partita"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables =
      environment_with(environment, user_settings().parent_path().parent_path());
  const std::string binary = (fs::path(PARTITA_BINARY_DIR) / "bin" / "partita").string();
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, binary.c_str(), &actions, nullptr, pointers(argv).data(),
                                   pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("start " + binary);
  return {pid, out, err};
}

Json Sandbox::json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "--json");
  const CommandResult result = run(arguments);
  Result<Json> parsed = Json::parse(result.out);
  if (!parsed) throw std::runtime_error("no JSON: " + result.out + result.err);
  return *std::move(parsed);
}

std::string shell(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("start " + command);
  std::string output;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    output.append(buffer, got);
  ::pclose(pipe);
  return output;
}

}  // namespace partita::tests
