/** The options of `npm run test:soak`. Pure. */
import { parseArgs } from 'node:util';

/**
 * `cgroup` and `process` are left on the host, `file` below the root, `state` is a record that says of a container that runs
 * that it has ended, `error` an error that no operation may end with, `hang` an operation that never ends, `daemon` the end of
 * a daemon that nobody was to kill, and `cut` a connection to it that is lost though it was not killed.
 */
export const plants = [
  ...(['cgroup', 'process', 'file', 'state', 'error', 'hang'] as const),
  ...(['daemon', 'cut'] as const),
] as const;

/** Those that need the daemon. */
const ofDaemon: readonly string[] = ['daemon', 'cut'];

export type Plant = (typeof plants)[number];

export interface SoakOptions {
  readonly seed: number;
  /** Of the whole storm: no round begins afterwards. */
  readonly seconds: number;
  /** Of each round, without its quiet moment. */
  readonly roundSeconds: number;
  readonly domains: number;
  /** Seconds after which an operation hangs. */
  readonly limit: number;
  /** So many findings end the storm. */
  readonly findings: number;
  readonly plant: Plant | undefined;
  /** `daemon`: libvirt's clients take part, and the daemon that serves them is killed, too. */
  readonly through: 'library' | 'daemon';
}

const defaults = { seconds: 1800, round: 40, domains: 30, limit: 90, findings: 1 };

/** `anySeed` is taken where none is given. @throws Error, with what is wrong in words. */
export function soakOptions(words: readonly string[], anySeed: number): SoakOptions {
  const text = { type: 'string' } as const;
  const names = { seed: text, seconds: text, round: text, domains: text, limit: text };
  const { values } = parseArgs({
    args: [...words],
    options: { ...names, findings: text, plant: text, daemon: { type: 'boolean' } },
    allowPositionals: false,
  });
  const number = (name: keyof typeof defaults | 'seed', otherwise: number): number => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name} ${values[name] ?? ''} is no whole number above 0`);
  };
  const plant = plants.find((one) => one === values.plant);
  if (plant === undefined && values.plant !== undefined) {
    throw new Error(`--plant ${values.plant} is not one of ${plants.join(', ')}`);
  }
  if (plant !== undefined && ofDaemon.includes(plant) && values.daemon !== true) {
    throw new Error(`--plant ${plant} needs --daemon`);
  }
  return {
    seed: number('seed', anySeed),
    seconds: number('seconds', defaults.seconds),
    roundSeconds: number('round', defaults.round),
    domains: Math.min(number('domains', defaults.domains), 99),
    limit: number('limit', defaults.limit),
    findings: number('findings', defaults.findings),
    plant,
    through: values.daemon === true ? 'daemon' : 'library',
  };
}
