/**
 * The plan by which the monitor starts init again after a reboot, once the devices of a running container differ from
 * those at its start. It is kept in the run folder, where the monitor looks for it each time.
 */
import { renameSync, writeFileSync } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { hostSideMac } from '../../domain/interface/mac-address';
import { fileError } from '../../host/state/file-error';
import { runPaths } from '../../host/state/state-paths';
import { encodePlan } from '../../plan/encode';
import type { Link } from '../../plan/network/links';
import { securityFacts } from '../../plan/security/labels';
import { interfacePlace } from '../interfaces/links';
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { LinkRecord, StartRecord } from '../record/run-state';
import type { DeviceNumbers } from '../sources/host-devices';
import { noImages } from '../sources/image-devices';
import type { Labelling } from '../security/labelled-start';
import { prepare, type PreparationInput } from '../start/preparation';

export type RestartRequest = Pick<
  PreparationInput,
  'host' | 'paths' | 'definition' | 'looks' | 'startTimeout'
> & {
  /** The record of the container as it runs. */
  readonly record: StartRecord;
  /** Called when no plan can be made: the monitor then leaves the restart to a process that starts the container anew. */
  readonly notice: (text: string) => void;
};

/** @throws SyscallError when it can't be written. */
export async function keepRestartPlan(request: RestartRequest): Promise<void> {
  const { paths, record, notice } = request;
  let bytes: Uint8Array;
  try {
    bytes = encodePlan(await compile(request));
  } catch (error) {
    notice(`a reboot starts the container with another monitor: ${String(error)}`);
    bytes = Buffer.alloc(0);
  }
  const { plan } = runPaths(paths, record.name);
  try {
    writeFileSync(`${plan}.new`, bytes, { mode: 0o600 });
    renameSync(`${plan}.new`, plan);
  } catch (error) {
    throw fileError(error, 'keep the plan of a restart');
  }
}

async function compile({ record, ...input }: RestartRequest) {
  const links = linksOf(input.definition, record);
  const { plan } = await prepare({
    ...input,
    hardening: record.hardening,
    consoleDescriptors: 0,
    passDescriptors: record.passed ?? 0,
    ...(record.standardStreams === true ? { standardStreams: true } : {}),
    autodestroy: record.autodestroy === true,
    links: {
      links,
      records: record.links ?? [],
      filters: [],
      reaches: [],
      switchPorts: [],
      undo: [],
    },
    images: {
      ...noImages,
      numbers: new Map((record.devices ?? []).map(numbersByNode)),
      undo: record.undo.filter((one) => one.undo === 'detachImage'),
    },
    labelling: labellingOf(record),
  });
  return plan;
}

function numbersByNode({ node, rule }: HostDevice): [string, DeviceNumbers] {
  return [node, rule];
}

function labellingOf({ security }: StartRecord): Labelling | undefined {
  if (security === undefined) return undefined;
  const own = security.model === 'apparmor' && security.type === 'dynamic';
  return {
    security,
    facts: securityFacts(security),
    sources: [],
    undo: [],
    ...(own ? { profile: { name: security.label, text: '' } } : {}),
  };
}

/** The interfaces of a container, with as much of each as a restart needs: it finds their host sides unchanged. */
function linksOf(definition: DomainDefinition, record: StartRecord): Link[] {
  const { links = [] } = record;
  const made = links.filter(({ type }) => type !== 'hostdev');
  const found = definition.interfaces.map((item, index) => {
    const one = made[index];
    if (one === undefined) throw new RangeError('an interface is not on record');
    return ofInterface(item, one, record);
  });
  const lent = definition.hostInterfaces.map(({ device, addresses, routes, position }): Link => {
    const place = { path: 'domain/devices/hostdev', position };
    return { kind: 'moved', host: device, guest: device, state: 'up', addresses, routes, place };
  });
  return [...found, ...lent];
}

function ofInterface(
  item: InterfaceDefinition,
  { host, guest, mac, device }: LinkRecord,
  { undo }: StartRecord,
): Link {
  const { linkState: state = 'up', addresses, routes } = item;
  const common = { guest, state, addresses, routes, place: interfacePlace(item), mac };
  if (host !== undefined) {
    const none = { hostAddresses: [], hostRoutes: [], isolated: false };
    return { kind: 'veth', host, hostMac: hostSideMac(mac), ...common, ...none };
  }
  const passes = undo.some((one) => one.undo === 'restoreAddress' && one.given === mac);
  const asked = item.type === 'direct' ? item.mode : 'bridge';
  const mode = passes ? 'passthrough' : asked;
  return { kind: 'macvlan', lower: device ?? '', mode, ...common };
}
