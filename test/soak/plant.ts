/** Faults that a storm is given to find: one that finds nothing proves nothing until it has found these. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { bootId } from '../../lib/host/kernel/boot/boot-id';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { domainDocument, domainNames } from './documents';
import type { Population } from './documents';
import type { Plant } from './options';

/** Plants what lies outside of the operations; resolves to what takes it away. The others are planted in these. */
export async function plantFault(
  plant: Plant,
  { root, population }: { readonly root: string; readonly population: Population },
): Promise<() => void> {
  switch (plant) {
    case 'cgroup': {
      const { hierarchies, unified } = hostFacts().cgroups;
      const folder = `${unified?.mount ?? hierarchies[0]?.mount ?? ''}/libvirt/lxc/soak-planted`;
      mkdirSync(folder);
      return () => rmdirSync(folder);
    }
    case 'process': {
      const words = ['--pid', '--fork', '--kill-child', 'sleep', '1000'];
      const child = spawn('unshare', words, { stdio: 'ignore' });
      return () => void child.kill('SIGKILL');
    }
    case 'file': {
      // The folder of a domain that is none would be cleaned up with the next list.
      const folder = join(statePaths(root).library, 'dnsmasq');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'soak-planted.leases'), '');
      return () => undefined;
    }
    case 'state':
      await plantState(root, population);
      return () => undefined;
    case 'error':
    case 'hang':
    case 'daemon':
    case 'cut':
      return () => undefined;
  }
}

async function plantState(root: string, population: Population): Promise<void> {
  const [name] = domainNames(0);
  await using connection = await connect(undefined, { root });
  for (const domain of await connection.listDomains()) {
    if (domainNames(0).includes(domain.name) && domain.id !== undefined) await domain.destroy();
    if (domainNames(0).includes(domain.name) && domain.isPersistent()) await domain.undefine();
  }
  const domain = await connection.defineDomain(domainDocument(0, name, population));
  await domain.start({ ownership: 'leave' });
  const end = { how: 'exited', code: 0, time: Date.now(), boot: bootId() };
  writeFileSync(runPaths(statePaths(root), name).exit, JSON.stringify(end));
}
