/** AppArmor of the machine that the tests run in, and of its containers. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { initOf } from '../world/container-traces';
import { runIn } from '../domain/exec';

/** The profiles as the kernel lists them: `NAME (MODE)`. */
export function loadedProfiles(): string[] {
  return readFileSync('/sys/kernel/security/apparmor/profiles', 'utf8').split('\n');
}

/** The name of a domain's profile; a root that is not `/` has a name of its own for it. */
export function profileOf(root: string, uuid: string): string {
  return `tslxc-${uuid}.${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}

/** The label of a container's init. */
export async function labelOf(domain: Domain): Promise<string> {
  const init = await initOf(domain.name);
  return readFileSync(`/proc/${init}/attr/apparmor/current`, 'utf8').trim();
}

/** What a line of shell says inside, in a mount namespace of its own, after its exit code. */
export async function attempt(domain: Domain, line: string): Promise<string> {
  const inside = ['unshare', '-m', 'sh', '-c', line];
  const { result, stdout, stderr } = await runIn(domain, inside);
  const code = result.signal ?? result.code;
  return `${code} ${stdout}${stderr}`.trim();
}
