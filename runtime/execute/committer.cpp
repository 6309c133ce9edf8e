#include "execute/committer.hpp"

#include <iterator>

namespace partita {
namespace {

// Longer commits gain little, and what is in them is acknowledged later.
constexpr std::size_t kLongestCommit = 384;

void move_to_end(std::vector<FinishedPartition>& to, std::vector<FinishedPartition>&& from) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

// The first `most` of them.
std::vector<FinishedPartition> cut(std::vector<FinishedPartition>& from, std::size_t most) {
  if (from.size() <= most) return std::exchange(from, {});
  const auto middle = from.begin() + static_cast<std::ptrdiff_t>(most);
  std::vector<FinishedPartition> rest(std::make_move_iterator(middle),
                                      std::make_move_iterator(from.end()));
  from.resize(most);
  return std::exchange(from, std::move(rest));
}

}  // namespace

Committer::Committer(RunObserver& observer, std::function<void()> wake)
    : observer_(observer), wake_(std::move(wake)), thread_([this] { work(); }) {}

Committer::~Committer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  pushed_.notify_one();
  thread_.join();
}

void Committer::push(std::vector<FinishedPartition> finished) {
  if (finished.empty()) return;
  under_way_ += finished.size();
  {
    const std::scoped_lock lock(mutex_);
    move_to_end(waiting_, std::move(finished));
  }
  pushed_.notify_one();
}

Result<std::vector<FinishedPartition>> Committer::take() {
  const std::scoped_lock lock(mutex_);
  if (!status_) return status_.error();
  std::vector<FinishedPartition> durable = std::exchange(durable_, {});
  under_way_ -= durable.size();
  return durable;
}

Status Committer::settle() {
  std::unique_lock lock(mutex_);
  recorded_.wait(lock, [&] { return !status_ || (waiting_.empty() && !recording_); });
  return status_ ? Status() : Status(status_.error());
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    pushed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty() || !status_) return;
    std::vector<FinishedPartition> batch = cut(waiting_, kLongestCommit);
    recording_ = true;
    lock.unlock();
    Status recorded = observer_.record(batch);
    lock.lock();
    recording_ = false;
    if (recorded) {
      move_to_end(durable_, std::move(batch));
    } else {
      status_ = std::move(recorded);
    }
    recorded_.notify_one();
    wake_();
  }
}

}  // namespace partita
