/** lxc.cgroup.devices.* and lxc.cgroup2.devices.*: which devices may be opened. Pure. */
import { valueError, wordsOf, type Entry } from '../entry';
import type { DeviceNumbers } from '../host-view';
import type { Settings } from '../settings';

export interface DeviceRule {
  readonly type: 'c' | 'b';
  readonly major: number | '*';
  readonly minor: number | '*';
  /** Letters of r, w and m. */
  readonly access: string;
  readonly entry: Entry;
}

/** `listed`: only the devices that the rules name. `others`: all but those. */
export interface DevicePolicy {
  readonly open: 'listed' | 'others';
  readonly rules: readonly DeviceRule[];
  /** The entry that opens all devices. */
  readonly opensAll?: Entry;
}

/** LXC uses one of the two, depending on the host's cgroup version; if the host has both versions, the second. */
export function readDevicePolicies(settings: Settings): readonly DevicePolicy[] {
  return ['lxc.cgroup.devices.', 'lxc.cgroup2.devices.']
    .map((prefix) => settings.takeBelow(prefix))
    .filter((entries) => entries.length > 0)
    .map(readPolicy);
}

/** `a` selects the kind of list, and discards all rules before it. Rules of the other kind have no effect. */
function readPolicy(entries: readonly Entry[]): DevicePolicy {
  let policy: DevicePolicy = { open: 'others', rules: [] };
  for (const entry of entries) {
    const isAllow = entry.key.endsWith('.allow');
    if (/^a( .*)?$/.test(entry.value)) {
      policy = isAllow
        ? { open: 'others', rules: [], opensAll: entry }
        : { open: 'listed', rules: [] };
    } else if (isAllow === (policy.open === 'listed')) {
      policy = { ...policy, rules: [...policy.rules, readRule(entry)] };
    }
  }
  return policy;
}

function readRule(entry: Entry): DeviceRule {
  const [type, numbers = '', access = 'rwm'] = wordsOf(entry);
  const [, major, minor] = /^(\d{1,4}|\*):(\d{1,7}|\*)$/.exec(numbers) ?? [];
  const isType = type === 'c' || type === 'b';
  if (!isType || major === undefined || minor === undefined || !/^[rwm]{1,3}$/.test(access)) {
    throw valueError(entry, 'not of the form: c or b, MAJOR:MINOR, letters of rwm');
  }
  const number = (text: string): number | '*' => (text === '*' ? '*' : Number(text));
  return { type, major: number(major), minor: number(minor), access, entry };
}

interface Numbered extends DeviceNumbers {
  readonly type: 'c' | 'b';
}

/** Whether the rule is about this device. */
export function isAbout(rule: DeviceRule, { type, major, minor }: Numbered): boolean {
  return (
    rule.type === type &&
    (rule.major === '*' || rule.major === major) &&
    (rule.minor === '*' || rule.minor === minor)
  );
}

/** Whether LXC lets the device be read or written. */
export function isOpen({ open, rules }: DevicePolicy, device: Numbered): boolean {
  const named = rules.some((rule) => /[rw]/.test(rule.access) && isAbout(rule, device));
  return named === (open === 'listed');
}

/** Nodes in every container's /dev that are its own rather than the host's. */
const ownNode = /^\/dev\/(pts|ptmx|console|tty\d*|fd|stdin|stdout|stderr)$/;

export function isOwnNode(path: string): boolean {
  return ownNode.test(path);
}

/** The devices that every container may open: /dev/null and the like, terminals, /dev/fuse. */
const usual = [
  { major: 1, minors: [3, 5, 7, 8, 9] },
  { major: 5, minors: [0, 1, 2] },
  { major: 10, minors: [229] },
];

/** Whether the rule is only about devices that every container may open. */
export function isUsual({ type, major, minor }: DeviceRule): boolean {
  if (type === 'b') return false;
  // Pseudo-terminals: UNIX98_PTY_SLAVE_MAJOR.
  if (typeof major === 'number' && major >= 136 && major <= 143) return true;
  return usual.some((one) => one.major === major && one.minors.some((known) => known === minor));
}
