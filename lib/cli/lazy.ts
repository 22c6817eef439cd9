/**
 * Modules that only some commands need, each loaded by the first that does: the start of the command is
 * measured against `node -e 0`. require() and not import(), which would start Node's ES module loader.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return --
   the return types are those of the very modules that are loaded */

import type { CommandTable } from './command';

export const lazy = {
  library: (): typeof import('../index') => require('../index'),
  native: (): typeof import('../host/native') => require('../host/native'),
  xml: (): typeof import('../domain/xml') => require('../domain/xml'),
  editLoop: (): typeof import('./edit-loop') => require('./edit-loop'),
  attach: (): typeof import('./attach') => require('./attach'),
  console: (): typeof import('./commands/console') => require('./commands/console'),
  commandSession: (): typeof import('./command-session') => require('./command-session'),
  doctor: (): typeof import('../driver/doctor/check-host') =>
    require('../driver/doctor/check-host'),
  foreground: (): typeof import('./foreground') => require('./foreground'),
  handshake: (): typeof import('./handshake-report') => require('./handshake-report'),
  help: (): typeof import('./commands/help') => require('./commands/help'),
  log: (): typeof import('./log') => require('./log'),
  rootfs: (): typeof import('../rootfs/make-root') => require('../rootfs/make-root'),
  table: (): typeof import('./table') => require('./table'),
  packageJson: (): { readonly version: string } => require('../../package.json'),
} as const;

interface CommandModule {
  readonly commands: CommandTable;
}

const modules = {
  annotate: (): CommandModule => require('./commands/annotate'),
  autostart: (): CommandModule => require('./commands/autostart'),
  blkiotune: (): CommandModule => require('./commands/blkiotune'),
  console: (): CommandModule => require('./commands/console'),
  define: (): CommandModule => require('./commands/define'),
  doctor: (): CommandModule => require('./commands/doctor'),
  domainUsage: (): CommandModule => require('./commands/domain-usage'),
  domifInspect: (): CommandModule => require('./commands/domif-inspect'),
  domifSetlink: (): CommandModule => require('./commands/domif-setlink'),
  domifaddr: (): CommandModule => require('./commands/domifaddr'),
  domiftune: (): CommandModule => require('./commands/domiftune'),
  domstats: (): CommandModule => require('./commands/domstats'),
  edit: (): CommandModule => require('./commands/edit'),
  event: (): CommandModule => require('./commands/event'),
  exec: (): CommandModule => require('./commands/exec'),
  help: (): CommandModule => require('./commands/help'),
  host: (): CommandModule => require('./commands/host'),
  inspect: (): CommandModule => require('./commands/inspect'),
  list: (): CommandModule => require('./commands/list'),
  logs: (): CommandModule => require('./commands/logs'),
  memory: (): CommandModule => require('./commands/memory'),
  mkroot: (): CommandModule => require('./commands/mkroot'),
  netDefine: (): CommandModule => require('./commands/net-define'),
  netDhcpLeases: (): CommandModule => require('./commands/net-dhcp-leases'),
  netEvent: (): CommandModule => require('./commands/net-event'),
  netInspect: (): CommandModule => require('./commands/net-inspect'),
  netList: (): CommandModule => require('./commands/net-list'),
  netStart: (): CommandModule => require('./commands/net-start'),
  node: (): CommandModule => require('./commands/node'),
  numatune: (): CommandModule => require('./commands/numatune'),
  plan: (): CommandModule => require('./commands/plan'),
  purge: (): CommandModule => require('./commands/purge'),
  reap: (): CommandModule => require('./commands/reap'),
  schedinfo: (): CommandModule => require('./commands/schedinfo'),
  start: (): CommandModule => require('./commands/start'),
  wait: (): CommandModule => require('./commands/wait'),
} as const;

/** Verb → the module that has it. */
const verbs: Readonly<Record<string, keyof typeof modules>> = {
  autostart: 'autostart',
  'autostart-all': 'autostart',
  blkiotune: 'blkiotune',
  console: 'console',
  'cpu-stats': 'domainUsage',
  cpuset: 'schedinfo',
  create: 'start',
  define: 'define',
  desc: 'annotate',
  destroy: 'start',
  doctor: 'doctor',
  domblkstat: 'domainUsage',
  domid: 'inspect',
  'domif-getlink': 'domifInspect',
  'domif-setlink': 'domifSetlink',
  domifaddr: 'domifaddr',
  domiflist: 'domifInspect',
  domifstat: 'domifInspect',
  domiftune: 'domiftune',
  dominfo: 'inspect',
  dommemstat: 'domainUsage',
  domname: 'inspect',
  domrename: 'annotate',
  domstate: 'inspect',
  domstats: 'domstats',
  domuuid: 'inspect',
  dumpxml: 'inspect',
  edit: 'edit',
  event: 'event',
  exec: 'exec',
  help: 'help',
  list: 'list',
  logs: 'logs',
  'lxc-enter-namespace': 'exec',
  memtune: 'memory',
  metadata: 'annotate',
  mkroot: 'mkroot',
  'net-autostart': 'netStart',
  'net-create': 'netDefine',
  'net-define': 'netDefine',
  'net-destroy': 'netStart',
  'net-dhcp-leases': 'netDhcpLeases',
  'net-dumpxml': 'netInspect',
  'net-event': 'netEvent',
  'net-info': 'netInspect',
  'net-list': 'netList',
  'net-name': 'netInspect',
  'net-start': 'netStart',
  'net-undefine': 'netDefine',
  'net-uuid': 'netInspect',
  nodecpustats: 'node',
  nodeinfo: 'node',
  nodememstats: 'node',
  numatune: 'numatune',
  pidtune: 'numatune',
  plan: 'plan',
  purge: 'purge',
  reap: 'reap',
  schedinfo: 'schedinfo',
  setmaxmem: 'memory',
  setmem: 'memory',
  setvcpus: 'schedinfo',
  shell: 'exec',
  start: 'start',
  ttyconsole: 'inspect',
  undefine: 'define',
  uri: 'host',
  version: 'host',
  wait: 'wait',
};

/** Every verb, in alphabetical order. */
export const verbNames: readonly string[] = Object.keys(verbs);

/** The table with this verb in it; undefined when there is no such verb. */
export function commandsWith(verb: string): CommandTable | undefined {
  const name = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  return name === undefined ? undefined : modules[name]().commands;
}
