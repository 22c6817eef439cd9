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
  attach: (): typeof import('./attach') => require('./attach'),
  console: (): typeof import('./commands/console') => require('./commands/console'),
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
  blkiotune: (): CommandModule => require('./commands/blkiotune'),
  console: (): CommandModule => require('./commands/console'),
  define: (): CommandModule => require('./commands/define'),
  domifInspect: (): CommandModule => require('./commands/domif-inspect'),
  domifaddr: (): CommandModule => require('./commands/domifaddr'),
  domiftune: (): CommandModule => require('./commands/domiftune'),
  domifSetlink: (): CommandModule => require('./commands/domif-setlink'),
  help: (): CommandModule => require('./commands/help'),
  host: (): CommandModule => require('./commands/host'),
  inspect: (): CommandModule => require('./commands/inspect'),
  list: (): CommandModule => require('./commands/list'),
  memory: (): CommandModule => require('./commands/memory'),
  mkroot: (): CommandModule => require('./commands/mkroot'),
  netDefine: (): CommandModule => require('./commands/net-define'),
  netDhcpLeases: (): CommandModule => require('./commands/net-dhcp-leases'),
  netEvent: (): CommandModule => require('./commands/net-event'),
  netInspect: (): CommandModule => require('./commands/net-inspect'),
  netList: (): CommandModule => require('./commands/net-list'),
  netStart: (): CommandModule => require('./commands/net-start'),
  numatune: (): CommandModule => require('./commands/numatune'),
  plan: (): CommandModule => require('./commands/plan'),
  reap: (): CommandModule => require('./commands/reap'),
  schedinfo: (): CommandModule => require('./commands/schedinfo'),
  start: (): CommandModule => require('./commands/start'),
} as const;

/** Verb → the module that has it. */
const verbs: Readonly<Record<string, keyof typeof modules>> = {
  blkiotune: 'blkiotune',
  console: 'console',
  cpuset: 'schedinfo',
  create: 'start',
  define: 'define',
  destroy: 'start',
  domid: 'inspect',
  'domif-getlink': 'domifInspect',
  'domif-setlink': 'domifSetlink',
  domifaddr: 'domifaddr',
  domiflist: 'domifInspect',
  domifstat: 'domifInspect',
  domiftune: 'domiftune',
  dominfo: 'inspect',
  domname: 'inspect',
  domstate: 'inspect',
  domuuid: 'inspect',
  dumpxml: 'inspect',
  help: 'help',
  list: 'list',
  memtune: 'memory',
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
  numatune: 'numatune',
  pidtune: 'numatune',
  plan: 'plan',
  reap: 'reap',
  schedinfo: 'schedinfo',
  setmaxmem: 'memory',
  setmem: 'memory',
  setvcpus: 'schedinfo',
  start: 'start',
  ttyconsole: 'inspect',
  undefine: 'define',
  uri: 'host',
  version: 'host',
};

/** Every verb, in alphabetical order. */
export const verbNames: readonly string[] = Object.keys(verbs);

/** The table with this verb in it; undefined when there is no such verb. */
export function commandsWith(verb: string): CommandTable | undefined {
  const name = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  return name === undefined ? undefined : modules[name]().commands;
}
