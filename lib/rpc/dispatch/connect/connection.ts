/** A client's connection: how it is opened and closed, and what the daemon says of itself. */
import { hardeningIn } from '../../../driver/session/uri';
import { TslxcError } from '../../../errors';
import { authentications, features } from '../../protocol/numbers';
import type { connectProcedures } from '../../protocol/connect';
import { done } from '../base/call';
import type { Call, Handlers, Opened } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';

/** 11.3.0 in libvirt's notation: the release whose drivers for containers and networks this daemon behaves like. */
const libvirtVersion = 11_003_000n;

const openFlags = { readOnly: 1, noAliases: 2 } as const;

/** The URIs that are served, and what a client that opens one is told. A map: `constructor` is a name that a client may send. */
const served: ReadonlyMap<string, Opened> = new Map([
  ['lxc:///', { uri: 'lxc:///', type: 'LXC' }],
  ['lxc:///system', { uri: 'lxc:///', type: 'LXC' }],
  ['network:///system', { uri: 'network:///system', type: 'network' }],
]);

type Names =
  | 'AuthList'
  | 'AuthPolkit'
  | 'ConnectOpen'
  | 'ConnectClose'
  | 'ConnectGetType'
  | 'ConnectGetVersion'
  | 'ConnectGetLibVersion'
  | 'ConnectGetURI'
  | 'ConnectGetHostname'
  | 'ConnectGetSysinfo'
  | 'ConnectGetCapabilities'
  | 'ConnectIsSecure'
  | 'ConnectSupportsFeature'
  | 'ConnectRegisterCloseCallback'
  | 'ConnectUnregisterCloseCallback'
  | 'ConnectSetIdentity';

export const connectionHandlers: Handlers<Pick<typeof connectProcedures, Names>> = {
  AuthList: ({ client }) => ({
    types: [client.isStranger ? authentications.polkit : authentications.none],
  }),
  AuthPolkit: async ({ client }) => {
    await client.authorize();
    return { complete: 1 };
  },
  ConnectOpen: async (call, { name, flags }) => {
    checkFlags(flags, openFlags.readOnly | openFlags.noAliases, 'virConnectOpen');
    const asked = hasFlag(flags, openFlags.readOnly) ? 'read-only' : 'read-write';
    const access = call.peer.access === 'read-only' ? 'read-only' : asked;
    await call.client.open(openedBy(name ?? ''), access);
    return done;
  },
  ConnectClose: (call) => {
    call.after(() => call.peer.closeSoon());
    return done;
  },
  ConnectGetType: ({ client }) => ({ type: client.opened.type }),
  ConnectGetVersion: ({ client }) => ({
    version: kernelVersion(client.connection().version().kernel),
  }),
  ConnectGetLibVersion: () => ({ version: libvirtVersion }),
  ConnectGetURI: ({ client }) => ({ uri: client.opened.uri }),
  ConnectGetHostname: ({ client }) => ({ hostname: client.connection().hostname() }),
  ConnectGetSysinfo: ({ client }, { flags }) => {
    checkFlags(flags, 0, 'lxcConnectGetSysinfo');
    return { sysinfo: client.connection().sysinfo() };
  },
  ConnectGetCapabilities: async ({ client }) => ({
    capabilities: await client.connection().capabilities(),
  }),
  // Clients come only by local sockets.
  ConnectIsSecure: () => ({ secure: 1 }),
  ConnectSupportsFeature: (call, { feature }) => ({ supported: Number(supports(call, feature)) }),
  // The driver for containers never closes a connection by itself.
  ConnectRegisterCloseCallback: () => done,
  ConnectUnregisterCloseCallback: () => done,
  // Ignored: the kernel says who the client is.
  ConnectSetIdentity: () => done,
};

function openedBy(name: string): Opened {
  const opened = served.get(name === '' ? 'lxc:///' : name);
  if (opened !== undefined) return opened;
  const levelled = openedAtLevel(name);
  if (levelled !== undefined) return levelled;
  const [, driver, path] = /^(lxc|network):\/\/(\/.*)$/.exec(name) ?? [];
  if (driver === 'lxc')
    throw unexpectedPath(`Unexpected LXC URI path '${path}', try lxc:///system`);
  if (driver === 'network') {
    throw unexpectedPath(`unexpected network URI path '${path}', try network:///system`);
  }
  throw new TslxcError('NO_CONNECT', `no connection driver available for ${name}`);
}

/** A URI of containers with the parameter `hardening`, which libvirt's clients pass on as it is. */
function openedAtLevel(name: string): Opened | undefined {
  const [, base = '', query = ''] = /^(lxc:[^?]*)(\?[^]*)$/.exec(name) ?? [];
  const hardening = hardeningIn(query);
  const opened = served.get(base);
  return opened && hardening && { ...opened, hardening };
}

function unexpectedPath(detail: string): TslxcError {
  return new TslxcError('INTERNAL_ERROR', detail);
}

/** `6.12.43+deb13-amd64` → 6012043. */
function kernelVersion(release: string): bigint {
  const [major = '0', minor = '0', patch = '0'] = /\d+(\.\d+)*/.exec(release)?.[0].split('.') ?? [];
  return BigInt(major) * 1_000_000n + BigInt(minor) * 1000n + BigInt(patch);
}

function supports({ peer }: Call, feature: number): boolean {
  switch (feature) {
    case features.keepalive:
      peer.startKeepalive();
      return true;
    case features.remote:
    case features.descriptors:
    case features.typedParameterStrings:
    case features.eventCallbacks:
    case features.closeCallbacks:
    case features.networkUpdateOrder:
      return true;
    default:
      return false;
  }
}
