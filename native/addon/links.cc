// Exports for network interfaces. All run in the pool: the kernel's one lock for them may be held
// for long.
#include <linux/if_link.h>

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/link.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

constexpr size_t kAddressBytes = 6;

MacAddress toAddress(const Input& input) {
  const std::string text = input.text();
  MacAddress address;
  bool valid = text.size() == 3 * kAddressBytes - 1;
  for (size_t at = 0; valid && at < text.size(); at += 3) {
    uint8_t byte = 0;
    const char* const start = text.data() + at;
    const auto [end, error] = std::from_chars(start, start + 2, byte, 16);
    valid = error == std::errc() && end == start + 2 && (at + 2 == text.size() || *end == ':');
    address.push_back(static_cast<char>(byte));
  }
  if (!valid) input.refuse("an address such as 52:54:00:12:34:56");
  return address;
}

MacAddress optionalAddress(const Input& input) {
  return input.missing() ? MacAddress() : toAddress(input);
}

std::string fromAddress(const std::string& address) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : address) {
    if (!text.empty()) text.push_back(':');
    text.push_back(kDigits[(byte >> 4) & 0xf]);
    text.push_back(kDigits[byte & 0xf]);
  }
  return text;
}

NewLink toNewLink(const Input& request) {
  const std::string name = request.field("name").text();
  const MacAddress address = optionalAddress(request.field("address"));
  switch (request.field("kind").word({"veth", "bridge", "macvlan"})) {
    case 0:
      return NewVeth{name, address, request.field("peer").text(),
                     optionalAddress(request.field("peerAddress")),
                     request.field("peerNamespace").descriptor()};
    case 1:
      return NewBridge{name, address};
    default: {
      constexpr std::array<uint32_t, 4> kModes = {MACVLAN_MODE_PRIVATE, MACVLAN_MODE_VEPA,
                                                  MACVLAN_MODE_BRIDGE, MACVLAN_MODE_PASSTHRU};
      const size_t mode = request.field("mode").word({"private", "vepa", "bridge", "passthru"});
      return NewMacvlan{name, address, request.field("lower").text(), kModes[mode]};
    }
  }
}

LinkChange toLinkChange(const Input& input) {
  LinkChange change;
  if (const Input state = input.field("state"); !state.missing()) {
    change.state = state.word({"down", "up"}) == 0 ? LinkState::down : LinkState::up;
  }
  if (const Input address = input.field("address"); !address.missing()) {
    change.address = toAddress(address);
  }
  if (const Input mtu = input.field("mtu"); !mtu.missing()) change.mtu = mtu.number<uint32_t>();
  if (const Input master = input.field("master"); !master.missing()) change.master = master.text();
  if (const Input name = input.field("name"); !name.missing()) change.name = name.text();
  if (const Input destination = input.field("namespace"); !destination.missing()) {
    change.destination = destination.descriptor();
  }
  return change;
}

int networkOf(const CallbackInfo& info, size_t index) {
  const Input network(info, index, "namespace");
  return network.missing() ? -1 : network.descriptor();
}

std::string nameOf(const CallbackInfo& info) { return Input(info, 0, "name").text(); }

// What listLinks resolves to.
struct Listing {
  std::vector<Link> links;
};

Value toValue(Napi::Env env, const Listing& listing) {
  Napi::Array array = Napi::Array::New(env, listing.links.size());
  uint32_t index = 0;
  for (const Link& link : listing.links) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("index", Napi::Number::New(env, link.index));
    object.Set("name", Napi::String::New(env, link.name));
    object.Set("kind", Napi::String::New(env, link.kind));
    object.Set("address", Napi::String::New(env, fromAddress(link.address)));
    object.Set("mtu", Napi::Number::New(env, link.mtu));
    object.Set("master", Napi::Number::New(env, link.master));
    object.Set("up", Napi::Boolean::New(env, link.up));
    array.Set(index++, object);
  }
  return array;
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

Value listLinks(const CallbackInfo& info) {
  return inPool(info.Env(), task([network = networkOf(info, 0)] {
                  return Listing{tslxc::listLinks(network)};
                }));
}

}  // namespace

void exportLinks(Napi::Object exports) {
  definePromise<createLink>(exports, "createLink");
  definePromise<changeLink>(exports, "changeLink");
  definePromise<deleteLink>(exports, "deleteLink");
  definePromise<listLinks>(exports, "listLinks");
}

}  // namespace tslxc::addon
