/** Whether the host's security module can label containers, and what its policy lacks for that. */
import { existsSync } from 'node:fs';
import type { HostSecurity } from '../../host/security/host-security';
import { programPath } from '../../host/program';
import { checkTransition } from '../../container/security/selinux/transition';
import { TslxcError } from '../../errors';
import { ownLabel } from '../../host/security/process-labels';
import { namesIn } from '../../host/names-in';
import type { StatePaths } from '../../host/state/state-paths';
import { lookUpHostSecurity } from '../session/security';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';
import { readAttribute } from '../../host/node/attribute';

/** What was found on the host about security labels. */
export interface SecurityLook {
  readonly host: HostSecurity;
  /** Names of the active modules, as the kernel lists them; empty when it doesn't. */
  readonly modules: string;
  /** Of SELinux: the name of the policy, and which of its parts are there. */
  readonly policy?: SelinuxPolicy;
  /** Of AppArmor: whether its parser is there. */
  readonly hasParser?: boolean;
  /** Why this process may not start a labelled container, and what to do about it; undefined when it may. */
  readonly transition?: TransitionRefusal;
}

export interface SelinuxPolicy {
  readonly name: string;
  /** Where the policy says how containers are labelled. */
  readonly contexts: string;
  readonly hasContexts: boolean;
  readonly hasPolicy: boolean;
}

export interface TransitionRefusal {
  readonly found: string;
  readonly advice: string;
}

/** Asks the policy whether this process may enter a container's type; see `SecurityLook.transition`. */
export type TransitionCheck = (host: HostSecurity) => TransitionRefusal | undefined;

const mayEnter: TransitionCheck = ({ model, baseLabel }) => {
  if (model !== 'selinux' || baseLabel === undefined) return undefined;
  try {
    checkTransition({ own: ownLabel(), label: baseLabel });
    return undefined;
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_DENIED')) throw error;
    const [found = '', advice = ''] = error.message.split(/: (?=in a systemd unit)/);
    return { found, advice };
  }
};

export function checkSecurity(
  paths: StatePaths,
  transition: TransitionCheck = mayEnter,
): HostCheck[] {
  try {
    return judgeSecurity(lookAtSecurity(lookUpHostSecurity(paths), transition));
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    // Every start reads the settings, and looks up the host's module by them: it fails as this did.
    const { path = paths.settings, message } = error;
    return [fail(path === paths.settings ? 'host.settings' : id, message, `correct ${path}`)];
  }
}

/** @returns one finding that names the module if labels work, else one for each thing that is missing. */
export function judgeSecurity(look: SecurityLook): HostCheck[] {
  const { host, modules, policy, transition } = look;
  if (host.model === 'none') {
    const others = modules === '' ? '' : `, only ${modules}`;
    return [ok(id, `no module that labels containers${others}`)];
  }
  const problems = host.model === 'selinux' ? policyProblems(policy) : parserProblems(look);
  if (transition !== undefined) problems.push(warn(id, transition.found, transition.advice));
  return problems.length > 0 ? problems : [ok(id, inWords(host, policy))];
}

const id = 'host.security';

function inWords({ model, enforcing }: HostSecurity, policy: SelinuxPolicy | undefined): string {
  if (model === 'apparmor') return 'AppArmor';
  const mode = enforcing === true ? 'enforcing' : 'permissive';
  return `SELinux, ${mode}, with the policy ${policy?.name ?? ''}`;
}

function policyProblems(policy: SelinuxPolicy | undefined): HostCheck[] {
  if (policy === undefined) {
    const advice = 'install a policy, such as selinux-policy-default';
    return [warn(id, 'SELinux without /etc/selinux/config: no container can be labelled', advice)];
  }
  const problems: HostCheck[] = [];
  if (!policy.hasPolicy) {
    const found = `SELinux, and no policy ${policy.name} below /etc/selinux`;
    problems.push(
      warn(id, found, 'install the policy, or correct SELINUXTYPE in /etc/selinux/config'),
    );
  }
  if (!policy.hasContexts) {
    const found = `SELinux, and no ${policy.contexts}: no container can be labelled`;
    problems.push(warn(id, found, 'use a policy that has labels for containers'));
  }
  return problems;
}

function parserProblems({ hasParser }: SecurityLook): HostCheck[] {
  if (hasParser === true) return [];
  const found = 'AppArmor without apparmor_parser: no container can be labelled';
  return [warn(id, found, 'apt install apparmor')];
}

function lookAtSecurity(host: HostSecurity, transition: TransitionCheck): SecurityLook {
  const modules = (readAttribute('/sys/kernel/security/lsm') ?? '').trim();
  const common = { host, modules };
  if (host.model === 'none') return common;
  const refusal = transition(host);
  const refused = refusal === undefined ? {} : { transition: refusal };
  if (host.model === 'apparmor') return { ...common, ...refused, hasParser: isParserThere() };
  const policy = findPolicy();
  return { ...common, ...refused, ...(policy === undefined ? {} : { policy }) };
}

function findPolicy(): SelinuxPolicy | undefined {
  const name = /^\s*SELINUXTYPE\s*=\s*(\S+)/m.exec(readAttribute('/etc/selinux/config') ?? '')?.[1];
  if (name === undefined) return undefined;
  const folder = `/etc/selinux/${name}`;
  const contexts = `${folder}/contexts/lxc_contexts`;
  const hasPolicy = namesIn(`${folder}/policy`).some((file) => file.startsWith('policy.'));
  return { name, contexts, hasContexts: existsSync(contexts), hasPolicy };
}

function isParserThere(): boolean {
  try {
    programPath({ program: 'apparmor_parser', package: 'apparmor', step: 'load a profile' });
    return true;
  } catch {
    return false;
  }
}
