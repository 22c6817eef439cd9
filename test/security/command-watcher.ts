/** A hostile PID 1 that scans, opens and traces every process that comes up, while commands are run. Recipe T8. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { helpers } from '../support/domain/exec';
import { makeTestRoot } from '../support/root/test-root';
import type { Keep } from '../support/world/frame';

/** `late`: descriptors of a process that has given its memory up, and ends. */
export type Found = Readonly<
  Record<
    'seen' | 'fd' | 'root' | 'memory' | 'ptrace' | 'write' | 'secret' | 'late',
    readonly string[]
  >
>;

/** The watching program in a folder that the container sees, and a secret in the caller's environment. */
export function makeWatcher(keep: Keep): { readonly scratch: string } {
  const scratch = mkdtempSync('/var/tmp/tslxc-watch-');
  keep(() => rmSync(scratch, { recursive: true }));
  chmodSync(scratch, 0o755);
  copyFileSync(join(__dirname, 'watch-processes.py'), join(scratch, 'watch.py'));
  chmodSync(join(scratch, 'watch.py'), 0o644);
  process.env['TSLXC_TEST_SECRET'] = 'secret-of-the-caller';
  keep(() => delete process.env['TSLXC_TEST_SECRET']);
  return { scratch };
}

/** A container, and commands that are run in it. */
interface WatchedCommands {
  readonly connectTo: typeof connect;
  /** Of the container's document. */
  readonly elements: string;
  /** What is done with the error of a short command; it is thrown unless something is said. */
  readonly whenItFails?: (error: unknown) => void;
}

function rethrow(error: unknown): never {
  throw error;
}

/** What PID 1 gets while short and long commands are run. The canary is tslxc's own state, which it does not see. */
export async function watchCommands(
  scratch: string,
  { connectTo, elements, whenItFails = rethrow }: WatchedCommands,
): Promise<Found> {
  await using root = await makeTestRoot();
  const folder = mkdtempSync(join(scratch, 'found-'));
  chmodSync(folder, 0o777);
  mkdirSync(join(root.path, 'run/tslxc/lxc'), { recursive: true });
  const canary = join(root.path, 'run/tslxc/lxc/canary');
  writeFileSync(canary, 'secret of the host');
  const connection = await connectTo(undefined, { root: root.path });
  const init = {
    init: '/usr/bin/python3',
    initArguments: [join(scratch, 'watch.py'), folder, canary],
  };
  const domain = await connection.createDomain(
    domainXml({ name: 'exec-watch', ...init, elements }),
  );
  try {
    const long = await domain.exec(['sleep', '8001'], { stdin: 'ignore' }).started;
    // Its interpreter takes its time to load, longer perhaps than all the commands take.
    await eventually(() => expect(existsSync(join(folder, 'seen'))).toBe(true));
    for (let round = 0; round < 40; round += 1) {
      const short = domain.exec(['true'], { stdin: 'ignore' });
      await short.started.then(({ result }) => result).catch(whenItFails);
    }
    long.destroy();
    await long.result;
    writeFileSync(join(folder, 'stop'), '');
    await eventually(() => expect(existsSync(join(folder, 'found'))).toBe(true));
    return JSON.parse(readFileSync(join(folder, 'found'), 'utf8')) as Found;
  } finally {
    await domain.destroy();
    await connection.close();
    await eventually(() => expect(helpers()).toEqual([]));
  }
}
