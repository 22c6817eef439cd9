/** Resource limits, no_new_privs, terminals and security labels of an LXC configuration. Pure. */
import { resourceNumbers } from '../../elements/extension/resource-limits';
import { numberOf, switchOf, valueError, type Entry } from '../entry';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

/** Elements of `<tslxc:container>`. @throws TslxcError CONF_SYNTAX. */
export function convertConfinement(scene: Scene, consoles: number): PrintableElement[] {
  return [...noNewPrivileges(scene), ...resourceLimits(scene), ...terminalLimit(scene, consoles)];
}

function noNewPrivileges({ settings }: Scene): PrintableElement[] {
  const entry = settings.take('lxc.no_new_privs');
  if (entry === undefined || switchOf(entry) === 'off') return [];
  return [node('tslxc:no-new-privileges')];
}

const prefix = 'lxc.prlimit.';

function resourceLimits({ settings, report }: Scene): PrintableElement[] {
  const limits = new Map<string, Entry>();
  for (const entry of settings.takeBelow(prefix)) limits.set(entry.key.slice(prefix.length), entry);
  return [...limits].flatMap(([name, entry]) => {
    const [, soft = '', hard = soft] = limitPattern.exec(entry.value) ?? [];
    if (soft === '')
      throw valueError(entry, "not of the form SOFT:HARD, in numbers or 'unlimited'");
    if (Object.hasOwn(resourceNumbers, name)) return [node('tslxc:rlimit', { name, soft, hard })];
    report.tell(entry, `the kernel has no resource limit '${name}'`);
    return [];
  });
}

const limitPattern = /^(\d{1,20}|unlimited)\s*(?::\s*(\d{1,20}|unlimited)?\s*)?$/;

/** The limit of a container without a `<tslxc:ptys>`. */
const usualTerminals = 1024;

function terminalLimit({ settings, report }: Scene, consoles: number): PrintableElement[] {
  const entry = settings.take('lxc.pty.max');
  if (entry === undefined) return [];
  const asked = numberOf(entry, 1_048_576);
  if (asked === 0 || asked === usualTerminals) return [];
  if (asked < consoles) report.tell(entry, `its ${consoles} consoles are among them`);
  return [node('tslxc:ptys', { max: String(Math.max(asked, consoles)) })];
}

/** `<seclabel>`. A label of a security module that the host doesn't have is left out: the container could not start with it. */
export function convertLabel(scene: Scene): PrintableElement[] {
  const { settings } = scene;
  const profile = settings.take('lxc.apparmor.profile');
  const context = settings.take('lxc.selinux.context');
  return [
    ...(profile === undefined ? [] : appArmorLabel(scene, profile)),
    ...(context === undefined ? [] : selinuxLabel(scene, context)),
  ];
}

function appArmorLabel({ host, report }: Scene, entry: Entry): PrintableElement[] {
  const { value } = entry;
  const model = 'apparmor';
  if (value === 'unconfined') return [node('seclabel', { type: 'none', model })];
  if (host.securityModel !== model) {
    report.tell(entry, 'this host confines no containers by AppArmor');
    return [];
  }
  if (value === 'generated' || value.startsWith('lxc-container-default')) {
    report.tell(entry, "the container gets a profile of tslxc's own (docs/labels.md)");
    return [node('seclabel', { type: 'dynamic', model })];
  }
  if (value === 'unchanged') {
    report.tell(
      entry,
      'the container does not get the profile of the process that starts it, but none',
    );
    return [node('seclabel', { type: 'none', model })];
  }
  return [node('seclabel', { type: 'static', model }, [node('label', {}, [value])])];
}

function selinuxLabel({ host, report }: Scene, entry: Entry): PrintableElement[] {
  const model = 'selinux';
  if (entry.value === 'unconfined_t') return [node('seclabel', { type: 'none', model })];
  if (host.securityModel !== model) {
    report.tell(entry, 'this host confines no containers by SELinux');
    return [];
  }
  return [node('seclabel', { type: 'static', model }, [node('label', {}, [entry.value])])];
}
