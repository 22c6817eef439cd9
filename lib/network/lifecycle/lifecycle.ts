/**
 * The start of a network. Each effect is on record before it begins, so that whoever comes next, after a
 * crash at any point, can take back what is there. Under the network's lock.
 */
import type { StatePaths } from '../../host/state/state-paths';
import { activeNetwork } from '../active-network';
import type { ActiveNetwork } from '../active-network';
import {
  addBridgeAddresses,
  addBridgeRoutes,
  bringBridgeUp,
  makeBridge,
  setBridgeParameters,
} from '../bridge/bridge';
import { checkForeignBridge, chooseBridge } from '../bridge/choice';
import { hasOwnBridge } from '../definition/definition';
import type { NetworkDefinition } from '../definition/definition';
import { startDnsmasq } from '../dnsmasq/dnsmasq';
import { wantsDnsmasq } from '../dnsmasq/config';
import { reach } from './failpoint';
import type { NetworkFailpoint } from './failpoint';
import { openFirewall } from '../firewall/firewall';
import { firewallRules } from '../firewall/rules';
import { formatNetwork } from '../definition/format';
import { claimForwarding, forwardedFamilies } from '../bridge/forwarding';
import { withHostNetworks } from './network-lock';
import { shapeNetwork } from '../shaping/shaping';
import { writeActiveRecord, writeOffRecord } from './state';
import type { ActiveRecord, Borrowed } from './state';
import { takeDown } from './take-down';
import { checkNetworkStartable } from '../definition/check-mode';

export interface NetworkStart {
  readonly paths: StatePaths;
  readonly definition: NetworkDefinition;
  /** Names that the bridges of other networks have. */
  readonly takenBridges: readonly string[];
}

/** One step, with what it borrows. */
interface Step {
  readonly point: NetworkFailpoint;
  readonly borrows?: (network: ActiveNetwork) => Borrowed;
  readonly run: (network: ActiveNetwork, root: string) => Promise<void> | void;
}

/** Done while nobody else of this host chooses a bridge or subnet: at their end both are seen to be in use. */
const visibleSteps: readonly Step[] = [
  {
    point: 'network:after-bridge',
    borrows: ({ bridge, definition }) => ({ bridge: { name: bridge, mac: definition.mac ?? '' } }),
    run: makeBridge,
  },
  { point: 'network:after-parameters', run: setBridgeParameters },
  // Before there is an address that anybody could talk to.
  {
    point: 'network:after-firewall',
    borrows: (network) => (firewallRules(network) === undefined ? {} : { firewall: true }),
    run: openFirewall,
  },
  { point: 'network:after-addresses', run: addBridgeAddresses },
  { point: 'network:after-up', run: bringBridgeUp },
];

const laterSteps: readonly Step[] = [
  { point: 'network:after-routes', run: addBridgeRoutes },
  {
    point: 'network:after-forwarding',
    borrows: (network) => (forwardedFamilies(network).length > 0 ? { forwarding: true } : {}),
    run: claimForwarding,
  },
  {
    point: 'network:after-dnsmasq',
    borrows: (network) => (wantsDnsmasq(network.definition) ? { dnsmasq: true } : {}),
    run: async (network) => {
      if (wantsDnsmasq(network.definition)) await startDnsmasq(network);
    },
  },
  {
    point: 'network:after-shaping',
    borrows: ({ definition }) => (definition.bandwidth === undefined ? {} : { shaping: true }),
    run: async (network) => {
      if (network.definition.bandwidth !== undefined) await shapeNetwork(network);
    },
  },
];

/**
 * @throws DefinitionError, with element and position, for what this version does not carry out or this host does not
 * have; TslxcError OPERATION_FAILED when a bridge or subnet is in use; whatever a step throws. The host is then as before.
 */
export async function bringUp(start: NetworkStart): Promise<ActiveRecord> {
  const { paths, definition, takenBridges } = start;
  checkNetworkStartable(definition);
  if (!hasOwnBridge(definition)) {
    await checkForeignBridge(definition);
    return writeActiveRecord(paths, { ...recordOf(definition), phase: 'running', borrowed: {} });
  }
  const bringing = new BringingUp(paths);
  try {
    const network = await withHostNetworks(async () => {
      const chosen = activeNetwork(paths, await chooseBridge(definition, takenBridges));
      bringing.record(chosen, {});
      reach('network:after-record');
      await bringing.run(visibleSteps, chosen);
      return chosen;
    });
    await bringing.run(laterSteps, network);
    return bringing.finish(network);
  } catch (error) {
    await bringing.undo(definition);
    throw error;
  }
}

/** The record of a network on its way up, which grows with what it borrows. */
class BringingUp {
  readonly #paths: StatePaths;
  #record: ActiveRecord | undefined;

  constructor(paths: StatePaths) {
    this.#paths = paths;
  }

  record({ definition }: ActiveNetwork, borrowed: Borrowed): void {
    const what = { ...recordOf(definition), phase: 'starting', borrowed } as const;
    this.#record = writeActiveRecord(this.#paths, what);
  }

  async run(steps: readonly Step[], network: ActiveNetwork): Promise<void> {
    for (const { point, borrows, run } of steps) {
      const more = borrows?.(network) ?? {};
      if (Object.keys(more).length > 0)
        this.record(network, { ...this.#record?.borrowed, ...more });
      await run(network, this.#paths.root);
      reach(point);
    }
  }

  finish({ definition }: ActiveNetwork): ActiveRecord {
    const borrowed = this.#record?.borrowed ?? {};
    const what = { ...recordOf(definition), phase: 'running', borrowed } as const;
    const record = writeActiveRecord(this.#paths, what);
    this.#record = record;
    reach('network:after-running-record');
    return record;
  }

  /** What can't be given back stays on record, and is tried again by whoever looks next: the failure before it counts. */
  async undo(definition: NetworkDefinition): Promise<void> {
    try {
      if (this.#record !== undefined) await takeDown(this.#paths, this.#record);
      writeOffRecord(this.#paths, definition, 'failed');
    } catch {
      // The record says what is left.
    }
  }
}

function recordOf(definition: NetworkDefinition) {
  const { name, uuid } = definition;
  return { name, uuid, xml: formatNetwork(definition) };
}
