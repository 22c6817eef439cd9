/** What keeps the fakes of the library's classes true to them: the compiler compares every member that both have. */
import type {
  Connection,
  Domain,
  HostInterfaces,
  Network,
  NetworkFilters,
  NodeDevices,
} from '../../../../lib/index';
import type { FakeConnection } from './fake-connection';
import type { FakeConsole } from './fake-console';
import type { FakeDomain } from './fake-domain';
import type { FakeNetworkFilters } from './fake-network-filters';
import type { FakeHostInterfaces } from './fake-host-interfaces';
import type { FakeNetwork } from './fake-network';
import type { FakeNodeDevices } from './fake-node-devices';

/** What a fake gives in the place of what the library does: the classes have private fields, so that nothing else is assignable to them. */
type Given<Value> =
  Value extends Promise<infer Result>
    ? Promise<Given<Result>>
    : Value extends Domain
      ? FakeDomain
      : Value extends Network
        ? FakeNetwork
        : Value extends Connection
          ? FakeConnection
          : Value extends NodeJS.ReadWriteStream
            ? FakeConsole
            : Value extends { readonly domain: Domain }
              ? { readonly [Key in keyof Value]: Given<Value[Key]> }
              : Value extends readonly (infer Item)[]
                ? readonly Given<Item>[]
                : Value;

type Member<Real> = Real extends (...given: infer Parameters) => infer Result
  ? (...given: Parameters) => Given<Result>
  : Real extends NodeDevices
    ? Faked<NodeDevices, FakeNodeDevices>
    : Real extends HostInterfaces
      ? Faked<HostInterfaces, FakeHostInterfaces>
      : Real extends NetworkFilters
        ? Faked<NetworkFilters, FakeNetworkFilters>
        : Real;

/** The members that `Fake` has of `Real`, as they have to be. A fake may have more: what tests look at. */
export type Faked<Real, Fake> = { readonly [Key in keyof Real & keyof Fake]: Member<Real[Key]> };
