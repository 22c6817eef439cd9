/** A real libvirtd and the daemon, each where `lxc:///` leads in a world of its own, and the same virsh with either. */
import { rootAndDaemon } from '../../support/clients/client-world';
import type { ClientWorld } from '../../support/clients/client-world';
import { Libvirt } from '../../support/machine/libvirt';
import { runProgram } from '../../support/process/run-command';
import type { CommandResult } from '../../support/process/run-command';
import { eventually } from '../../support/time/eventually';
import type { Keep } from '../../support/world/frame';
import { Comparison } from './comparison';
import { transcript } from './said';
import { askedLine } from './walk';
import type { Walk } from './walk';

export interface BothSides extends ClientWorld {
  readonly libvirt: Libvirt;
}

/** For `containerTest`: nothing is defined on either side but the default network, which is on. */
export async function bothSides(keep: Keep): Promise<BothSides> {
  // First: as long as it has no folders of its own, its clients would find the daemon.
  const libvirt = keep(await Libvirt.start());
  keep(() => endAll(libvirt));
  const made = await rootAndDaemon(keep);
  await (await made.connection.lookupNetworkByName('default')).start();
  return { ...made, libvirt };
}

/** What would outlive libvirtd. */
async function endAll(libvirt: Libvirt): Promise<void> {
  const names = async (line: string): Promise<string[]> =>
    (await libvirt.virsh(line)).split(/\s+/).filter((name) => name !== '');
  for (const name of await names('list --name')) await libvirt.virsh(`destroy ${name}`);
  for (const name of await names('net-list --name')) {
    // That one ends with libvirtd.
    if (name !== 'default') await libvirt.virsh(`net-destroy ${name}`);
  }
}

const virsh = ['env', 'LC_ALL=C.UTF-8', 'virsh', '-c', 'lxc:///'] as const;

interface Documents {
  readonly folder: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Gives the lines of a walk to virsh, with either daemon. */
export async function walked(
  { lines, known }: Walk,
  libvirt: Libvirt,
  { folder, texts }: Documents,
): Promise<Comparison> {
  const comparison = new Comparison(known);
  const asked = lines.map(askedLine);
  const given = [...Object.values(texts), ...asked.map(({ line }) => line)].join('\n');
  for (const { line, until, isCompared = true } of asked) {
    // As one word: virsh takes it apart.
    const argv = [...virsh, line.replaceAll('@', `${folder}/`)];
    const [theirs, ours] = await Promise.all([
      answered(() => libvirt.inside(argv), until),
      answered(() => runProgram(argv), until),
    ]);
    if (!isCompared) continue;
    const said = (result: CommandResult): string[] => transcript(line, result, given);
    comparison.add(line, { theirs: said(theirs), ours: said(ours) });
  }
  return comparison;
}

/** What libvirtd says until the container's controller has told it of init, a moment after the start. */
const tooEarly = /Init pid is not yet available/;

/** The last answer: of what never comes the comparison tells. */
async function answered(
  ask: () => Promise<CommandResult>,
  until: RegExp | undefined,
): Promise<CommandResult> {
  let last = await ask();
  const isMeant = (): boolean =>
    !tooEarly.test(last.stderr) && (until === undefined || until.test(last.stdout));
  if (isMeant()) return last;
  const again = async (): Promise<void> => {
    last = await ask();
    expect(isMeant()).toBe(true);
  };
  await eventually(again).catch(() => undefined);
  return last;
}
