/** Attaches and detaches devices of running containers, for the driver. */
import type { Device } from '../../domain/devices/device';
import type { DomainDefinition } from '../../domain/definition';
import type { HostFacts } from '../../host/facts';
import type { StatePaths } from '../../host/state/state-paths';
import type { Port } from '../../plan/network/links';
import type { Lookers } from '../looks/looks';
import type { Recording } from '../record/recording';
import type { LinkRecord, RunningRecord, StartRecord } from '../record/run-state';
import { attachLink, checkLink, detachLink } from './attached-links';
import { attachNode, detachNode } from './attached-nodes';
import { attachTree, detachTree } from './attached-trees';
import type { AttachRequest, DeviceOf, DeviceRequest } from './device-request';
import { takeOut, type PlugContext } from './plug';
import { keepRestartPlan } from './restart-plan';

/** A container that runs. */
export interface RunningDevices {
  readonly paths: StatePaths;
  readonly lookers: Lookers;
  /** Timeout of a start, in milliseconds. */
  readonly startTimeout: number;
  /** Milliseconds that each step may take which something may block. */
  readonly within: number;
  readonly start: StartRecord;
  readonly running: RunningRecord;
  /** The definition that runs, with the ids that it was given. */
  readonly definition: DomainDefinition;
  /** Parses the XML of a record; the definition has the ids that it was given. */
  readonly parse: (xml: string) => DomainDefinition;
  readonly notice: (text: string) => void;
  /** See `PlugContext`. */
  readonly onOut: (record: StartRecord) => Promise<void>;
}

/** A device of it, and the XML that its record has afterwards. */
export interface DeviceOfRunning {
  readonly device: Device;
  readonly xml: string;
}

export interface AttachedDevice extends DeviceOfRunning {
  readonly port?: Port;
  readonly recording?: Recording;
  readonly beforeLinked?: (link: LinkRecord) => Promise<void>;
  readonly whenLinked?: (link: LinkRecord) => Promise<void>;
}

/** See the functions of the same names; `settle` finishes an interrupted change: see `takeOut`. */
export interface DeviceControl {
  checkLink(running: RunningDevices, device: DeviceOf<'interfaces'>): Promise<void>;
  attach(running: RunningDevices, attached: AttachedDevice): Promise<StartRecord>;
  detach(running: RunningDevices, detached: DeviceOfRunning): Promise<StartRecord>;
  settle(running: RunningDevices): Promise<StartRecord>;
}

/** `facts` returns the facts of this host. */
export function deviceControl(facts: () => HostFacts): DeviceControl {
  return {
    checkLink: (running, device) => {
      return checkLink({ context: contextOf(running, facts()), start: running.start, device });
    },
    attach: (running, attached) => attach(requestOf(running, attached, facts())),
    detach: (running, detached) => detach(requestOf(running, detached, facts())),
    settle: async (running) => takeOut(contextOf(running, facts()), running.start),
  };
}

/**
 * Called with the domain's lock held. Returns the resulting record.
 *
 * @throws as the functions for each kind; the container, the host and the record are then as they were.
 */
async function attach(request: AttachRequest): Promise<StartRecord> {
  const { device } = request;
  switch (device.list) {
    case 'interfaces':
    case 'hostInterfaces':
      return await attachLink({ ...request, device });
    case 'disks':
    case 'hostDevices':
      return await attachNode({ ...request, device });
    case 'filesystems':
      return await attachTree({ ...request, device });
  }
}

async function detach(request: DeviceRequest): Promise<StartRecord> {
  const { device } = request;
  switch (device.list) {
    case 'interfaces':
    case 'hostInterfaces':
      return await detachLink({ ...request, device });
    case 'disks':
    case 'hostDevices':
      return await detachNode({ ...request, device });
    case 'filesystems':
      return await detachTree({ ...request, device });
  }
}

function requestOf(running: RunningDevices, of: AttachedDevice, host: HostFacts): AttachRequest {
  return {
    ...of,
    context: contextOf(running, host),
    start: running.start,
    after: running.parse(of.xml),
  };
}

function contextOf(devices: RunningDevices, host: HostFacts): PlugContext {
  const { paths, lookers, startTimeout, within, start, running, definition } = devices;
  const { parse, notice, onOut } = devices;
  return {
    paths,
    name: start.name,
    running,
    layout: host.cgroups,
    definition,
    lookers,
    within,
    notice,
    onOut,
    keepPlan: async (record) => {
      using looks = lookers.looks({ within });
      const known = { host, paths, looks, startTimeout, record, notice };
      await keepRestartPlan({ ...known, definition: parse(record.xml) });
    },
  };
}
