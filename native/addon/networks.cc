// Exports for the addresses, routes and neighbours of network interfaces. All run in the pool, like
// those of links.cc.
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/listing.h"
#include "native/addon/network-input.h"
#include "native/addon/task.h"
#include "native/base/link-address.h"
#include "native/base/neighbour.h"
#include "native/base/route.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

NewLinkAddress toNewAddress(const Input& input) {
  return {input.field("address").text(), input.field("prefix").number<uint8_t>(),
          input.field("peer").text(), input.field("broadcast").text()};
}

NewRoute toNewRoute(const Input& input) {
  return {input.field("address").text(), input.field("prefix").number<uint8_t>(),
          input.field("gateway").text(), input.field("metric").number<uint32_t>()};
}

const char* familyName(uint8_t family) { return family == AF_INET ? "ipv4" : "ipv6"; }

const char* scopeName(uint8_t scope) {
  if (scope >= RT_SCOPE_HOST) return "host";
  if (scope == RT_SCOPE_LINK) return "link";
  return scope == RT_SCOPE_UNIVERSE ? "global" : "site";
}

const char* neighbourState(uint16_t state) {
  switch (state) {
    case NUD_INCOMPLETE:
      return "incomplete";
    case NUD_REACHABLE:
      return "reachable";
    case NUD_STALE:
      return "stale";
    case NUD_DELAY:
      return "delay";
    case NUD_PROBE:
      return "probe";
    case NUD_FAILED:
      return "failed";
    case NUD_NOARP:
      return "noarp";
    case NUD_PERMANENT:
      return "permanent";
    default:
      return "none";
  }
}

Napi::Object addressObject(Napi::Env env, const LinkAddress& address) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("index", Napi::Number::New(env, address.index));
  object.Set("family", Napi::String::New(env, familyName(address.family)));
  object.Set("address", Napi::String::New(env, address.address));
  object.Set("prefix", Napi::Number::New(env, address.prefix));
  object.Set("peer", Napi::String::New(env, address.peer));
  object.Set("scope", Napi::String::New(env, scopeName(address.scope)));
  object.Set("tentative", Napi::Boolean::New(env, address.tentative));
  return object;
}

Napi::Object routeObject(Napi::Env env, const Route& route) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("index", Napi::Number::New(env, route.index));
  object.Set("family", Napi::String::New(env, familyName(route.family)));
  object.Set("address", Napi::String::New(env, route.address));
  object.Set("prefix", Napi::Number::New(env, route.prefix));
  object.Set("gateway", Napi::String::New(env, route.gateway));
  object.Set("metric", Napi::Number::New(env, route.metric));
  return object;
}

Napi::Object neighbourObject(Napi::Env env, const Neighbour& neighbour) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("index", Napi::Number::New(env, neighbour.index));
  object.Set("address", Napi::String::New(env, neighbour.address));
  object.Set("mac", Napi::String::New(env, formatMacAddress(neighbour.mac)));
  object.Set("state", Napi::String::New(env, neighbourState(neighbour.state)));
  return object;
}

Value addAddress(const CallbackInfo& info) {
  return inPool(
      info.Env(),
      task([name = nameOf(info), address = toNewAddress(Input(info, 1, "address")),
            network = networkOf(info, 2)] { tslxc::addAddress(network, name, address); }));
}

Value listAddresses(const CallbackInfo& info) {
  return inPool(info.Env(), task([network = networkOf(info, 0)] {
                  return Listing<LinkAddress, addressObject>{tslxc::listAddresses(network)};
                }));
}

Value addRoute(const CallbackInfo& info) {
  return inPool(info.Env(),
                task([name = nameOf(info), route = toNewRoute(Input(info, 1, "route")),
                      network = networkOf(info, 2)] { tslxc::addRoute(network, name, route); }));
}

Value listRoutes(const CallbackInfo& info) {
  return inPool(info.Env(), task([network = networkOf(info, 0)] {
                  return Listing<Route, routeObject>{tslxc::listRoutes(network)};
                }));
}

Value listNeighbours(const CallbackInfo& info) {
  return inPool(info.Env(), task([network = networkOf(info, 0)] {
                  return Listing<Neighbour, neighbourObject>{tslxc::listNeighbours(network)};
                }));
}

}  // namespace

void exportNetworks(Napi::Object exports) {
  definePromise<addAddress>(exports, "addAddress");
  definePromise<listAddresses>(exports, "listAddresses");
  definePromise<addRoute>(exports, "addRoute");
  definePromise<listRoutes>(exports, "listRoutes");
  definePromise<listNeighbours>(exports, "listNeighbours");
}

}  // namespace tslxc::addon
