/** Which security label a container runs with. */
import type { Identity } from '../../host/state/definitions/definition-store';
import type { HostSecurity } from '../../host/security/host-security';
import { currentState } from '../lookup/lookup';
import type { Session } from '../session/session';

/** The label of a running container. */
export interface SecurityLabelInfo {
  /** As the kernel shows it: for SELinux the context, for AppArmor the name of the profile. */
  readonly label: string;
  /** Whether the module refuses what the label does not allow, or only logs it. */
  readonly enforcing: boolean;
}

/** Undefined while nothing runs, and where nothing labels processes. @throws TslxcError NO_DOMAIN. */
export async function domainSecurityLabel(
  session: Session,
  identity: Identity,
): Promise<SecurityLabelInfo | undefined> {
  const state = await currentState(session, identity);
  const host = session.hostSecurity();
  if (state.phase !== 'running' || host.model === 'none') return undefined;
  const text = session.containers.readRunningLabel(state.running);
  return text === undefined ? undefined : labelInfo(text, host);
}

/** AppArmor shows the mode of a profile after its name: `libvirt-UUID (enforce)`; `unconfined` has none. */
export function labelInfo(text: string, host: HostSecurity): SecurityLabelInfo {
  if (host.model !== 'apparmor') return { label: text, enforcing: host.enforcing ?? false };
  const [, label = text, mode] = /^(.*) \(([a-z]+)\)$/s.exec(text) ?? [];
  return { label, enforcing: mode === 'enforce' || mode === 'kill' };
}
