/** What `connect` and the methods of a Connection and of its Images and Networks take. */
import { domainSpec } from '../../domain/builder/spec-shape';
import { hardeningLevels } from '../../hardening';
import type { Logger } from '../../host/logger';
import type { MemoryMergingChange } from '../../host/node/memory-merging';
import type { PoolChange } from '../../host/node/pages';
import { imageDomain, pullOptions } from '../../image/shapes';
import type { NetworkUpdate } from '../../network/definition/update';
import type { NetworkSection, NetworkUpdateCommand } from '../../network/definition/update-names';
import {
  absolutePath,
  callback,
  either,
  flag,
  hasOneOf,
  kibibytes,
  listOf,
  number,
  numberOf,
  object,
  oneOf,
  optional,
  document,
  text,
  value,
  variants,
  wholeTime,
  word,
  type Shape,
} from '../../shape/shape';
import type { ConnectionEventName, ConnectionListener } from '../events/event-listeners';
import type { ImportOptions, NativeConfiguration } from '../import/types';
import type { PlanOptions } from '../lifecycle/plan';
import type { PurgeItem } from '../purge/item';
import type { PurgeOptions } from '../purge/purge';
import type { ConnectOptions, DefineOptions, WhichOption } from '../types';
import type { ListFilter } from '../lookup/list-filter';
import { ratesChange, textCalls } from './domain-calls';
import {
  autostart,
  createOptions,
  defineOptions,
  logOptions,
  signalOption,
  whichOneOption,
} from './option-shapes';
import { listFilter } from './filter-shapes';
import { connectionPoolCalls } from './storage-pool-calls';

/** A logger may be anything else besides. */
const logger: Shape<Logger> = value({
  words: 'an object with the methods debug, info, warn and error',
  fits: (one) =>
    typeof one === 'object' &&
    one !== null &&
    ['debug', 'info', 'warn', 'error'].every(
      (name) => typeof (one as Readonly<Record<string, unknown>>)[name] === 'function',
    ),
  example: console,
});

/** It can be left out, but only if all is. */
const uri: Shape<string> = value({
  words: 'text; the options come second',
  fits: (one) => typeof one === 'string',
  example: 'lxc:///',
});

const purgeItem: Shape<PurgeItem> = object<PurgeItem>({
  kind: oneOf(
    ...(['domain', 'network', 'pool', 'cgroup', 'partition', 'files'] as const),
    ...(['upper', 'snapshot', 'volume', 'unfinished'] as const),
  ),
  name: text,
  fate: oneOf('remove', 'keep'),
  state: optional(oneOf('running', 'off')),
  unreadable: optional(text),
});

export const connectParameters = [
  ['uri', optional(uri)],
  [
    'options',
    optional(
      object<ConnectOptions>({
        root: optional(absolutePath),
        logger: optional(logger),
        logLevel: optional(oneOf('debug', 'info')),
        access: optional(oneOf('read-write', 'read-only')),
        hardening: optional(oneOf(...hardeningLevels)),
        startTimeout: optional(wholeTime),
      }),
    ),
  ],
] as const;

const definition = either(document, domainSpec);

const cell = [
  'options',
  optional(object<{ readonly cell?: number | undefined }>({ cell: optional(number) })),
] as const;

const eventName = oneOf('domain', 'network', 'error');

