/**
 * A working directory or a program that is named by a descriptor, `/proc/self/fd/N`: where one of the host's is left open it
 * leads out of the container (T10). So it does in no start and in no command, whatever the number.
 */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import type { DomainXmlOptions } from '../../support/domain/domain-xml';
import { runProgram } from '../../support/process/run-command';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const name = 'directories';
const numbers = Array.from({ length: 40 }, (_, number) => number);

const world = containerTest(
  async (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-directories-');
    keep(() => rmSync(scratch, { recursive: true }));
    const canary = join(scratch, 'canary');
    writeFileSync(canary, 'secret of the host\n');
    const busybox = keep(await makeBusyboxRoot());
    mkdirSync(join(busybox.path, 'proc'), { recursive: true });
    return { ...(await rootAndConnection(keep)), busybox, canary };
  },
  { per: 'file', except: ['descriptors'] },
);

/** From outside of the root the way up leads to the host's own; inside it ends at the container's. */
const look = (): string => `cat ../../../../../../../..${world.canary}`;

function create(connection: Connection, options: DomainXmlOptions) {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  return connection.createDomain(domainXml({ name, ...options, filesystems }));
}

describe('a directory by its descriptor (T10)', () => {
  test('leads no command out of the container, nor does a program that is named so', async () => {
    const domain = await create(world.connection, {
      init: '/bin/sleep',
      initArguments: ['1000'],
    });
    try {
      const outcomes = new Set<string>();
      const run = async (argv: readonly string[], cwd?: string): Promise<void> => {
        const ended = domain
          .exec(argv, cwd === undefined ? {} : { cwd })
          .then(({ code }) => (code === 0 ? 'reached' : 'nothing there'));
        outcomes.add(await ended.catch(() => 'refused'));
      };
      for (const number of numbers) {
        await run(['/bin/sh', '-c', look()], `/proc/self/fd/${number}`);
        const up = `/proc/self/fd/${number}/../../../../../../../..`;
        await run([`${up}/usr/bin/env`, 'cat', world.canary]);
      }
      expect([...outcomes].filter((outcome) => outcome === 'reached')).toEqual([]);
      expect(outcomes).toContain('refused');
    } finally {
      await domain.destroy();
    }
  });

  test('leads no init out of the container', async () => {
    let refused = 0;
    for (const number of numbers) {
      const osElements = `<initdir>/proc/self/fd/${number}</initdir>`;
      const initArguments = ['-c', `${look()} && exit 77`];
      const domain = await create(world.connection, {
        init: '/bin/sh',
        initArguments,
        osElements,
      }).catch(() => undefined);
      if (domain === undefined) refused += 1;
      else expect(await domain.wait()).not.toMatchObject({ code: 77 });
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('control: where one of the host’s directories is left open, it does', async () => {
    const script = `mount -t proc proc ${world.busybox.path}/proc && exec 7</ &&
      exec chroot ${world.busybox.path} /bin/sh -c 'cd /proc/self/fd/7 && ${look()}'`;
    const { stdout } = await runProgram(['unshare', '-m', 'sh', '-c', script]);
    expect(stdout).toBe('secret of the host\n');
  });
});
