// Exports for labels of trees, each walk in a thread of its own. How far it is goes into a
// descriptor of the caller; when its reader is gone, the walk ends.
#include <unistd.h>

#include <memory>
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/own-thread.h"
#include "native/base/file.h"
#include "native/base/relabel.h"
#include "native/base/syscall.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

LabelAttributes attributesOf(const CallbackInfo& info) {
  const Input labels(info, 1, "labels");
  return {labels.field("attribute").text(), labels.field("memory").text()};
}

// A line with the number.
void write(int report, uint64_t count) {
  const std::string line = std::to_string(count) + '\n';
  const ssize_t written = retry([&] { return ::write(report, line.data(), line.size()); });
  if (written == -1 && errno == EPIPE) throw SyscallError{ECANCELED, "write", ""};
  check(written, "write");
}

// Runs `walk`, which takes a source and a report.
template <typename Walk>
Value walked(const CallbackInfo& info, Walk walk) {
  const auto interruption = std::make_shared<Interruption>();
  const int report = Input(info, 2, "report").descriptor();
  return inOwnThread(info.Env(),
                     task([source = duplicate(Input(info, 0, "source").descriptor()),
                           output = report == -1 ? Fd() : duplicate(report), interruption, walk] {
                       return walk(source.get(), [&](uint64_t count) {
                         if (interruption->requested()) throw SyscallError{ECANCELED, "write", ""};
                         if (output.valid()) write(output.get(), count);
                       });
                     }),
                     interruption);
}

Value relabelTree(const CallbackInfo& info) {
  const Input labels(info, 1, "labels");
  const std::string label = labels.field("label").text();
  const SameLabel same = labels.field("same").word({"remember", "leave"}) == 0 ? SameLabel::remember
                                                                               : SameLabel::leave;
  return walked(
      info, [attributes = attributesOf(info), label, same](int source, const WalkReport& report) {
        tslxc::relabelTree(source, attributes, label, same, report);
      });
}

Value restoreTree(const CallbackInfo& info) {
  const Input made = Input(info, 1, "labels").field("made");
  const auto label = made.missing() ? std::nullopt : std::optional(made.text());
  return walked(info,
                [attributes = attributesOf(info), label](int source, const WalkReport& report) {
                  return tslxc::restoreTree(source, attributes, label, report);
                });
}

}  // namespace

void exportRelabelling(Napi::Object exports) {
  definePromise<relabelTree>(exports, "relabelTree");
  definePromise<restoreTree>(exports, "restoreTree");
}

}  // namespace tslxc::addon
