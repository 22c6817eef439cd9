/** What the methods of a Domain take. */
import { windowSize } from '../../container/console/window-size';
import { memorySize } from '../../domain/builder/spec-shape';
import type { MetadataContent } from '../../domain/elements/metadata';
import type { BlockDeviceTuning } from '../../domain/tuning/definition';
import { rate } from '../../domain/interface/rate-shape';
import {
  abortSignal,
  absolutePath,
  callback,
  either,
  flag,
  kibibytes,
  listOf,
  milliseconds,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  document,
  text,
  timeFrom,
  value,
  variants,
  word,
  hasOneOf,
  wholeBetween,
  type Shape,
} from '../../shape/shape';
import { detachedParameters } from '../exec/exec-parameters';
import type { RatesChange } from '../interfaces/rates';
import type { AddressSource } from '../interfaces/types';
import type { DestroyOptions, PowerOptions } from '../lifecycle/power-types';
import type {
  BlockTuningChange,
  CpuTuningChange,
  HugepageLimitChange,
  MemoryTuningChange,
  NumaTuningChange,
  VcpuChange,
} from '../limits/types';
import type { CloneOptions } from '../snapshots/types';
import type { WatchOptions } from '../statistics/types';
import type { ConsoleOptions, UndefineOptions } from '../types';
import type {
  AddressWait,
  ConsoleWait,
  ExecWait,
  ExitWait,
  HealthWait,
  PortWait,
  StateWait,
  WaitLimits,
  WaitOptions,
} from '../waits/types';
import {
  consoleDevice,
  deviceOptions,
  logOptions,
  autostart,
  startOptions,
  whichOneOption,
  whichOption,
} from './option-shapes';

const powerMode = oneOf('auto', 'initctl', 'signal');

const powerOptions = object<PowerOptions>({
  mode: optional(either(powerMode, listOf(powerMode))),
  timeout: optional(timeFrom(0)),
  signal: optional(abortSignal),
});

const consoleOptions = object<ConsoleOptions>({
  device: optional(consoleDevice),
  size: optional(windowSize),
  from: optional(oneOf('replay', 'live')),
  replay: optional(oneOf('raw', 'quiet')),
});

/** Of whichever realm. */
const regularExpression: Shape<RegExp> = value({
  words: 'a regular expression',
  fits: (one) => Object.prototype.toString.call(one) === '[object RegExp]',
  example: /x/,
});

const isTrue: Shape<true> = value({ words: 'true', fits: (one) => one === true, example: true });

const waitLimits = { timeout: optional(timeFrom(0)), signal: optional(abortSignal) } as const;

const waits = ['address', 'port', 'console', 'exec', 'exit', 'state', 'healthy'];

const waitOptions: Shape<WaitOptions> = variants<{
  address: AddressWait;
  port: PortWait;
  console: ConsoleWait;
  exec: ExecWait;
  exit: ExitWait;
  state: StateWait;
  healthy: HealthWait;
}>(hasOneOf(waits), {
  address: { ...waitLimits, address: oneOf('ipv4', 'ipv6') },
  port: { ...waitLimits, port: wholeBetween(1, 0xffff) },
  console: { ...waitLimits, console: regularExpression },
  exec: { ...waitLimits, exec: listOf(text) },
  exit: { ...waitLimits, exit: either(oneOf('any'), wholeBetween(0, 255)) },
  state: { ...waitLimits, state: oneOf('running', 'paused', 'shutoff') },
  healthy: { ...waitLimits, healthy: isTrue },
});

const metadata = object<MetadataContent>({ key: text, xml: document });

const limit = either(oneOf('unlimited'), number);

const memory = either(kibibytes, memorySize);

const memoryLimit = either(oneOf('unlimited'), memory);

const blockDevice = object<BlockDeviceTuning>(
  {
    path: text,
    weight: optional(number),
    readIops: optional(number),
    writeIops: optional(number),
    readBytes: optional(number),
    writeBytes: optional(number),
  },
  { readBps: "did you mean 'readBytes'?", writeBps: "did you mean 'writeBytes'?" },
);

const rateChange = optional(either(oneOf('none'), rate));

export const ratesChange = object<RatesChange>({ inbound: rateChange, outbound: rateChange });

const which = ['options', optional(whichOption)] as const;
const whichOne = ['options', optional(whichOneOption)] as const;

