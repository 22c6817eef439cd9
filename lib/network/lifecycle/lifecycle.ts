/**
 * The start of a network. Each effect is recorded before it begins, so that after a crash at any point the next caller
 * can undo it. The caller holds the network's lock.
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
import { removeNames } from '../dnsmasq/names';
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
  /** Names of the bridges of other networks. */
  readonly takenBridges: readonly string[];
  /** Called when everything is set up, before others may use the network. If it throws, the start is rolled back. */
  readonly onMade: (definition: NetworkDefinition) => Promise<void>;
}

/** One step of a start, with what it borrows from the host. */
interface Step {
  readonly point: NetworkFailpoint;
  readonly borrows?: (network: ActiveNetwork) => Borrowed;
  readonly run: (network: ActiveNetwork, root: string) => Promise<void> | void;
}

/** Steps that run under the lock of the host's networks: after them, other processes can see the bridge and its subnets. */
const visibleSteps: readonly Step[] = [
  {
    point: 'network:after-bridge',
    borrows: ({ bridge, definition }) => ({ bridge: { name: bridge, mac: definition.mac ?? '' } }),
    run: makeBridge,
  },
  { point: 'network:after-parameters', run: setBridgeParameters },
  // Before the bridge has an address at which containers could reach the host.
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
      if (!wantsDnsmasq(network.definition)) return;
      // Leftovers of a former network namespace with the same number, whose processes were all killed.
      removeNames(network.bridge);
      await startDnsmasq(network);
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
 * @throws DefinitionError, with element and position, for what this version does not support or this host does not
 * have; TslxcError OPERATION_FAILED if a bridge or subnet is in use; the error of a step that fails. In all cases the start is
 * rolled back.
 */
export async function bringUp(start: NetworkStart): Promise<ActiveRecord> {
  const { paths, definition, takenBridges, onMade } = start;
  checkNetworkStartable(definition);
  if (!hasOwnBridge(definition)) {
    await checkForeignBridge(definition);
    await onMade(definition);
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
    await onMade(network.definition);
    return bringing.finish(network);
  } catch (error) {
    await bringing.undo(definition);
    throw error;
  }
}

/** The record of a starting network, to which each step adds what it borrows from the host. */
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

  /** What can't be returned stays on record for the next caller to try again. Never rejects: the start's own error is thrown. */
  async undo(definition: NetworkDefinition): Promise<void> {
    try {
      if (this.#record !== undefined) await takeDown(this.#paths, this.#record);
      writeOffRecord(this.#paths, definition, 'failed');
    } catch {
      // The record lists what remains.
    }
  }
}

function recordOf(definition: NetworkDefinition) {
  const { name, uuid } = definition;
  return { name, uuid, xml: formatNetwork(definition) };
}
