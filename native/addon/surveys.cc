// Exports that look at the same files in many folders: in one job of the pool, or synchronously.
#include <string>
#include <utility>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/survey.h"

namespace tslxc {

// The result of a task; its type selects the toValue() below.
struct SurveyBytes {
  std::string bytes;
};

static Napi::Value toValue(Napi::Env env, const SurveyBytes& answers) {
  return Napi::Buffer<char>::Copy(env, answers.bytes.data(), answers.bytes.size());
}

}  // namespace tslxc

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

SurveyLook lookOf(const Input& look) {
  switch (look.word({"text", "stamp", "entry", "record", "lock"})) {
    case 0:
      return SurveyLook::text;
    case 1:
      return SurveyLook::stamp;
    case 2:
      return SurveyLook::entry;
    case 3:
      return SurveyLook::record;
    default:
      return SurveyLook::lock;
  }
}

SurveyRequest toSurveyRequest(const Input& input) {
  SurveyRequest request;
  request.folders = input.field("folders").texts();
  for (const Input& file : input.field("files").items()) {
    request.files.push_back({file.field("name").text(), lookOf(file.field("look"))});
  }
  const Input known = input.field("known");
  request.known = known.bytes();
  const size_t stamps = request.folders.size() * request.files.size() * kStampBytes;
  if (!request.known.empty() && request.known.size() != stamps) {
    known.refuse("empty, or a stamp for each file of each folder");
  }
  return request;
}

Value survey(const CallbackInfo& info) {
  return inPool(info.Env(), task([request = toSurveyRequest(Input(info, 0, "request"))] {
                  return SurveyBytes{tslxc::survey(request)};
                }));
}

Value surveyNow(const CallbackInfo& info) {
  const SurveyRequest request = toSurveyRequest(Input(info, 0, "request"));
  return toValue(info.Env(), SurveyBytes{tslxc::survey(request)});
}

}  // namespace

void exportSurveys(Napi::Object exports) {
  definePromise<survey>(exports, "survey");
  define<surveyNow>(exports, "surveyNow");
}

}  // namespace tslxc::addon
