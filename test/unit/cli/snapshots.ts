/** What a domain uses at one time, for tests of what is shown of it. */
import type { DomainStatistics } from '../../../lib/index';

export interface SnapshotFields {
  readonly id: number;
  readonly time: number;
  /** Nanoseconds. */
  readonly cpu?: bigint;
  /** Of memory, of what is read, written and received, and half of what is sent. */
  readonly bytes?: number;
}

export function snapshotOf(
  name: string,
  { id, time, cpu = 0n, bytes = 0 }: SnapshotFields,
): DomainStatistics & { readonly id: number } {
  const none = { rxPackets: 0, rxErrors: 0, rxDropped: 0, txPackets: 0, txErrors: 0, txDropped: 0 };
  return {
    ...{ name, uuid: `uuid-${name}`, id, time },
    state: { state: 'running', reason: 'booted' },
    cpu: { total: cpu },
    memory: { usage: bytes, limit: 1024 * 1024, breakdown: {} },
    pids: { current: 3 },
    io: [{ device: '8:0', readBytes: bytes, writtenBytes: bytes, reads: 1, writes: 1 }],
    network: [
      { type: 'network', guest: 'eth0', ...none, rxBytes: bytes, txBytes: 2 * bytes },
    ] as unknown as NonNullable<DomainStatistics['network']>,
  };
}
