/** Limits of domains as typed parameters. */
import type { Domain } from '../../../driver/domain';
import type { WhichOption } from '../../../driver/types';
import type { tuningProcedures } from '../../protocol/tuning';
import type { Parameter, WireDomain } from '../../protocol/values';
import { WireError } from '../base/wire-error';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { bothAffects, checkFlags, textsOkay, whichOf } from '../base/flags';
import { withDomain } from '../base/identities';
import { asked } from '../base/parameters';
import { does } from './life';
import {
  blockTuning,
  cpuTuning,
  interfaceRates,
  memoryTuning,
  numaTuning,
} from './limit-parameters';
import type { LimitParameters } from './limit-parameters';

type Names =
  | 'DomainGetMaxMemory'
  | 'DomainSetMaxMemory'
  | 'DomainSetMemory'
  | 'DomainSetMemoryFlags'
  | 'DomainGetMemoryParameters'
  | 'DomainSetMemoryParameters'
  | 'DomainGetBlkioParameters'
  | 'DomainSetBlkioParameters'
  | 'DomainGetSchedulerType'
  | 'DomainGetSchedulerParameters'
  | 'DomainGetSchedulerParametersFlags'
  | 'DomainSetSchedulerParameters'
  | 'DomainSetSchedulerParametersFlags'
  | 'DomainGetNumaParameters'
  | 'DomainSetNumaParameters'
  | 'DomainGetInterfaceParameters'
  | 'DomainSetInterfaceParameters';

/** Of DomainSetMemoryFlags. */
const memoryFlags = { maximum: 4 } as const;

export const limitHandlers: Handlers<Pick<typeof tuningProcedures, Names>> = {
  DomainGetMaxMemory: (call, { domain }) =>
    withDomain(call, domain, async (one) => ({ memory: BigInt((await one.info()).maxMemory) })),
  DomainSetMaxMemory: (call, { domain, memory }) =>
    does(call, domain, (one) => one.setMaxMemory(Number(memory))),
  DomainSetMemory: (call, { domain, memory }) =>
    does(call, domain, (one) => one.setMemory(Number(memory), { which: 'live' })),
  DomainSetMemoryFlags: (call, { domain, memory, flags }) => {
    checkFlags(flags, bothAffects | memoryFlags.maximum, 'lxcDomainSetMemoryFlags');
    const which = whichOf(flags);
    const set = (flags & memoryFlags.maximum) === 0 ? 'setMemory' : 'setMaxMemory';
    return does(call, domain, (one) => one[set](Number(memory), which));
  },
  DomainGetMemoryParameters: (call, given) =>
    get(call, memoryTuning, { ...given, driverFunction: 'lxcDomainGetMemoryParameters' }),
  DomainSetMemoryParameters: (call, given) =>
    set(call, memoryTuning, { ...given, driverFunction: 'lxcDomainSetMemoryParameters' }),
  DomainGetBlkioParameters: (call, given) =>
    get(call, blockTuning, { ...given, driverFunction: 'lxcDomainGetBlkioParameters' }),
  DomainSetBlkioParameters: (call, given) =>
    set(call, blockTuning, { ...given, driverFunction: 'lxcDomainSetBlkioParameters' }),
  DomainGetSchedulerType: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      await one.state();
      return { type: 'posix', count: 3 };
    }),
  DomainGetSchedulerParameters: (call, given) => scheduler(call, { ...given, flags: 0 }),
  DomainGetSchedulerParametersFlags: (call, given) => scheduler(call, given),
  DomainSetSchedulerParameters: (call, given) => setScheduler(call, { ...given, flags: 0 }),
  DomainSetSchedulerParametersFlags: (call, given) => setScheduler(call, given),
  DomainGetNumaParameters: (call, given) =>
    get(call, numaTuning, { ...given, driverFunction: 'lxcDomainGetNumaParameters' }),
  DomainSetNumaParameters: (call, given) =>
    set(call, numaTuning, { ...given, driverFunction: 'lxcDomainSetNumaParameters' }),
  DomainGetInterfaceParameters: (call, given) => {
    const driverFunction = 'lxcDomainGetInterfaceParameters';
    return get(call, interfaceRates(given.device), { ...given, driverFunction });
  },
  DomainSetInterfaceParameters: (call, given) => {
    const driverFunction = 'lxcDomainSetInterfaceParameters';
    return set(call, interfaceRates(given.device), { ...given, driverFunction });
  },
};

interface Getting {
  readonly domain: WireDomain;
  readonly most: number;
  readonly flags: number;
  readonly driverFunction: string;
}

async function get(
  call: Call,
  limits: LimitParameters,
  { domain, most, flags, driverFunction }: Getting,
): Promise<{ parameters: readonly Parameter[]; count: number }> {
  checkFlags(flags, bothAffects | textsOkay, driverFunction);
  const read = (one: Domain, which: WhichOption): Promise<Parameter[]> => limits.read(one, which);
  const all = await withDomain(call, domain, (one) => read(one, whichOf(flags)));
  return { parameters: asked(all, most), count: all.length };
}

interface Setting {
  readonly domain: WireDomain;
  readonly parameters: readonly Parameter[];
  readonly flags: number;
  readonly driverFunction: string;
}

function set(
  call: Call,
  limits: LimitParameters,
  { domain, parameters, flags, driverFunction }: Setting,
): Promise<typeof done> {
  checkFlags(flags, bothAffects, driverFunction);
  if (parameters.length === 0) {
    const api = driverFunction.replace(/^lxc/, 'vir');
    throw new WireError('INVALID_ARG', `params in ${api} must not be NULL`);
  }
  return does(call, domain, (one) => limits.write(one, parameters, whichOf(flags)));
}

async function scheduler(
  call: Call,
  given: Omit<Getting, 'driverFunction'>,
): Promise<{ parameters: readonly Parameter[] }> {
  const driverFunction = 'lxcDomainGetSchedulerParametersFlags';
  const { parameters } = await get(call, cpuTuning, { ...given, driverFunction });
  return { parameters };
}

function setScheduler(call: Call, given: Omit<Setting, 'driverFunction'>): Promise<typeof done> {
  const driverFunction = 'lxcDomainSetSchedulerParametersFlags';
  return set(call, cpuTuning, { ...given, driverFunction });
}
