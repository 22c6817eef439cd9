#include "native/base/relabel.h"

#include <chrono>
#include <vector>

#include "native/base/syscall.h"
#include "native/base/tree-walk.h"
#include "native/base/xattr.h"

namespace tslxc {
namespace {

using Label = std::optional<std::string>;

// The modules store the NUL or leave it out.
bool isSame(const Label& stored, const std::string& label) {
  return stored && (*stored == label || *stored == label + '\0');
}

class Counter {
 public:
  explicit Counter(const WalkReport& report) : report_(report) {}

  void add() {
    constexpr uint64_t kInodes = 1000;
    constexpr std::chrono::milliseconds kPause(200);
    ++count_;
    const auto now = Clock::now();
    if (count_ % kInodes != 0 && now - last_ < kPause) return;
    last_ = now;
    report_(count_);
  }
  void end() { report_(count_); }

 private:
  using Clock = std::chrono::steady_clock;
  const WalkReport& report_;
  uint64_t count_ = 0;
  Clock::time_point last_ = Clock::now();
};

class Relabelling final : public TreeVisitor {
 public:
  Relabelling(const LabelAttributes& attributes, const std::string& label, SameLabel same,
              Counter& counter)
      : attributes_(attributes), label_(label), same_(same), counter_(counter) {}

  void enter(int inode) override {
    const Label current = getXattr(inode, attributes_.label);
    const bool labelled = isSame(current, label_);
    if (!getXattr(inode, attributes_.memory)) {
      if (labelled && same_ == SameLabel::leave) return;
      setXattr(inode, attributes_.memory, current.value_or(""));
    }
    if (!labelled) setXattr(inode, attributes_.label, label_ + '\0');
  }
  void leave(int) override {}
  void failed(const SyscallError& failure) override { throw SyscallError(failure); }
  void visited() override { counter_.add(); }

 private:
  const LabelAttributes& attributes_;
  const std::string& label_;
  const SameLabel same_;
  Counter& counter_;
};

class Restoration final : public TreeVisitor {
 public:
  Restoration(const LabelAttributes& attributes, const Label& made, Counter& counter)
      : attributes_(attributes), made_(made), counter_(counter) {}

  void enter(int inode) override {
    const Label current = getXattrIfKept(inode, attributes_.label);
    const Label memory = getXattrIfKept(inode, attributes_.memory);
    const bool labelled = made_ && isSame(current, *made_);
    Fate fate{current.value_or(""), current.has_value(), memory.has_value()};
    if (memory) fate.label = *memory;
    if (!memory && labelled && !fates_.empty()) fate.label = fates_.back().label;
    fate.kept = memory && made_ && isSame(memory, *made_);
    fate.changes = fate.label != current.value_or("");
    fates_.push_back(std::move(fate));
  }

  // A directory only now: what was made in it asks for what it remembers.
  void leave(int inode) override {
    const Fate fate = std::move(fates_.back());
    fates_.pop_back();
    if (fate.changes) give(inode, fate);
    kept_ = kept_ || fate.kept;
    if (fate.remembers && !fate.kept && !failure_) removeXattr(inode, attributes_.memory);
  }

  void failed(const SyscallError& failure) override {
    if (!failure_) failure_ = failure;
  }
  void visited() override { counter_.add(); }

  bool end() const {
    if (failure_) throw SyscallError(*failure_);
    return kept_;
  }

 private:
  // What an inode gets.
  struct Fate {
    std::string label;  // empty for none
    bool labelled;      // it has one now
    bool remembers;
    bool changes = false;
    bool kept = false;
  };

  void give(int inode, const Fate& fate) const {
    if (!fate.label.empty()) return setXattr(inode, attributes_.label, fate.label);
    if (fate.labelled) removeXattr(inode, attributes_.label);
  }

  const LabelAttributes& attributes_;
  const Label& made_;
  Counter& counter_;
  std::vector<Fate> fates_;
  bool kept_ = false;
  std::optional<SyscallError> failure_;
};

}  // namespace

void relabelTree(int source, const LabelAttributes& attributes, const std::string& label,
                 SameLabel same, const WalkReport& report) {
  Counter counter(report);
  Relabelling relabelling(attributes, label, same, counter);
  walkTree(source, relabelling);
  counter.end();
}

bool restoreTree(int source, const LabelAttributes& attributes,
                 const std::optional<std::string>& made, const WalkReport& report) {
  Counter counter(report);
  Restoration restoration(attributes, made, counter);
  walkTree(source, restoration);
  counter.end();
  return restoration.end();
}

}  // namespace tslxc
