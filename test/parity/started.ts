/** Both sides of a comparison of starts: what becomes of a domain that each of them is told to start, and what is seen inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, Domain } from 'tslxc';
import type { Libvirt } from '../support/machine/libvirt';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { initOf } from '../support/world/container-traces';
import { seenInside } from './inside';
import type { Inside } from './inside';

/** What became of a start. */
export interface Started {
  readonly outcome: 'not defined' | 'refused' | 'started';
  /** Why not. */
  readonly words?: string;
  /** Undefined where its program has ended at once. */
  readonly inside?: Inside | undefined;
}

/** `virsh start`. */
export async function startedByLibvirt(
  libvirt: Libvirt,
  name: string,
  { xml, folder }: { readonly xml: string; readonly folder: string },
): Promise<Started> {
  const file = join(folder, 'theirs.xml');
  writeFileSync(file, xml);
  const { stderr } = await libvirt.tryVirsh(`define ${file}; start ${name}`);
  if (stderr.includes('Failed to define')) return { outcome: 'not defined' };
  try {
    if (stderr.includes('Failed to start')) {
      await removeLeftLinks(libvirt);
      return { outcome: 'refused', words: stderr };
    }
    const state = textOf(libvirt.folder(`/run/libvirt/lxc/${name}.xml`));
    const init = /<init pid='(\d+)'/.exec(state)?.[1];
    return {
      outcome: 'started',
      inside: init === undefined ? undefined : await insideOf(Number(init), name),
    };
  } finally {
    await libvirt.tryVirsh(`destroy ${name}; undefine ${name}`);
  }
}

/** The same here. */
export async function startedHere(connection: Connection, xml: string): Promise<Started> {
  let domain: Domain;
  try {
    domain = await connection.defineDomain(xml);
  } catch {
    return { outcome: 'not defined' };
  }
  try {
    await domain.start();
    const { name } = domain;
    return { outcome: 'started', inside: await insideOf(await initOf(name), name) };
  } catch (error) {
    return { outcome: 'refused', words: (error as Error).message };
  } finally {
    await domain.destroy().catch(() => undefined);
    await domain.undefine();
  }
}

/** Waits until init is the domain's program, which is after libvirt has said that it runs, or has ended. */
async function insideOf(init: number, name: string): Promise<Inside | undefined> {
  await eventually(() => {
    if (textOf(`/proc/${init}/environ`).includes(`LIBVIRT_LXC_NAME=${name}\0`)) return;
    if (!/^State:\s+[^ZX]/m.test(textOf(`/proc/${init}/status`))) return;
    throw new Error(`the init of '${name}' executes no program`);
  });
  return seenInside(init, name);
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
