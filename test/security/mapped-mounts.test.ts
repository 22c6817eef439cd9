/**
 * What a container with own ids writes to as the host's root, where a mount shows it at another place too (T38): no other user of the
 * host may reach it there either.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml, makeClosedRoot, runInside } from '../support/domain/mapped-domain';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const open = mkdtempSync('/var/tmp/tslxc-open-');
  keep(() => rmSync(open, { recursive: true }));
  chmodSync(open, 0o755);
  const data = join(closed.folder, 'data');
  mkdirSync(join(data, 'below'), { recursive: true });
  mkdirSync(join(closed.path, 'data'));
  copyFileSync('/usr/bin/id', join(closed.path, 'id'));
  const connection = keep(await connect(undefined, { root: root.path }));
  /** Shows a directory at another place; what it returns takes that away. */
  const bind = (from: string, to: string): (() => void) => {
    mkdirSync(to, { recursive: true });
    execFileSync('mount', ['--bind', from, to]);
    let isMounted = true;
    const unmount = (): void => {
      if (isMounted) execFileSync('umount', [to]);
      isMounted = false;
    };
    keep(unmount);
    return unmount;
  };
  return { closed, root, open, data, connection, bind };
});

/** A domain with own ids on the closed root. */
function defined({ options = '', devices = '' } = {}): Promise<Domain> {
  const { closed, connection } = world;
  const root = `<filesystem><source dir='${closed.path}'/><target dir='/'/></filesystem>`;
  const metadata = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${options}</t:container></metadata>`;
  const elements = idMapXml() + metadata;
  return connection.defineDomain(domainXml({ name: 'mapped', elements, devices: root + devices }));
}

const mapped = (source: string): string =>
  `<filesystem accessmode='mapped'><source dir='${source}'/><target dir='/data'/></filesystem>`;

/** Makes a set-uid program in a folder of the container. */
async function plant(domain: Domain, folder = ''): Promise<void> {
  await domain.start();
  await plantIn(domain, folder);
}

async function plantIn(domain: Domain, folder: string): Promise<void> {
  await runInside(domain, `cp /id ${folder}/planted; chmod 4755 ${folder}/planted`);
  await domain.destroy();
}

/** As whom another user of the host runs what was planted in a folder; undefined where that can't be reached. */
async function ranAs(folder: string): Promise<string | undefined> {
  const program = join(folder, 'planted');
  const { code, stdout } = await runProgram(['/usr/bin/env', program, '-u'], { uid: 2000 });
  return code === 0 ? stdout.trim() : undefined;
}

const refusal = (...words: string[]): object => ({
  code: 'CONFIG_UNSUPPORTED',
  message: expect.stringMatching(new RegExp(words.join('.*'))) as string,
});

test('a root that others reach at another place is refused until it is unmounted there', async () => {
  const { closed, open, bind } = world;
  const seen = join(open, 'root');
  const domain = await defined();
  const unmount = bind(closed.path, seen);
  const advised = `and it is reached by '${seen}' too: unmount it there, or chmod 0700 '${open}'`;
  await expect(domain.start()).rejects.toMatchObject(refusal('the root must lie below', advised));
  unmount();
  await plant(domain);
  expect(await ranAs(closed.path)).toBeUndefined();
});

test('control: if it is looked for by its own path alone, others become root by the other one', async () => {
  const { closed, open, bind, root } = world;
  using unsafe = await UnsafePackage.make('one path');
  const domain = await defined();
  bind(closed.path, join(open, 'root'));
  await unsafe.change({ root: root.path, name: 'mapped' }, 'await domain.start()');
  await plantIn(domain, '');
  expect(await ranAs(join(open, 'root'))).toBe('0');
});

test('a root is refused if others reach a part of it; not if what keeps them out is shown with it', async () => {
  const { closed, open, bind } = world;
  const domain = await defined();
  const part = join(open, 'part');
  const unmount = bind(join(closed.path, 'data'), part);
  await expect(domain.start()).rejects.toMatchObject(refusal(`reached by '${part}' too`));
  unmount();
  const whole = join(open, 'whole');
  bind(closed.folder, whole);
  await plant(domain);
  expect(await ranAs(join(whole, 'root'))).toBeUndefined();
});

test('what is mounted below a root is out of others’ reach elsewhere, or is left out', async () => {
  const { closed, open, data, bind } = world;
  const shared = join(open, 'shared');
  const below = join(closed.path, 'data');
  mkdirSync(shared);
  const unmount = bind(shared, below);
  await expect((await defined()).start()).rejects.toMatchObject(
    refusal(
      `what is mounted at '${below}' is reached by '${shared}' too: unmount it there, or chmod 0700 '${open}'`,
      "leave it out with <tslxc:filesystem target='/' recursive='no'/>",
    ),
  );
  const options = "<t:filesystem target='/' recursive='no'/>";
  await plant(await defined({ options }), '/data');
  expect(readdirSync(shared)).toEqual([]);
  unmount();
  bind(data, below);
  await plant(await defined(), '/data');
  expect(readdirSync(data)).toContain('planted');
  expect(await ranAs(data)).toBeUndefined();
});

test('a directory that is mapped together with what is mounted below it is checked with that', async () => {
  const { open, data, bind } = world;
  const shared = join(open, 'shared');
  const below = join(data, 'below');
  mkdirSync(shared);
  bind(shared, below);
  const options = "<t:filesystem target='/data' recursive='yes'/>";
  const whole = await defined({ options, devices: mapped(data) });
  await expect(whole.start()).rejects.toMatchObject(
    refusal("mapped to '/data'", `mounted at '${below}' is reached by '${shared}' too`),
  );
  const alone = await defined({ devices: mapped(data) });
  await plant(alone, '/data/below');
  expect(readdirSync(shared)).toEqual([]);
});

test('a layer and a copy are refused in a folder that others reach at another place', async () => {
  const { closed, open, bind } = world;
  const upper = join(closed.folder, 'upper');
  mkdirSync(upper, { mode: 0o755 });
  const seen = join(open, 'upper');
  bind(upper, seen);
  const layered = await defined({ options: `<t:overlay target='/' upper='${upper}'/>` });
  await expect(layered.start()).rejects.toMatchObject(refusal(`chmod 0700 '${seen}'`));
  expect(readdirSync(upper)).toEqual([]);
  const domain = await defined();
  const paths = { '/': join(upper, 'copy') };
  await expect(domain.clone('copy', { paths })).rejects.toMatchObject(refusal(`'${seen}'`));
  expect(readdirSync(upper)).toEqual([]);
});
