// Exports for network interfaces. All run in the pool: the kernel's single lock for them (RTNL) may
// be held for a long time.
#include <linux/if_link.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/listing.h"
#include "native/addon/network-input.h"
#include "native/addon/task.h"
#include "native/base/link-removal.h"
#include "native/base/link.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

MacAddress optionalAddress(const Input& input) {
  return optional(input, toMacAddress).value_or(MacAddress());
}

uint32_t toMacvlanMode(const Input& input) {
  constexpr std::array<uint32_t, 4> kModes = {MACVLAN_MODE_PRIVATE, MACVLAN_MODE_VEPA,
                                              MACVLAN_MODE_BRIDGE, MACVLAN_MODE_PASSTHRU};
  return kModes[input.word({"private", "vepa", "bridge", "passthru"})];
}

NewLink toNewLink(const Input& request) {
  const std::string name = request.field("name").text();
  const MacAddress address = optionalAddress(request.field("address"));
  const uint32_t mtu = optional(request.field("mtu"), toNumber).value_or(0);
  switch (request.field("kind").word({"veth", "bridge", "macvlan"})) {
    case 0:
      return NewVeth{name,
                     address,
                     request.field("peer").text(),
                     optionalAddress(request.field("peerAddress")),
                     request.field("peerNamespace").descriptor(),
                     mtu};
    case 1:
      return NewBridge{name,
                       address,
                       mtu,
                       optional(request.field("stp"), toFlag),
                       optional(request.field("forwardDelay"), toNumber),
                       optional(request.field("vlanFiltering"), toFlag),
                       optional(request.field("learnedAddresses"), toNumber)};
    default:
      return NewMacvlan{name, address, request.field("lower").text(),
                        toMacvlanMode(request.field("mode")), mtu};
  }
}

std::vector<std::string> toTexts(const Input& input) { return input.texts(); }

LinkState toState(const Input& input) {
  return input.word({"down", "up"}) == 0 ? LinkState::down : LinkState::up;
}

LinkChange toLinkChange(const Input& input) {
  return {optional(input.field("state"), toState),
          optional(input.field("address"), toMacAddress),
          optional(input.field("mtu"), toNumber),
          optional(input.field("master"), toText),
          optional(input.field("isolated"), toFlag),
          optional(input.field("vlanFiltering"), toFlag),
          optional(input.field("droppedNames"), toTexts).value_or(std::vector<std::string>()),
          optional(input.field("name"), toText),
          optional(input.field("namespace"), [](const Input& fd) { return fd.descriptor(); })};
}

Napi::Object statisticsOf(Napi::Env env, const LinkStatistics& statistics) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, uint64_t value) {
    object.Set(name, Napi::BigInt::New(env, value));
  };
  set("rxBytes", statistics.rxBytes);
  set("rxPackets", statistics.rxPackets);
  set("rxErrors", statistics.rxErrors);
  set("rxDropped", statistics.rxDropped);
  set("txBytes", statistics.txBytes);
  set("txPackets", statistics.txPackets);
  set("txErrors", statistics.txErrors);
  set("txDropped", statistics.txDropped);
  return object;
}

Napi::Array textsOf(Napi::Env env, const std::vector<std::string>& texts) {
  Napi::Array array = Napi::Array::New(env, texts.size());
  uint32_t index = 0;
  for (const std::string& text : texts) array.Set(index++, Napi::String::New(env, text));
  return array;
}

Napi::Object linkObject(Napi::Env env, const Link& link) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("index", Napi::Number::New(env, link.index));
  object.Set("name", Napi::String::New(env, link.name));
  object.Set("kind", Napi::String::New(env, link.kind));
  object.Set("address", Napi::String::New(env, formatMacAddress(link.address)));
  object.Set("mtu", Napi::Number::New(env, link.mtu));
  object.Set("master", Napi::Number::New(env, link.master));
  object.Set("parent", Napi::Number::New(env, link.parent));
  object.Set("up", Napi::Boolean::New(env, link.up));
  object.Set("carrier", Napi::Boolean::New(env, link.carrier));
  object.Set("vlanFiltering", Napi::Boolean::New(env, link.vlanFiltering));
  object.Set("alternativeNames", textsOf(env, link.alternativeNames));
  object.Set("statistics", statisticsOf(env, link.statistics));
  return object;
}

Value createLink(const CallbackInfo& info) {
  return inPool(info.Env(),
                task([link = toNewLink(Input(info, 0, "request")), network = networkOf(info, 1)] {
                  tslxc::createLink(network, link);
                }));
}

Value changeLink(const CallbackInfo& info) {
  return inPool(info.Env(),
                task([name = nameOf(info), change = toLinkChange(Input(info, 1, "change")),
                      network = networkOf(info, 2)] { tslxc::changeLink(network, name, change); }));
}

Value deleteLink(const CallbackInfo& info) {
  return inPool(info.Env(), task([name = nameOf(info), network = networkOf(info, 1)] {
                  tslxc::deleteLink(network, name);
                }));
}

Value removeLinkName(const CallbackInfo& info) {
  return inPool(info.Env(), task([name = nameOf(info), network = networkOf(info, 1)] {
                  tslxc::removeLinkName(network, name);
                }));
}

Value listLinks(const CallbackInfo& info) {
  return inPool(info.Env(), task([network = networkOf(info, 0)] {
                  return Listing<Link, linkObject>{tslxc::listLinks(network)};
                }));
}

}  // namespace

void exportLinks(Napi::Object exports) {
  definePromise<createLink>(exports, "createLink");
  definePromise<changeLink>(exports, "changeLink");
  definePromise<deleteLink>(exports, "deleteLink");
  definePromise<removeLinkName>(exports, "removeLinkName");
  definePromise<listLinks>(exports, "listLinks");
}

}  // namespace tslxc::addon