export const textCalls = {
  getTitle: [which],
  setTitle: [['title', optional(text)], which],
  getDescription: [which],
  setDescription: [['description', optional(text)], which],
  getMetadata: [['uri', text], which],
  setMetadata: [['uri', text], ['content', optional(metadata)], which],
} as const;

const limitCalls = {
  getMemory: [which],
  setMemory: [['memory', memory], which],
  setMaxMemory: [['maximum', memory], which],
  getMemoryTuning: [which],
  setMemoryTuning: [
    [
      'change',
      object<MemoryTuningChange>({
        hardLimit: optional(memoryLimit),
        softLimit: optional(memoryLimit),
        swapHardLimit: optional(memoryLimit),
      }),
    ],
    which,
  ],
  getCpuTuning: [which],
  setCpuTuning: [
    [
      'change',
      object<CpuTuningChange>({
        shares: optional(number),
        period: optional(number),
        quota: optional(limit),
      }),
    ],
    which,
  ],
  getCpuset: [which],
  setCpuset: [['cpus', text], which],
  getVcpus: [which],
  setVcpus: [
    ['change', object<VcpuChange>({ maximum: optional(number), current: optional(number) })],
    which,
  ],
  getNumaTuning: [which],
  setNumaTuning: [
    [
      'change',
      object<NumaTuningChange>({
        mode: optional(oneOf('strict', 'preferred', 'interleave', 'restrictive')),
        nodeset: optional(text),
      }),
    ],
    which,
  ],
  getBlockTuning: [which],
  setBlockTuning: [
    [
      'change',
      object<BlockTuningChange>({
        weight: optional(number),
        devices: optional(listOf(blockDevice)),
      }),
    ],
    which,
  ],
  getProcessLimit: [which],
  setProcessLimit: [['max', limit], which],
  getHugepageLimits: [which],
  setHugepageLimit: [
    ['limit', object<HugepageLimitChange>({ size: memory, max: memoryLimit })],
    which,
  ],
} as const;

export const domainCalls = {
  start: [['options', optional(startOptions)]],
  shutdown: [['options', optional(powerOptions)]],
  reboot: [['options', optional(powerOptions)]],
  destroy: [
    [
      'options',
      optional(object<DestroyOptions>({ graceful: optional(either(flag, timeFrom(0))) })),
    ],
  ],
  sendSignal: [['signal', either(number, text)]],
  xml: [whichOne],
  undefine: [
    [
      'options',
      optional(object<UndefineOptions>({ snapshots: optional(oneOf('refuse', 'forget')) })),
    ],
  ],
  rename: [['name', text]],
  clone: [
    ['name', text],
    [
      'options',
      optional(
        object<CloneOptions>({
          snapshot: optional(text),
          paths: optional(recordOf(absolutePath)),
          onProgress: optional(callback()),
          signal: optional(abortSignal),
        }),
      ),
    ],
  ],
  setAutostart: [['autostart', autostart]],
  ...textCalls,
  openConsole: [['options', optional(consoleOptions)]],
  consolePath: [['device', optional(consoleDevice)]],
  execDetached: detachedParameters,
  logs: [['options', optional(logOptions)]],
  logLines: [['options', optional(logOptions)]],
  wait: [['options', optional(object<WaitLimits>(waitLimits))]],
  waitFor: [['options', waitOptions]],
  watchStats: [
    [
      'options',
      optional(
        object<WatchOptions>({ interval: optional(milliseconds), signal: optional(abortSignal) }),
      ),
    ],
  ],
  blockStats: [['device', optional(text)]],
  ...limitCalls,
  attachDevice: [
    ['xml', document],
    ['options', optional(deviceOptions)],
  ],
  detachDevice: [['xml', document], which],
  updateDevice: [
    ['xml', document],
    ['options', optional(deviceOptions)],
  ],
  interfaces: [whichOne],
  addresses: [
    [
      'options',
      optional(
        object<{ readonly source?: AddressSource | undefined }>({
          source: optional(word<AddressSource>('arp')),
        }),
      ),
    ],
  ],
  getLink: [['device', text], whichOne],
  setLink: [['device', text], ['state', oneOf('up', 'down')], whichOne],
  getBandwidth: [['device', text], which],
  setBandwidth: [['device', text], ['change', ratesChange], which],
} as const;
