// Exports for project quotas; native/base does the work.
#include <cstdint>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/walk.h"
#include "native/base/quota.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

uint32_t projectArgument(const CallbackInfo& info) {
  return Input(info, 1, "project").number<uint32_t>();
}

Napi::Number wholeNumber(Napi::Env env, uint64_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

Value projectQuotas(const CallbackInfo& info) {
  switch (tslxc::projectQuotas(fdArgument(info))) {
    case ProjectQuotas::limited:
      return Napi::String::New(info.Env(), "limited");
    case ProjectQuotas::counted:
      return Napi::String::New(info.Env(), "counted");
    default:
      return Napi::String::New(info.Env(), "off");
  }
}

Value projectQuota(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto quota = tslxc::projectQuota(fdArgument(info), projectArgument(info));
  if (!quota) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object.Set("space", wholeNumber(env, quota->space));
  object.Set("inodes", wholeNumber(env, quota->inodes));
  object.Set("soft", wholeNumber(env, quota->limits.soft));
  object.Set("hard", wholeNumber(env, quota->limits.hard));
  return object;
}

Value limitProject(const CallbackInfo& info) {
  const Input limits(info, 2, "limits");
  const auto kibibytes = [&](const char* name) { return limits.field(name).number<uint64_t>(); };
  tslxc::limitProject(fdArgument(info), projectArgument(info),
                      {kibibytes("soft"), kibibytes("hard")});
  return info.Env().Undefined();
}

Value projectOf(const CallbackInfo& info) {
  const InodeProject found = tslxc::projectOf(fdArgument(info));
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("project", wholeNumber(info.Env(), found.project));
  object.Set("inherited", Napi::Boolean::New(info.Env(), found.inherited));
  return object;
}

Value setProject(const CallbackInfo& info) {
  tslxc::setProject(fdArgument(info), projectArgument(info));
  return info.Env().Undefined();
}

Value setProjectOfTree(const CallbackInfo& info) {
  return walked(info, [project = projectArgument(info)](int source, const WalkReport& report) {
    tslxc::setProjectOfTree(source, project, report);
  });
}

}  // namespace

void exportQuotas(Napi::Object exports) {
  define<projectQuotas>(exports, "projectQuotas");
  define<projectQuota>(exports, "projectQuota");
  define<limitProject>(exports, "limitProject");
  define<projectOf>(exports, "projectOf");
  define<setProject>(exports, "setProject");
  definePromise<setProjectOfTree>(exports, "setProjectOfTree");
}

}  // namespace tslxc::addon