export const connectionCalls = {
  defineDomain: [
    ['definition', definition],
    ['options', optional(defineOptions)],
  ],
  domainXmlFromNative: [
    ['format', text],
    ['configuration', object<NativeConfiguration>({ text: document, path: optional(text) })],
  ],
  importLibvirt: [
    [
      'options',
      optional(object<ImportOptions>({ from: optional(text), onItem: optional(callback()) })),
    ],
  ],
  createDomain: [
    ['definition', definition],
    ['options', optional(createOptions)],
  ],
  createFromImage: [
    ['image', text],
    ['domain', optional(imageDomain)],
    ['options', optional(createOptions)],
  ],
  lookupDomainByName: [['name', text]],
  lookupDomainByUuid: [['uuid', text]],
  lookupDomainById: [['id', number]],
  listDomains: [['filter', optional(listFilter)]],
  domainOf: [
    ['identity', object<Readonly<{ name: string; uuid: string }>>({ name: text, uuid: text })],
  ],
  listSeenDomains: [['filter', optional(listFilter)]],
  stats: [
    [
      'options',
      optional(
        object<{ readonly filter?: ListFilter | undefined }>({ filter: optional(listFilter) }),
      ),
    ],
  ],
  lastExit: [['name', text]],
  logs: [
    ['name', text],
    ['options', optional(logOptions)],
  ],
  logLines: [
    ['name', text],
    ['options', optional(logOptions)],
  ],
  plan: [
    [
      'target',
      variants<{ name: { readonly name: string }; xml: { readonly xml: string } }>(
        hasOneOf(['name', 'xml']),
        { name: { name: text }, xml: { xml: document } },
      ),
    ],
    [
      'options',
      optional(object<PlanOptions>({ strict: optional(flag), onWarning: optional(callback()) })),
    ],
  ],
  watchHealth: [['name', optional(text)]],
  defineNetwork: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  createNetwork: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  lookupNetworkByName: [['name', text]],
  lookupNetworkByUuid: [['uuid', text]],
  listNetworks: [['filter', optional(listFilter)]],
  ...connectionPoolCalls,
  events: [['options', optional(signalOption)]],
  networkEvents: [['options', optional(signalOption)]],
  on: [
    ['name', eventName],
    ['listener', callback<ConnectionListener<ConnectionEventName>>()],
  ],
  once: [
    ['name', eventName],
    ['listener', callback<ConnectionListener<ConnectionEventName>>()],
  ],
  off: [
    ['name', eventName],
    ['listener', callback<ConnectionListener<ConnectionEventName>>()],
  ],
  nodeCpuStats: [
    ['options', optional(object<{ readonly cpu?: number | undefined }>({ cpu: optional(number) }))],
  ],
  nodeMemoryStats: [cell],
  nodeFreeMemory: [cell],
  nodeFreePages: [cell],
  nodeAllocatePages: [
    [
      'change',
      object<PoolChange>({
        size: kibibytes,
        count: number,
        how: oneOf('set', 'add'),
        cell: optional(number),
      }),
    ],
  ],
  setNodeMemoryMerging: [
    [
      'change',
      object<MemoryMergingChange>({
        pagesToScan: optional(number),
        sleepMilliseconds: optional(number),
        mergeAcrossNodes: optional(flag),
      }),
    ],
  ],
  suspendNode: [
    ['target', oneOf('mem', 'disk', 'hybrid')],
    ['seconds', numberOf('seconds')],
  ],
  purge: [
    [
      'options',
      optional(
        object<PurgeOptions>({ onItem: optional(callback()), shown: optional(listOf(purgeItem)) }),
      ),
    ],
  ],
} as const;

export const imagesCalls = {
  pull: [
    ['source', text],
    ['options', optional(pullOptions)],
  ],
  lookup: [['name', text]],
  remove: [['name', text]],
  domainXml: [
    ['name', text],
    ['domain', optional(imageDomain)],
  ],
} as const;

export const networkCalls = {
  leases: [
    ['options', optional(object<{ readonly mac?: string | undefined }>({ mac: optional(text) }))],
  ],
  xml: [['options', optional(whichOneOption)]],
  update: [
    [
      'update',
      object<NetworkUpdate & WhichOption & Pick<DefineOptions, 'onWarning'>>({
        command: word<NetworkUpdateCommand>('modify'),
        section: word<NetworkSection>('bridge'),
        xml: document,
        parentIndex: optional(number),
        which: optional(oneOf('live', 'inactive', 'both')),
        onWarning: optional(callback()),
      }),
    ],
  ],
  ...textCalls,
  portXml: [['uuid', text]],
  createPort: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  deletePort: [['uuid', text]],
  getPortBandwidth: [['uuid', text]],
  setPortBandwidth: [
    ['uuid', text],
    ['change', ratesChange],
  ],
  setAutostart: [['autostart', autostart]],
} as const;
