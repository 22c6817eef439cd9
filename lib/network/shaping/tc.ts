/** Runs tc(8) and ip(8), and reads what tc shows about a device, in this process's network namespace. */
import { runProgram } from '../../host/program';

const iproute = { package: 'iproute2' } as const;

interface TcQdisc {
  readonly kind: string;
  readonly handle: string;
  readonly root?: boolean;
}

/** Runs lines in order, until one fails. */
export async function batchTc(lines: readonly string[], step: string): Promise<void> {
  if (lines.length === 0) return;
  const input = [...lines, ''].join('\n');
  await runProgram({ ...iproute, program: 'tc', args: ['-batch', '-'], input, step });
}

export async function batchIp(lines: readonly string[], step: string): Promise<void> {
  const input = [...lines, ''].join('\n');
  await runProgram({ ...iproute, program: 'ip', args: ['-batch', '-'], input, step });
}

/** Whether the device has a token bucket at its root, and whether it has a queue for incoming packets. */
export async function queuesOf(
  device: string,
  step: string,
): Promise<{ readonly isShaped: boolean; readonly isRedirected: boolean }> {
  const args = ['-json', 'qdisc', 'show', 'dev', device];
  const text = await runProgram({ ...iproute, program: 'tc', args, step });
  const qdiscs = JSON.parse(text) as readonly TcQdisc[];
  return {
    isShaped: qdiscs.some(({ kind, root }) => kind === 'htb' && root === true),
    isRedirected: qdiscs.some(({ kind }) => kind === 'clsact'),
  };
}

/** Ids of the classes: `1:2`. */
export async function classesOf(device: string, step: string): Promise<string[]> {
  const args = ['-json', 'class', 'show', 'dev', device];
  const text = await runProgram({ ...iproute, program: 'tc', args, step });
  const classes = JSON.parse(text) as readonly {
    readonly class: string;
    readonly handle: string;
  }[];
  return classes.filter((one) => one.class === 'htb').map(({ handle }) => handle);
}
