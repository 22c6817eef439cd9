/** Both sides of a comparison of starts: what becomes of a domain that each of them is told to start, and what is seen inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, Domain } from 'tslxc';
import type { Libvirt } from '../support/machine/libvirt';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { initsOf } from '../support/world/container-traces';
import { seenInside } from './inside';
import type { Inside } from './inside';

/** What became of a start: `ended` is that of a program that has ended at once. */
export type Started =
  | { readonly outcome: 'not defined' | 'ended' }
  | { readonly outcome: 'refused'; readonly words: string }
  | { readonly outcome: 'started'; readonly inside: Inside };

const hostNameFile = '/proc/sys/kernel/hostname';

/** `virsh start`. */
export async function startedByLibvirt(
  libvirt: Libvirt,
  name: string,
  { xml, folder }: { readonly xml: string; readonly folder: string },
): Promise<Started> {
  const file = join(folder, 'theirs.xml');
  writeFileSync(file, xml);
  const hostName = readFileSync(hostNameFile, 'utf8');
  const words = await virshStart(libvirt, name, file);
  if (words.includes('Failed to define')) return { outcome: 'not defined' };
  try {
    if (words.includes('Failed to start')) {
      await removeLeftLinks(libvirt);
      return { outcome: 'refused', words };
    }
    return await lookInside(() => initInLibvirt(libvirt, name), name);
  } finally {
    await libvirt.tryVirsh(`destroy ${name}; undefine ${name}`);
    // That of a container which shares it with the host becomes the host's.
    writeFileSync(hostNameFile, hostName);
  }
}

/**
 * What `virsh define` and `virsh start` complain of. libvirt looks for a loop device that is free, and fails where another
 * process takes it before: then it is told again.
 */
async function virshStart(libvirt: Libvirt, name: string, file: string): Promise<string> {
  let { stderr } = await libvirt.tryVirsh(`define ${file}; start ${name}`);
  for (
    let tries = 0;
    tries < 5 && /loop device: Device or resource busy/.test(stderr);
    tries += 1
  ) {
    ({ stderr } = await libvirt.tryVirsh(`start ${name}`));
  }
  return stderr;
}

/** The same here. */
export async function startedHere(connection: Connection, xml: string): Promise<Started> {
  let domain: Domain;
  try {
    domain = await connection.defineDomain(xml);
  } catch {
    return { outcome: 'not defined' };
  }
  const { name } = domain;
  try {
    await domain.start();
    return await lookInside(() => initsOf(name)[0], name);
  } catch (error) {
    return { outcome: 'refused', words: (error as Error).message };
  } finally {
    await domain.destroy().catch(() => undefined);
    await domain.undefine();
  }
}

/** The only child of the domain's controller; undefined when it has ended. The state has the PID of init only by chance. */
function initInLibvirt(libvirt: Libvirt, name: string): number | undefined {
  const state = textOf(libvirt.folder(`/run/libvirt/lxc/${name}.xml`));
  const controller = /<domstatus [^>]*pid='(\d+)'/.exec(state)?.[1];
  if (controller === undefined) return undefined;
  const children = textOf(`/proc/${controller}/task/${controller}/children`);
  return children === '' ? undefined : Number.parseInt(children, 10);
}

/** Waits until init is the domain's program, which is after libvirt has said that it runs. */
async function lookInside(findInit: () => number | undefined, name: string): Promise<Started> {
  return eventually(async () => {
    const init = findInit();
    if (init === undefined || !isRunning(init)) return { outcome: 'ended' };
    if (!textOf(`/proc/${init}/environ`).includes(`LIBVIRT_LXC_NAME=${name}\0`)) {
      throw new Error(`the init of '${name}' executes no program`);
    }
    const inside = await seenInside(init, name);
    return isRunning(init) ? { outcome: 'started', inside } : { outcome: 'ended' };
  });
}

/** Not so for a zombie. */
function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(textOf(`/proc/${pid}/status`));
}

/** A start that fails leaves its pairs of links behind, which containers that share the network would see. */
async function removeLeftLinks(libvirt: Libvirt): Promise<void> {
  const names = "ip -o link show type veth | sed -E 's/^[0-9]+: ([^@:]+).*/\\1/'";
  const script = `for link in $(${names}); do ip link delete $link; done`;
  await runProgram(libvirt.beside(['sh', '-c', script]));
}

/** Empty for a file that is not there. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
