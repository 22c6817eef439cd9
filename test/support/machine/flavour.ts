/** The machine of test:vm that a test runs in: scripts/vm/flavours.js has the names. */
export type Flavour =
  'apparmor' | 'selinux-enforcing' | 'selinux-permissive' | 'cgroup-hybrid' | 'cgroup-v1';

const name = process.env['TSLXC_TEST_FLAVOUR'];

/** The flavour; outside of test:vm there is none, which is an error. */
export function flavour(): Flavour {
  if (name === undefined) throw new Error('TSLXC_TEST_FLAVOUR is not set: npm run test:vm does');
  return name as Flavour;
}

/** One of several, by the flavour. */
export function byFlavour<T>(table: Readonly<Record<Flavour, T>>): T {
  return table[flavour()];
}
