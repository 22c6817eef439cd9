// Exports for extended attributes and security labels.
#include <optional>
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/label.h"
#include "native/base/xattr.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

std::string attributeName(const CallbackInfo& info) { return Input(info, 1, "name").text(); }

Value stringOrUndefined(Napi::Env env, const std::optional<std::string>& text) {
  return text ? Napi::String::New(env, *text) : env.Undefined();
}

LabelModule moduleOf(const Input& module) {
  switch (module.word({"selinux", "smack", "apparmor"})) {
    case 0:
      return LabelModule::selinux;
    case 1:
      return LabelModule::smack;
    default:
      return LabelModule::apparmor;
  }
}

Value getXattr(const CallbackInfo& info) {
  const auto value = tslxc::getXattr(fdArgument(info), attributeName(info));
  if (!value) return info.Env().Undefined();
  return Napi::Buffer<char>::Copy(info.Env(), value->data(), value->size());
}

Value setXattr(const CallbackInfo& info) {
  tslxc::setXattr(fdArgument(info), attributeName(info), Input(info, 2, "value").bytes());
  return info.Env().Undefined();
}

Value removeXattr(const CallbackInfo& info) {
  tslxc::removeXattr(fdArgument(info), attributeName(info));
  return info.Env().Undefined();
}

Value fileLabel(const CallbackInfo& info) {
  return stringOrUndefined(info.Env(),
                           tslxc::fileLabel(fdArgument(info), moduleOf(Input(info, 1, "module"))));
}

Value processLabel(const CallbackInfo& info) {
  return stringOrUndefined(info.Env(), tslxc::processLabel(Input(info, 0, "pid").number<pid_t>()));
}

}  // namespace

void exportAttributes(Napi::Object exports) {
  define<getXattr>(exports, "getXattr");
  define<setXattr>(exports, "setXattr");
  define<removeXattr>(exports, "removeXattr");
  define<fileLabel>(exports, "fileLabel");
  define<processLabel>(exports, "processLabel");
}

}  // namespace tslxc::addon
