/** The seed's lines, typed on a terminal: what comes of each is the same with the daemon as with a real libvirtd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnvironment } from '../support/clients/client-world';
import { SeedTerminal } from '../support/console/seed-terminal';
import { helloWorldXml } from '../support/domain/domain-xml';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { bothSides } from './virsh/both-sides';
import { Comparison } from './virsh/comparison';
import { saidLines } from './virsh/said';
import { applets, sessions } from './virsh/seed';
import type { Session, Source, Step } from './virsh/seed';

type Environment = Readonly<Record<string, string>>;

const world = containerTest(async (keep) => {
  const sides = await bothSides(keep);
  const { path } = sides.root;
  for (const [folder, file] of [
    ['config', 'hello.txt'],
    ['data', 'world.txt'],
  ] as const) {
    mkdirSync(join(path, folder));
    writeFileSync(join(path, folder, file), '');
  }
  const bin = join(path, 'bin');
  mkdirSync(bin);
  // It enters another mount namespace, and is in its root then.
  const there = sides.libvirt.within(['sh', '-c', 'cd "$0" && exec /usr/bin/virsh "$@"']);
  const words = there.map((word) => `'${word}'`).join(' ');
  writeFileSync(join(bin, 'virsh'), `#!/bin/sh\nexec ${words} "$PWD" "$@"\n`, { mode: 0o755 });
  const theirs = { ...clientEnvironment, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const environments: Readonly<Record<'theirs' | 'ours', Environment>> = {
    theirs,
    ours: clientEnvironment,
  };
  return { ...sides, environments };
});

/** The seed's document, with more devices in front of its end. */
function xmlOf({ filesystems, devices }: Session, root: string): string {
  const places: Readonly<Record<Source, string>> = {
    root,
    config: join(world.root.path, 'config'),
    data: join(world.root.path, 'data'),
  };
  const mounts = filesystems.map(([source, target]) => filesystemXml(places[source], target));
  return helloWorldXml.replace('  </devices>\n', `${mounts.join('')}${devices}  </devices>\n`);
}

function filesystemXml(source: string, target: string): string {
  return `<filesystem type='mount'>\n<source dir='${source}'/>\n<target dir='${target}'/>\n</filesystem>\n`;
}

function typed(terminal: SeedTerminal, [place, line]: Step): Promise<string> {
  switch (place) {
    case 'host':
      return terminal.host(line);
    case 'console':
      return terminal.openConsole(line);
    case 'container':
      return terminal.container(line);
    case 'last':
      return terminal.lastLine(line);
  }
}

/** What comes of a step in the end. */
async function answerTo(terminal: SeedTerminal, step: Step): Promise<string> {
  const [, , until] = step;
  if (until === undefined) return typed(terminal, step);
  return eventually(async () => {
    const text = await typed(terminal, step);
    expect(text).toMatch(until);
    return text;
  }, 10_000);
}

/**
 * The same of libvirt, which may miss the end of an init on a busy machine (docs/libvirt-defects.md, 12): its domain is ended by hand
 * then, which is not compared.
 */
async function answerOfLibvirt(terminal: SeedTerminal, step: Step): Promise<string> {
  try {
    return await answerTo(terminal, step);
  } catch (error) {
    if (step[2]?.source !== 'shut off') throw error;
    await typed(terminal, ['host', 'virsh destroy helloworld']);
    return await answerTo(terminal, step);
  }
}

/** What comes of each step. */
async function answers(
  session: Session,
  env: Environment,
  answer: typeof answerTo,
): Promise<string[]> {
  await using busybox = await makeBusyboxRoot(applets);
  await using terminal = await SeedTerminal.open(world.root.path, { program: 'virsh', env });
  await terminal.writeFile('helloworld.xml', xmlOf(session, busybox.path));
  const said: string[] = [];
  for (const step of session.steps) said.push(await answer(terminal, step));
  return said;
}

/** The line as the comparison names it. */
function lineOf([place, line]: Step): string {
  return place === 'console' ? `console ${line}` : line.replace(/^virsh /, '');
}

test.each(sessions)('$about', async (session) => {
  const theirs = await answers(session, world.environments.theirs, answerOfLibvirt);
  const ours = await answers(session, world.environments.ours, answerTo);
  const comparison = new Comparison(session.known);
  session.steps.forEach((step, at) => {
    const line = lineOf(step);
    const said = (text = ''): string[] => saidLines(line, text, session.devices);
    comparison.add(line, { theirs: said(theirs[at]), ours: said(ours[at]) });
  });
  expect(comparison.mismatches().join('\n\n')).toBe('');
  expect(comparison.stale()).toEqual([]);
});
