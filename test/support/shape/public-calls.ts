/** What each public call takes: the tables by which the library compares arguments. */
import { consoleCalls } from '../../../lib/container/console/console-stream';
import { commandCalls, terminalCommandCalls } from '../../../lib/container/exec/command-process';
import {
  connectionCalls,
  imagesCalls,
  networkCalls,
} from '../../../lib/driver/arguments/connection-calls';
import { domainCalls } from '../../../lib/driver/arguments/domain-calls';
import { execParameters } from '../../../lib/driver/exec/exec-parameters';
import { hostInterfacesCalls } from '../../../lib/driver/host-interfaces/calls';
import { networkFiltersCalls } from '../../../lib/driver/network-filters/calls';
import { nodeDevicesCalls } from '../../../lib/driver/node-devices/calls';
import { secretsCalls } from '../../../lib/driver/secrets/calls';
import { snapshotCalls } from '../../../lib/driver/snapshots/snapshot-calls';
import { storagePoolCalls } from '../../../lib/driver/arguments/storage-pool-calls';
import { storageVolumeCalls } from '../../../lib/driver/arguments/storage-volume-calls';
import { volumesCalls } from '../../../lib/driver/volumes/calls';
import type { AnyParameters } from '../../../lib/shape/arguments';

export const publicCalls: Readonly<Record<string, Readonly<Record<string, AnyParameters>>>> = {
  Connection: connectionCalls,
  Domain: { ...domainCalls, exec: execParameters },
  Network: networkCalls,
  StoragePool: storagePoolCalls,
  StorageVolume: storageVolumeCalls,
  Images: imagesCalls,
  NodeDevices: nodeDevicesCalls,
  HostInterfaces: hostInterfacesCalls,
  Secrets: secretsCalls,
  Volumes: volumesCalls,
  NetworkFilters: networkFiltersCalls,
  DomainSnapshots: snapshotCalls,
  CommandProcess: commandCalls,
  TerminalProcess: terminalCommandCalls,
  ConsoleStream: consoleCalls,
};
