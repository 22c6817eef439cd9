/**
 * The probe (probe.cc): a static program that is a container's init and tells what a process there can do.
 *
 * | command | keys, each `key<TAB>value` |
 * | --- | --- |
 * | `status` | `status.FIELD` of /proc/self/status (`status.CapBnd`, `status.NoNewPrivs`, …), `securebits`, `dumpable`, `oom_score_adj` |
 * | `limits` | `rlimit.NAME`: `SOFT HARD`, each a number or `unlimited` |
 * | `keyring` | `keyring.session`, `keyring.description`, `keyring.user` |
 * | `handle PATH` | `handle.result`, `handle.inode`, `handle.generation`: what `reach` takes |
 * | `reach INODE GENERATION COUNT` | `reach.root`, `reach.file`; `reach.around.OUTCOME`: how many of COUNT handles |
 * | `terminal` | `terminal.open`; `terminal.(stdin or tty).(TIOCSTI, TIOCSTI+2^32, TIOCLINUX, TIOCLINUX+2^32, TIOCGWINSZ)` |
 * | `whole PATH NAME NUMBER…` | `whole.NAME`: the ioctl without an argument, given to PATH |
 * | `deface PATH LABEL` | `deface.(label, uuid, checkpoint, thaw, trim)`: of the file system of PATH |
 * | `mounts [NUMBER]` | `mounts.number` of the own mount namespace; `mounts.(own, stat)`, `mounts.other` of that NUMBER, by listmount(2) and statmount(2) |
 * | `watch TEXT` | `watch.group`, `watch.mount`, `watch.filesystem`; `watch.found`: whether a file that begins so was opened on the file system of `/` |
 * | `lure FOLDER PATH TEXT` | `lure.(descriptors or names).(group, mark)`; `….event`: `descriptor`, `name` or `none`; `….escaped`: whether it led to the host's PATH, which begins so |
 * | `hold FOLDER` | `hold.group`, `hold.mark`: until the probe ends, no process can open the folder |
 * | `storm` | `storm.steal`, `storm.hangup`, `storm.reopen` |
 * | `doors PHASE PATH…` | `door.PHASE.PATH`: opened for writing, never written |
 * | `remount PATH…`, `unmount PATH…` | `remount.PATH`, `unmount.PATH` |
 * | `fresh TYPE TARGET [OPTIONS]` | `fresh.TYPE`; `ABSENT` where the kernel has not loaded the type |
 * | `bind SOURCE TARGET` | `bind.SOURCE` |
 * | `unshare` | `unshare.mounts` |
 * | `node TYPE MAJOR MINOR PATH` | `node.make`, `node.open` |
 * | `grant FILE PERMITTED INHERITABLE` | `grant` |
 *
 * The outcome of an attempt is `OK` or the name of an errno.
 */
import { connect } from 'tslxc';
import type { Hardening } from 'tslxc';
import { buildProbe } from '../../../scripts/unsafe/probe';
import { askConsole } from '../console/console-answer';
import { domainXml } from '../domain/domain-xml';
import type { DomainXmlOptions } from '../domain/domain-xml';
import { runProgram } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';

export type Report = Readonly<Record<string, string>>;

export interface ProbeRun extends DomainXmlOptions {
  readonly name: string;
  /** Each a command and its words. */
  readonly commands: readonly (readonly string[])[];
  /** Default: that of a connection that says nothing. */
  readonly hardening?: Hardening;
  /** Another copy of the probe, as the container sees it. */
  readonly init?: string;
}

/** Starts a container whose init is the probe, and ends it when the probe has told everything. */
export async function probeContainer(run: ProbeRun): Promise<Report> {
  const { commands, hardening, ...options } = run;
  const init = run.init ?? (await buildProbe());
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, {
    root: root.path,
    ...(hardening === undefined ? {} : { hardening }),
  });
  const xml = domainXml({ ...options, init, initArguments: joined(commands) });
  const domain = await connection.createDomain(xml);
  try {
    return parseReport(await askConsole(domain, '', /^end\t/m));
  } finally {
    await domain.destroy();
  }
}

/** Runs the probe here, or by another program such as `setpriv …`. */
export async function probeHost(
  commands: readonly (readonly string[])[],
  by: readonly string[] = [],
  executable?: string,
): Promise<Report> {
  const argv = [...by, executable ?? (await buildProbe()), ...joined(commands)];
  const { code, stdout, stderr } = await runProgram(argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} exited with ${code}: ${stderr}`);
  return parseReport(stdout);
}

/** The part of a report below a prefix, keys without it. */
export function below(report: Report, prefix: string): Report {
  return Object.fromEntries(
    Object.entries(report)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** The probe's arguments. */
export function joined(commands: readonly (readonly string[])[]): string[] {
  return commands.flatMap((command, index) => (index === 0 ? command : ['--', ...command]));
}

/** What it printed on a console. */
export function parseReport(text: string): Report {
  const lines = text.split(/\r?\n/).filter((line) => line.includes('\t'));
  return Object.fromEntries(
    lines.map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}
