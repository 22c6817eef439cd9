/** The machine of test:vm that a test runs in: scripts/vm/flavours.js has the names. */
export type Flavour =
  'apparmor' | 'selinux-enforcing' | 'selinux-permissive' | 'cgroup-hybrid' | 'cgroup-v1';

/** A machine of the escape recipes: `npm run test:vm -- --escapes`. */
export type EscapeFlavour = `escapes-${'6.1' | '6.12.43' | '6.12'}-${'v2' | 'hybrid'}`;

const name = process.env['TSLXC_TEST_FLAVOUR'];

/** The flavour; outside of test:vm there is none, which is an error. */
export function flavour(): Flavour {
  return named() as Flavour;
}

/** The same in a machine of the escape recipes. */
export function escapeFlavour(): EscapeFlavour {
  return named() as EscapeFlavour;
}

function named(): string {
  if (name === undefined) throw new Error('TSLXC_TEST_FLAVOUR is not set: npm run test:vm does');
  return name;
}

/** One of several, by the flavour. */
export function byFlavour<T>(table: Readonly<Record<Flavour, T>>): T {
  return table[flavour()];
}
