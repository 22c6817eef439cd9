#include "native/base/relabel.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "native/base/syscall.h"
#include "native/base/xattr.h"

namespace tslxc {
namespace {

using Label = std::optional<std::string>;

// The modules store the NUL or leave it out.
bool isSame(const Label& stored, const std::string& label) {
  return stored && (*stored == label || *stored == label + '\0');
}

dev_t deviceOf(int inode) {
  struct stat state{};
  check(fstat(inode, &state), "fstat");
  return state.st_dev;
}

// Tells whether a failure comes from a read-only snapshot below the source, which has a device
// number of its own on the same mount: what is in it can't be changed.
class Snapshots {
 public:
  explicit Snapshots(int source) : device_(deviceOf(source)) {}

  bool hold(int inode, const SyscallError& failure) const {
    return failure.error == EROFS && deviceOf(inode) != device_;
  }

 private:
  dev_t device_;
};

class Relabelling final : public TreeVisitor {
 public:
  Relabelling(int source, const LabelAttributes& attributes, const std::string& label,
              SameLabel same, WalkCounter& counter)
      : snapshots_(source),
        attributes_(attributes),
        label_(label),
        same_(same),
        counter_(counter) {}

  void enter(int inode, const std::string&) override {
    try {
      give(inode);
    } catch (const SyscallError& failure) {
      // Throwing keeps the walk out of what is below.
      inSnapshot_ = snapshots_.hold(inode, failure);
      throw;
    }
  }
  void leave(int) override {}
  void failed(const SyscallError& failure) override {
    if (!std::exchange(inSnapshot_, false)) throw SyscallError(failure);
  }
  void visited() override { counter_.add(); }

 private:
  void give(int inode) const {
    const Label current = getXattr(inode, attributes_.label);
    const bool labelled = isSame(current, label_);
    if (!getXattr(inode, attributes_.memory)) {
      if (labelled && same_ == SameLabel::leave) return;
      setXattr(inode, attributes_.memory, current.value_or(""));
    }
    if (!labelled) setXattr(inode, attributes_.label, label_ + '\0');
  }

  const Snapshots snapshots_;
  const LabelAttributes& attributes_;
  const std::string& label_;
  const SameLabel same_;
  WalkCounter& counter_;
  bool inSnapshot_ = false;
};

class Restoration final : public TreeVisitor {
 public:
  Restoration(int source, const LabelAttributes& attributes, const Label& made,
              WalkCounter& counter)
      : snapshots_(source), attributes_(attributes), made_(made), counter_(counter) {}

  void enter(int inode, const std::string&) override {
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

  // A directory only now: what was made in it gets the label that the directory remembers.
  void leave(int inode) override {
    const Fate fate = std::move(fates_.back());
    fates_.pop_back();
    try {
      if (fate.changes) give(inode, fate);
      kept_ = kept_ || fate.kept;
      if (fate.remembers && !fate.kept && !failure_) removeXattr(inode, attributes_.memory);
    } catch (const SyscallError& failure) {
      if (!snapshots_.hold(inode, failure)) throw;
    }
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

  const Snapshots snapshots_;
  const LabelAttributes& attributes_;
  const Label& made_;
  WalkCounter& counter_;
  std::vector<Fate> fates_;
  bool kept_ = false;
  std::optional<SyscallError> failure_;
};

}  // namespace

void relabelTree(int source, const LabelAttributes& attributes, const std::string& label,
                 SameLabel same, const WalkReport& report) {
  WalkCounter counter(report);
  Relabelling relabelling(source, attributes, label, same, counter);
  walkTree(source, relabelling);
  counter.tell();
}

bool restoreTree(int source, const LabelAttributes& attributes,
                 const std::optional<std::string>& made, const WalkReport& report) {
  WalkCounter counter(report);
  Restoration restoration(source, attributes, made, counter);
  walkTree(source, restoration);
  counter.tell();
  return restoration.end();
}

}  // namespace tslxc
