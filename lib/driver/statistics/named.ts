/**
 * What a domain uses, under libvirt's names, in the groups of virConnectGetAllDomainStats(): for the command, which shows it, and for
 * the daemon, which sends it. Pure. What this kernel does not count is left out.
 */
import type { DomainInfo, DomainState } from '../types';
import type { DomainStatistics } from './types';

/** A value with its type, for callers to which that matters. */
export type NamedValue =
  | Readonly<{ type: 'int' | 'uint'; value: number }>
  | Readonly<{ type: 'count'; value: number | bigint }>
  | Readonly<{ type: 'text'; value: string }>;

export type Named = readonly [name: string, value: NamedValue];

export interface Measured {
  readonly statistics: DomainStatistics;
  /** Undefined if the definition can't be read. */
  readonly info?: DomainInfo;
}

/** A group, by its bit; one that containers do not have is without `named`. */
export interface StatisticsGroup {
  readonly name: string;
  readonly bit: number;
  readonly named?: (measured: Measured) => readonly Named[];
}

export const statisticsGroups: readonly StatisticsGroup[] = [
  { name: 'state', bit: 1, named: stateOf },
  { name: 'cpu-total', bit: 2, named: cpuOf },
  { name: 'balloon', bit: 4, named: balloonOf },
  { name: 'vcpu', bit: 8, named: vcpuOf },
  { name: 'interface', bit: 16, named: networkOf },
  { name: 'block', bit: 32, named: blockOf },
  { name: 'perf', bit: 64 },
  { name: 'iothread', bit: 128 },
  { name: 'memory', bit: 256 },
  { name: 'dirtyrate', bit: 512 },
  { name: 'vm', bit: 1024 },
];

/** The refusal of groups that containers do not have. */
export function refusedBits(bits: number): string {
  return `Stats types bits 0x${bits.toString(16)} are not supported by this daemon`;
}

/** virDomainState, and the reasons of each state. */
const states: Readonly<Record<DomainState['state'], number>> = {
  nostate: 0,
  running: 1,
  paused: 3,
  shutoff: 5,
};
const reasons: Readonly<Record<DomainState['state'], Readonly<Record<string, number>>>> = {
  nostate: {},
  running: { booted: 1, unpaused: 5 },
  paused: { user: 1 },
  shutoff: { shutdown: 1, destroyed: 2, crashed: 3, failed: 6 },
};

/** libvirt's numbers of a state and its reason; 0 for an unknown one. */
export function stateNumbers({ state, reason }: DomainState): { state: number; reason: number } {
  return { state: states[state], reason: reasons[state][reason] ?? 0 };
}

/** What processes have in memory: their own pages, and those of files that they have mapped. */
export function residentSet(
  anonymous: number | undefined,
  mapped: number | undefined,
): number | undefined {
  return anonymous === undefined ? undefined : anonymous + (mapped ?? 0);
}

/** The kernel counts all faults, and of these the major ones. */
export function minorFaults(
  faults: number | undefined,
  majorFaults: number | undefined,
): number | undefined {
  return faults === undefined ? undefined : faults - (majorFaults ?? 0);
}

/** Whole KiB; undefined for what is not known. */
export function kibibytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor(bytes / 1024);
}

const int = (value: number): NamedValue => ({ type: 'int', value });
const uint = (value: number): NamedValue => ({ type: 'uint', value });
const count = (value: number | bigint): NamedValue => ({ type: 'count', value });
const text = (value: string): NamedValue => ({ type: 'text', value });

function stateOf({ statistics }: Measured): Named[] {
  const { state, reason } = stateNumbers(statistics.state);
  return [
    ['state.state', int(state)],
    ['state.reason', int(reason)],
  ];
}

function cpuOf({ statistics: { cpu } }: Measured): Named[] {
  return counts(['cpu.time', cpu?.total], ['cpu.user', cpu?.user], ['cpu.system', cpu?.system]);
}

function balloonOf({ statistics: { memory }, info }: Measured): Named[] {
  const { anonymous, mapped, file, majorFaults, faults } = memory?.breakdown ?? {};
  return counts(
    ['balloon.current', info?.currentMemory],
    ['balloon.maximum', info?.maxMemory],
    ['balloon.major_fault', majorFaults],
    ['balloon.minor_fault', minorFaults(faults, majorFaults)],
    ['balloon.rss', kibibytes(residentSet(anonymous, mapped))],
    ['balloon.disk_caches', kibibytes(file)],
  );
}

function vcpuOf({ info }: Measured): Named[] {
  if (info === undefined) return [];
  return [
    ['vcpu.current', uint(info.vcpus)],
    ['vcpu.maximum', uint(info.maxVcpus)],
  ];
}

function networkOf({ statistics: { network } }: Measured): Named[] {
  if (network === undefined) return [];
  return [
    ['net.count', uint(network.length)],
    ...network.flatMap((one, index): Named[] => {
      const key = `net.${String(index)}`;
      return [
        [`${key}.name`, text(one.name ?? one.guest)],
        [`${key}.rx.bytes`, count(one.rxBytes)],
        [`${key}.rx.pkts`, count(one.rxPackets)],
        [`${key}.rx.errs`, count(one.rxErrors)],
        [`${key}.rx.drop`, count(one.rxDropped)],
        [`${key}.tx.bytes`, count(one.txBytes)],
        [`${key}.tx.pkts`, count(one.txPackets)],
        [`${key}.tx.errs`, count(one.txErrors)],
        [`${key}.tx.drop`, count(one.txDropped)],
      ];
    }),
  ];
}

function blockOf({ statistics: { io } }: Measured): Named[] {
  if (io === undefined) return [];
  return [
    ['block.count', uint(io.length)],
    ...io.flatMap((one, index): Named[] => {
      const key = `block.${String(index)}`;
      return [
        [`${key}.name`, text(one.name ?? one.device)],
        [`${key}.rd.reqs`, count(one.reads)],
        [`${key}.rd.bytes`, count(one.readBytes)],
        [`${key}.wr.reqs`, count(one.writes)],
        [`${key}.wr.bytes`, count(one.writtenBytes)],
      ];
    }),
  ];
}

function counts(...all: readonly (readonly [string, number | bigint | undefined])[]): Named[] {
  return all.flatMap(([name, value]): Named[] =>
    value === undefined ? [] : [[name, count(value)]],
  );
}
