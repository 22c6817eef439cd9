// Exports that set and restore the security labels of trees.
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/walk.h"
#include "native/base/relabel.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

LabelAttributes attributesOf(const CallbackInfo& info) {
  const Input labels(info, 1, "labels");
  return {labels.field("attribute").text(), labels.field("memory").text()};
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
