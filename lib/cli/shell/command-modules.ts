/**
 * The modules of commands/. Each is loaded when one of its verbs is needed, since the start of the command is measured against
 * `node -e 0`; by require(), since import() would start Node's loader of ES modules. A module is only known by the table that it
 * exports, so this file needs no types of the modules.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return --
   every module of commands/ exports a CommandTable */

import type { CommandTable } from './command';

interface CommandModule {
  readonly commands: CommandTable;
}

export const modules = {
  annotate: (): CommandModule => require('../commands/domain/annotate'),
  attachDisk: (): CommandModule => require('../commands/devices/attach-disk'),
  attachInterface: (): CommandModule => require('../commands/devices/attach-interface'),
  autostart: (): CommandModule => require('../commands/domain/autostart'),
  blkiotune: (): CommandModule => require('../commands/limits/blkiotune'),
  blocks: (): CommandModule => require('../commands/devices/blocks'),
  builtIns: (): CommandModule => require('../commands/host/built-ins'),
  clone: (): CommandModule => require('../commands/snapshots/clone'),
  completion: (): CommandModule => require('../commands/host/completion'),
  console: (): CommandModule => require('../commands/domain/console'),
  daemon: (): CommandModule => require('../commands/host/daemon'),
  define: (): CommandModule => require('../commands/domain/define'),
  devices: (): CommandModule => require('../commands/devices/attach-device'),
  doctor: (): CommandModule => require('../commands/host/doctor'),
  domainUsage: (): CommandModule => require('../commands/statistics/domain-usage'),
  domifInspect: (): CommandModule => require('../commands/network/domif-inspect'),
  domifSetlink: (): CommandModule => require('../commands/network/domif-setlink'),
  domifaddr: (): CommandModule => require('../commands/network/domifaddr'),
  domiftune: (): CommandModule => require('../commands/network/domiftune'),
  domstats: (): CommandModule => require('../commands/statistics/domstats'),
  domxmlFromNative: (): CommandModule => require('../commands/import/domxml-from-native'),
  edit: (): CommandModule => require('../commands/domain/edit'),
  event: (): CommandModule => require('../commands/domain/event'),
  exec: (): CommandModule => require('../commands/domain/exec'),
  help: (): CommandModule => require('../commands/host/help'),
  host: (): CommandModule => require('../commands/host/host'),
  hostname: (): CommandModule => require('../commands/domain/hostname'),
  hugepagetune: (): CommandModule => require('../commands/limits/hugepagetune'),
  imageRun: (): CommandModule => require('../commands/image/run'),
  images: (): CommandModule => require('../commands/image/pull'),
  import: (): CommandModule => require('../commands/import/import'),
  inspect: (): CommandModule => require('../commands/domain/inspect'),
  list: (): CommandModule => require('../commands/domain/list'),
  logs: (): CommandModule => require('../commands/domain/logs'),
  memory: (): CommandModule => require('../commands/limits/memory'),
  mkroot: (): CommandModule => require('../commands/host/mkroot'),
  netAnnotate: (): CommandModule => require('../commands/network/net-annotate'),
  netDefine: (): CommandModule => require('../commands/network/net-define'),
  netDhcpLeases: (): CommandModule => require('../commands/network/net-dhcp-leases'),
  netEvent: (): CommandModule => require('../commands/network/net-event'),
  netInspect: (): CommandModule => require('../commands/network/net-inspect'),
  netList: (): CommandModule => require('../commands/network/net-list'),
  netPort: (): CommandModule => require('../commands/network/net-port'),
  netStart: (): CommandModule => require('../commands/network/net-start'),
  netUpdate: (): CommandModule => require('../commands/network/net-update'),
  node: (): CommandModule => require('../commands/host/node'),
  nodeMemory: (): CommandModule => require('../commands/host/node-memory'),
  nodePower: (): CommandModule => require('../commands/host/node-power'),
  nodedevInspect: (): CommandModule => require('../commands/node-device/nodedev-inspect'),
  nodedevList: (): CommandModule => require('../commands/node-device/nodedev-list'),
  numatune: (): CommandModule => require('../commands/limits/numatune'),
  plan: (): CommandModule => require('../commands/host/plan'),
  power: (): CommandModule => require('../commands/domain/power'),
  purge: (): CommandModule => require('../commands/host/purge'),
  reap: (): CommandModule => require('../commands/host/reap'),
  refusedOfDevices: (): CommandModule => require('../commands/refused/of-devices'),
  refusedOfDomains: (): CommandModule => require('../commands/refused/of-domains'),
  refusedOfHosts: (): CommandModule => require('../commands/refused/of-hosts'),
  schedinfo: (): CommandModule => require('../commands/limits/schedinfo'),
  snapshotChange: (): CommandModule => require('../commands/snapshots/snapshot-change'),
  snapshotCreate: (): CommandModule => require('../commands/snapshots/snapshot-create'),
  snapshotInspect: (): CommandModule => require('../commands/snapshots/snapshot-inspect'),
  snapshotList: (): CommandModule => require('../commands/snapshots/snapshot-list'),
  start: (): CommandModule => require('../commands/domain/start'),
  top: (): CommandModule => require('../commands/statistics/top'),
  wait: (): CommandModule => require('../commands/domain/wait'),
  watchHealth: (): CommandModule => require('../commands/host/watch-health'),
} as const;
